// RecordBatchBuilder: writes one record batch, format version 2.
//
// Add records in order, then finish() once; clear() starts the next batch and keeps the memory. The
// owner bounds the size: size() before compression grows with each record, and offsets count from
// base_offset upwards. One thread; no I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/buffer.h"
#include "kafka/record_batch.h"
#include "kafka/record_reader.h"

namespace weir::kafka {

struct BatchOptions {
  Compression compression = Compression::kNone;
  int64_t base_offset = 0;
  int32_t partition_leader_epoch = -1;
  int64_t producer_id = kNoProducerId;
  int16_t producer_epoch = -1;
  int32_t base_sequence = -1;
  bool is_transactional = false;
  bool is_control = false;
};

class RecordBatchBuilder {
 public:
  explicit RecordBatchBuilder(BatchOptions options = {}) { clear(options); }

  // A key, value or header value whose data() is nullptr is null.
  void add(int64_t timestamp_ms, std::string_view key, std::string_view value,
           std::span<const RecordHeader> headers = {});
  // As above at a given offset, above all before: compacted logs have gaps.
  void add_at(int64_t offset, int64_t timestamp_ms, std::string_view key, std::string_view value,
              std::span<const RecordHeader> headers = {});

  [[nodiscard]] int32_t count() const { return header_.record_count; }
  [[nodiscard]] size_t size() const { return used_; }

  // The whole batch; the builder is empty afterwards (clear() with the same options). A batch
  // without records is our bug. kExhausted when it is larger than a compression or the format
  // takes.
  Result<BufferRef> finish();
  void clear(BatchOptions options);

 private:
  void grow(size_t size);

  BatchOptions options_;
  RecordBatchHeader header_;
  std::shared_ptr<Buffer> buffer_;
  size_t used_ = 0;
  size_t expected_size_ = size_t{16} << 10U;  // about the last batch's
};

}  // namespace weir::kafka
