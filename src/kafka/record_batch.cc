#include "kafka/record_batch.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"

namespace weir::kafka {
namespace {

// Offsets of fields in a batch.
constexpr size_t kLengthAt = 8;
constexpr size_t kLeaderEpochAt = 12;
constexpr size_t kMagicAt = 16;
constexpr size_t kCrcAt = 17;
constexpr size_t kAttributesAt = 21;
constexpr size_t kMaxTimestampAt = 35;

// Magic 0 and 1 have at least this much behind their length.
constexpr int32_t kMinBatchLength = 14;
// The least that a record takes: one byte each for its length, attributes, timestamp, offset, key,
// value and headers.
constexpr size_t kMinRecordSize = 7;

}  // namespace

int32_t RecordBatchHeader::last_sequence() const {
  if (base_sequence < 0) return -1;
  return static_cast<int32_t>(
      (static_cast<uint32_t>(base_sequence) + static_cast<uint32_t>(last_offset_delta)) &
      0x7FFFFFFFU);
}

Result<size_t> batch_size(std::span<const std::byte> bytes) {
  if (bytes.size() < kBatchPrefixSize) return size_t{0};
  const auto length = load_be<int32_t>(bytes.data() + kLengthAt);
  if (length < kMinBatchLength) {
    return corrupt(fmt::format("a record batch cannot have length {}", length));
  }
  return kBatchPrefixSize + static_cast<size_t>(length);
}

Result<RecordBatchHeader> RecordBatchHeader::read(std::span<const std::byte> bytes) {
  const size_t size = WEIR_TRY(batch_size(bytes));
  if (size == 0 || size > bytes.size()) {
    return corrupt(fmt::format("a record batch of {} bytes ends after {}", size, bytes.size()));
  }
  const auto magic = load_be<int8_t>(bytes.data() + kMagicAt);
  if (magic == 0 || magic == 1) {
    return unsupported(fmt::format("record format {} is not supported", magic))
        .hint("use a client that speaks Kafka 0.11 or newer");
  }
  if (magic != 2) return corrupt(fmt::format("unknown record format {}", magic));
  if (size < kBatchHeaderSize) return corrupt(fmt::format("a record batch of {} bytes", size));

  ByteReader in(bytes.first(kBatchHeaderSize));
  RecordBatchHeader header;
  header.base_offset = in.be<int64_t>();
  header.batch_length = in.be<int32_t>();
  header.partition_leader_epoch = in.be<int32_t>();
  header.magic = in.be<int8_t>();
  header.crc = in.be<uint32_t>();
  header.attributes = in.be<int16_t>();
  header.last_offset_delta = in.be<int32_t>();
  header.base_timestamp_ms = in.be<int64_t>();
  header.max_timestamp_ms = in.be<int64_t>();
  header.producer_id = in.be<int64_t>();
  header.producer_epoch = in.be<int16_t>();
  header.base_sequence = in.be<int32_t>();
  header.record_count = in.be<int32_t>();
  if (header.last_offset_delta < 0 || header.record_count < 0 ||
      int64_t{header.record_count} > int64_t{header.last_offset_delta} + 1 ||
      header.base_offset < 0 || header.base_offset > INT64_MAX - header.last_offset_delta) {
    return corrupt(
        fmt::format("a record batch at offset {} with last offset delta {} and {} records",
                    header.base_offset, header.last_offset_delta, header.record_count));
  }
  if (header.compression() == Compression::kNone &&
      static_cast<size_t>(header.record_count) * kMinRecordSize > size - kBatchHeaderSize) {
    return corrupt(fmt::format("{} records in {} bytes", header.record_count, size));
  }
  return header;
}

void RecordBatchHeader::write(std::span<std::byte> bytes) const {
  WEIR_CHECK(bytes.size() >= kBatchHeaderSize, "room for a record batch's header");
  ByteWriter out;
  out.reserve(kBatchHeaderSize);
  out.be(base_offset);
  out.be(batch_length);
  out.be(partition_leader_epoch);
  out.be(magic);
  out.be(crc);
  out.be(attributes);
  out.be(last_offset_delta);
  out.be(base_timestamp_ms);
  out.be(max_timestamp_ms);
  out.be(producer_id);
  out.be(producer_epoch);
  out.be(base_sequence);
  out.be(record_count);
  std::memcpy(bytes.data(), out.view().data(), kBatchHeaderSize);
}

Status check_crc(std::span<const std::byte> batch) {
  if (batch.size() < kBatchHeaderSize) return corrupt("a record batch without its header");
  const auto expected = load_be<uint32_t>(batch.data() + kCrcAt);
  const uint32_t found = crc32c(batch.subspan(kAttributesAt));
  if (expected == found) return ok();
  return corrupt(fmt::format("the record batch at offset {} has CRC {:08x}, its bytes have {:08x}",
                             load_be<int64_t>(batch.data()), expected, found));
}

Result<RecordBatchHeader> validate_produced(std::span<const std::byte> bytes) {
  const RecordBatchHeader header = WEIR_TRY(RecordBatchHeader::read(bytes));
  WEIR_TRY(check_crc(bytes.first(header.size())));
  if (header.record_count == 0 || header.record_count != header.last_offset_delta + 1) {
    return invalid(fmt::format("a batch of {} records with last offset delta {}",
                               header.record_count, header.last_offset_delta));
  }
  if (header.is_control()) return invalid("clients may not write control batches");
  if (header.compression() > Compression::kZstd) {
    return invalid(fmt::format("unknown compression {}", static_cast<int>(header.compression())));
  }
  const bool has_epoch = header.producer_epoch >= 0 && header.base_sequence >= 0;
  if (header.has_producer_id() ? header.producer_id < 0 || !has_epoch : header.is_transactional()) {
    return invalid("a batch with a producer id needs its epoch and sequence");
  }
  return header;
}

void set_base_offset(std::span<std::byte> batch, int64_t offset) { store_be(batch.data(), offset); }

void set_partition_leader_epoch(std::span<std::byte> batch, int32_t epoch) {
  store_be(batch.data() + kLeaderEpochAt, epoch);
}

void set_log_append_time(std::span<std::byte> batch, int64_t timestamp_ms) {
  const auto attributes = load_be<int16_t>(batch.data() + kAttributesAt);
  store_be(batch.data() + kAttributesAt,
           static_cast<int16_t>(attributes | RecordBatchHeader::kLogAppendTime));
  store_be(batch.data() + kMaxTimestampAt, timestamp_ms);
  store_be(batch.data() + kCrcAt, crc32c(batch.subspan(kAttributesAt)));
}

ApiError to_api_error(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kCorrupt: return ApiError::kCorruptMessage;
    case ErrorCode::kUnsupported: return ApiError::kUnsupportedForMessageFormat;
    case ErrorCode::kInvalid: return ApiError::kInvalidRecord;
    case ErrorCode::kExhausted: return ApiError::kMessageTooLarge;
    case ErrorCode::kNotFound:
    case ErrorCode::kExists:
    case ErrorCode::kUnavailable:
    case ErrorCode::kIo:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal: break;
  }
  return ApiError::kUnknownServerError;
}

}  // namespace weir::kafka
