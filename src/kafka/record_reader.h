// RecordColumns: the records of batches as arrays of offsets, timestamps, keys and values.
//
// One pass over a batch, without an allocation per record: this feeds the SQL engine. Every length
// is checked against the bytes; a batch is appended whole or, when malformed, not at all. Keys and
// values are views into the batch itself or, when it is compressed, into a buffer that was made for
// it; `buffers` keeps both alive, and all of them are padded (base/buffer.h), so simdjson may parse
// values in place. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "kafka/record_batch.h"

namespace weir::kafka {

struct RecordColumns {
  std::vector<int64_t> offsets;
  std::vector<int64_t> timestamps_ms;     // log append time where the batch says so
  std::vector<std::string_view> keys;     // data() == nullptr: null
  std::vector<std::string_view> values;   // data() == nullptr: null
  std::vector<std::string_view> headers;  // raw; for HeaderCursor. Empty: none
  std::vector<BufferRef> buffers;         // what the views point into

  [[nodiscard]] size_t size() const { return offsets.size(); }
  // Keeps the arrays' memory.
  void clear();
};

class RecordReader {
 public:
  explicit RecordReader(size_t max_decompressed = kMaxDecompressedSize)
      : max_decompressed_(max_decompressed) {}

  // Appends the records of the batch that `header` was read from. `batch` lies in `owner`. Control
  // batches hold no records for users: the caller skips them. kCorrupt, kExhausted.
  Status append(const RecordBatchHeader& header, std::span<const std::byte> batch,
                const BufferRef& owner, RecordColumns& out);

 private:
  Decompressor decompressor_;
  size_t max_decompressed_;
};

struct RecordHeader {
  std::string_view key;
  std::string_view value;  // data() == nullptr: null
};

// Walks over one record's raw headers, which the reader has checked.
class HeaderCursor {
 public:
  explicit HeaderCursor(std::string_view raw) : raw_(raw) {}
  std::optional<RecordHeader> next();

 private:
  std::string_view raw_;
};

}  // namespace weir::kafka
