#include "kafka/record_builder.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"

namespace weir::kafka {
namespace {

constexpr size_t kCrcAt = 17;
constexpr size_t kAttributesAt = 21;

size_t varint_size(int64_t value) {
  const uint64_t bits = zigzag_encode(value) | 1U;
  return (static_cast<size_t>(std::bit_width(bits)) + 6) / 7;
}

std::byte* put_varint(std::byte* at, int64_t value) {
  uint64_t bits = zigzag_encode(value);
  for (; bits >= 0x80; bits >>= 7U) *at++ = static_cast<std::byte>(bits | 0x80U);
  *at++ = static_cast<std::byte>(bits);
  return at;
}

size_t view_size(std::string_view value) {
  if (value.data() == nullptr) return 1;
  return varint_size(static_cast<int64_t>(value.size())) + value.size();
}

std::byte* put_view(std::byte* at, std::string_view value) {
  if (value.data() == nullptr) return put_varint(at, -1);
  at = put_varint(at, static_cast<int64_t>(value.size()));
  if (!value.empty()) std::memcpy(at, value.data(), value.size());
  return at + value.size();
}

}  // namespace

void RecordBatchBuilder::clear(BatchOptions options) {
  options_ = options;
  header_ = RecordBatchHeader{};
  header_.base_offset = options.base_offset;
  header_.partition_leader_epoch = options.partition_leader_epoch;
  header_.producer_id = options.producer_id;
  header_.producer_epoch = options.producer_epoch;
  header_.base_sequence = options.base_sequence;
  header_.attributes =
      static_cast<int16_t>(static_cast<int>(options.compression) |
                           (options.is_transactional ? RecordBatchHeader::kTransactional : 0) |
                           (options.is_control ? RecordBatchHeader::kControl : 0));
  header_.last_offset_delta = -1;
  used_ = kBatchHeaderSize;
}

void RecordBatchBuilder::grow(size_t size) {
  const size_t have = buffer_ == nullptr ? 0 : buffer_->size();
  if (used_ + size <= have) return;
  auto bigger = Buffer::allocate(std::max({expected_size_, have * 2, used_ + size}));
  if (buffer_ != nullptr) std::memcpy(bigger->mutable_data(), buffer_->data(), used_);
  buffer_ = std::move(bigger);
}

void RecordBatchBuilder::add(int64_t timestamp_ms, std::string_view key, std::string_view value,
                             std::span<const RecordHeader> headers) {
  add_at(header_.base_offset + header_.last_offset_delta + 1, timestamp_ms, key, value, headers);
}

void RecordBatchBuilder::add_at(int64_t offset, int64_t timestamp_ms, std::string_view key,
                                std::string_view value, std::span<const RecordHeader> headers) {
  const int64_t offset_delta = offset - header_.base_offset;
  WEIR_CHECK(offset_delta > header_.last_offset_delta && offset_delta <= INT32_MAX,
             "offsets of a batch ascend");
  if (header_.record_count == 0) header_.base_timestamp_ms = timestamp_ms;
  const int64_t timestamp_delta = timestamp_ms - header_.base_timestamp_ms;
  size_t size = 1 + varint_size(timestamp_delta) + varint_size(offset_delta) + view_size(key) +
                view_size(value) + varint_size(static_cast<int64_t>(headers.size()));
  for (const auto& header : headers) size += view_size(header.key) + view_size(header.value);

  constexpr size_t kMaxVarint = 10;
  grow(size + kMaxVarint);
  std::byte* at = buffer_->mutable_data() + used_;
  at = put_varint(at, static_cast<int64_t>(size));
  *at++ = std::byte{0};  // attributes
  at = put_varint(at, timestamp_delta);
  at = put_varint(at, offset_delta);
  at = put_view(at, key);
  at = put_view(at, value);
  at = put_varint(at, static_cast<int64_t>(headers.size()));
  for (const auto& header : headers) at = put_view(put_view(at, header.key), header.value);
  used_ = static_cast<size_t>(at - buffer_->data());

  header_.max_timestamp_ms = std::max(header_.max_timestamp_ms, timestamp_ms);
  header_.last_offset_delta = static_cast<int32_t>(offset_delta);
  ++header_.record_count;
}

Result<BufferRef> RecordBatchBuilder::finish() {
  WEIR_CHECK(header_.record_count > 0, "a batch has records");
  expected_size_ = used_ + used_ / 8;
  std::shared_ptr<Buffer> batch;
  if (options_.compression == Compression::kNone) {
    batch = std::move(buffer_);
    batch->shrink(used_);
  } else {
    const auto records = buffer_->bytes().first(used_).subspan(kBatchHeaderSize);
    const auto packed = WEIR_TRY(compress(options_.compression, records));
    batch = Buffer::allocate(kBatchHeaderSize + packed.size());
    std::memcpy(batch->mutable_data() + kBatchHeaderSize, packed.data(), packed.size());
  }
  if (batch->size() > INT32_MAX) return exhausted("a record batch is larger than 2 GB");
  header_.batch_length = static_cast<int32_t>(batch->size() - kBatchPrefixSize);
  header_.write({batch->mutable_data(), batch->size()});
  store_be(batch->mutable_data() + kCrcAt, crc32c(batch->bytes().subspan(kAttributesAt)));
  clear(options_);
  return BufferRef(std::move(batch));
}

}  // namespace weir::kafka
