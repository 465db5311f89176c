// RecordBatchHeader: the 61 bytes before the records of a batch, format version 2 ("magic 2").
//
// Source: Apache Kafka's documentation, "Record Batch". All big-endian; the CRC32C covers
// everything from the attributes on, so the broker may set base offset and leader epoch without
// touching it. Older formats (magic 0 and 1) are refused with kUnsupported. Values and views: no
// owner, any thread, no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "kafka/api_error.h"
#include "kafka/compression.h"

namespace weir::kafka {

inline constexpr size_t kBatchHeaderSize = 61;
// Base offset and batch length: what must be read to know how long a batch is.
inline constexpr size_t kBatchPrefixSize = 12;
inline constexpr int64_t kNoProducerId = -1;
inline constexpr int64_t kNoTimestamp = -1;

struct RecordBatchHeader {
  int64_t base_offset = 0;
  int32_t batch_length = 0;  // of what follows this field
  int32_t partition_leader_epoch = -1;
  int8_t magic = 2;
  uint32_t crc = 0;
  int16_t attributes = 0;
  int32_t last_offset_delta = 0;
  int64_t base_timestamp_ms = 0;
  int64_t max_timestamp_ms = kNoTimestamp;
  int64_t producer_id = kNoProducerId;
  int16_t producer_epoch = -1;
  int32_t base_sequence = -1;
  int32_t record_count = 0;

  static constexpr int16_t kCompressionMask = 0x07;
  static constexpr int16_t kLogAppendTime = 0x08;
  static constexpr int16_t kTransactional = 0x10;
  static constexpr int16_t kControl = 0x20;

  [[nodiscard]] size_t size() const { return kBatchPrefixSize + static_cast<size_t>(batch_length); }
  [[nodiscard]] int64_t last_offset() const { return base_offset + last_offset_delta; }
  [[nodiscard]] int32_t last_sequence() const;  // wraps to 0 after INT32_MAX
  [[nodiscard]] Compression compression() const {
    return static_cast<Compression>(attributes & kCompressionMask);
  }
  [[nodiscard]] bool has_log_append_time() const { return (attributes & kLogAppendTime) != 0; }
  [[nodiscard]] bool is_transactional() const { return (attributes & kTransactional) != 0; }
  [[nodiscard]] bool is_control() const { return (attributes & kControl) != 0; }
  [[nodiscard]] bool has_producer_id() const { return producer_id != kNoProducerId; }

  // The first batch in `bytes`, which may go on behind it. kCorrupt when the batch is not whole or
  // its fields contradict each other, kUnsupported for magic 0 and 1. Does not look at the CRC.
  static Result<RecordBatchHeader> read(std::span<const std::byte> bytes);
  // Into the first kBatchHeaderSize bytes.
  void write(std::span<std::byte> bytes) const;
};

// How long the batch is that begins in `bytes`: 0 while fewer than kBatchPrefixSize bytes are
// there, kCorrupt for a length that no batch has.
[[nodiscard]] Result<size_t> batch_size(std::span<const std::byte> bytes);

// kCorrupt when the CRC32C of `batch`, exactly one whole batch, is another one.
Status check_crc(std::span<const std::byte> batch);

// What a broker asks of the batch that a producer sends: whole, right CRC, offsets 0 to count - 1,
// at least one record, a producer id with epoch and sequence or none, no control batch, and a known
// compression. `batch` may go on behind the first batch. kInvalid: INVALID_RECORD.
Result<RecordBatchHeader> validate_produced(std::span<const std::byte> bytes);

// Fields outside the CRC, in place.
void set_base_offset(std::span<std::byte> batch, int64_t offset);
void set_partition_leader_epoch(std::span<std::byte> batch, int32_t epoch);
// For log append time: sets the attribute bit, the largest timestamp and the CRC.
void set_log_append_time(std::span<std::byte> batch, int64_t timestamp_ms);

// The code that a broker answers a failure of the functions above and of the record reader with.
[[nodiscard]] ApiError to_api_error(const Error& error);

}  // namespace weir::kafka
