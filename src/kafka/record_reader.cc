#include "kafka/record_reader.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace weir::kafka {
namespace {

// A place in a batch's payload. Reads say whether they succeeded; none goes beyond `end`.
struct Cursor {
  const uint8_t* at;
  const uint8_t* end;
};

// Up to ten bytes; the one-byte case is inlined below.
[[gnu::noinline]] bool long_varint(Cursor& cursor, int64_t& value) {
  uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (cursor.at == cursor.end) return false;
    const uint64_t byte = *cursor.at++;
    bits |= (byte & 0x7FU) << shift;
    if (byte < 0x80) {
      value = zigzag_decode(bits);
      return true;
    }
  }
  return false;
}

inline bool varint(Cursor& cursor, int64_t& value) {
  if (cursor.end - cursor.at >= 2) [[likely]] {
    const uint64_t first = cursor.at[0];
    if (first < 0x80) {
      value = zigzag_decode(first);
      cursor.at += 1;
      return true;
    }
    const uint64_t second = cursor.at[1];
    if (second < 0x80) {
      value = zigzag_decode((first & 0x7FU) | (second << 7U));
      cursor.at += 2;
      return true;
    }
  }
  return long_varint(cursor, value);
}

// A length and that many bytes; -1 is null.
inline bool view(Cursor& cursor, std::string_view& value) {
  int64_t size;
  if (!varint(cursor, size)) return false;
  if (size < 0) {
    value = {};
    return size == -1;
  }
  if (size > cursor.end - cursor.at) return false;
  value = {reinterpret_cast<const char*>(cursor.at), static_cast<size_t>(size)};
  cursor.at += size;
  return true;
}

// Leaves `raw` with the headers behind their count.
bool read_headers(Cursor& cursor, std::string_view& raw) {
  int64_t count;
  raw = {};
  if (!varint(cursor, count) || count < 0) return false;
  const uint8_t* first = cursor.at;
  for (int64_t i = 0; i < count; ++i) {
    std::string_view key;
    std::string_view value;
    if (!view(cursor, key) || key.data() == nullptr || !view(cursor, value)) return false;
  }
  raw = {reinterpret_cast<const char*>(first), static_cast<size_t>(cursor.at - first)};
  return true;
}

struct Target {
  int64_t* offsets;
  int64_t* timestamps_ms;
  std::string_view* keys;
  std::string_view* values;
  std::string_view* headers;
};

// Returns how many records were good: fewer than the header says when the payload is malformed.
int32_t read_records(const RecordBatchHeader& batch, Cursor payload, const Target& target) {
  const bool log_append_time = batch.has_log_append_time();
  for (int32_t i = 0; i < batch.record_count; ++i) {
    int64_t size;
    if (!varint(payload, size) || size < 0 || size > payload.end - payload.at) return i;
    Cursor record{payload.at, payload.at + size};
    payload.at = record.end;
    if (record.at == record.end) return i;
    ++record.at;  // attributes, unused so far
    int64_t timestamp_delta;
    int64_t offset_delta;
    if (!varint(record, timestamp_delta) || !varint(record, offset_delta)) return i;
    if (offset_delta < 0 || offset_delta > batch.last_offset_delta) return i;
    if (!view(record, target.keys[i]) || !view(record, target.values[i])) return i;
    if (!read_headers(record, target.headers[i]) || record.at != record.end) return i;
    target.offsets[i] = batch.base_offset + offset_delta;
    target.timestamps_ms[i] =
        log_append_time ? batch.max_timestamp_ms
                        : static_cast<int64_t>(static_cast<uint64_t>(batch.base_timestamp_ms) +
                                               static_cast<uint64_t>(timestamp_delta));
  }
  return payload.at == payload.end ? batch.record_count : -1;
}

}  // namespace

void RecordColumns::clear() {
  offsets.clear();
  timestamps_ms.clear();
  keys.clear();
  values.clear();
  headers.clear();
  buffers.clear();
}

Status RecordReader::append(const RecordBatchHeader& header, std::span<const std::byte> batch,
                            const BufferRef& owner, RecordColumns& out) {
  if (header.record_count == 0) return ok();
  auto payload = batch.first(header.size()).subspan(kBatchHeaderSize);
  BufferRef holder = owner;
  if (header.compression() != Compression::kNone) {
    holder = WEIR_TRY(decompressor_.decompress(header.compression(), payload, max_decompressed_));
    payload = holder->bytes();
  }
  const auto count = static_cast<size_t>(header.record_count);
  constexpr size_t kMinRecordSize = 7;
  if (count > payload.size() / kMinRecordSize) {
    return corrupt(fmt::format("{} records in {} bytes", count, payload.size()));
  }
  const size_t before = out.size();
  const auto resize = [&](size_t size) {
    out.offsets.resize(size);
    out.timestamps_ms.resize(size);
    out.keys.resize(size);
    out.values.resize(size);
    out.headers.resize(size);
  };
  resize(before + count);
  const auto* first = reinterpret_cast<const uint8_t*>(payload.data());
  const int32_t good = read_records(
      header, {first, first + payload.size()},
      {out.offsets.data() + before, out.timestamps_ms.data() + before, out.keys.data() + before,
       out.values.data() + before, out.headers.data() + before});
  if (good != header.record_count) {
    resize(before);
    if (good < 0) return corrupt("bytes behind the last record of a batch");
    return corrupt(
        fmt::format("record {} of the batch at offset {} is malformed", good, header.base_offset));
  }
  if (out.buffers.empty() || out.buffers.back() != holder) out.buffers.push_back(std::move(holder));
  return ok();
}

std::optional<RecordHeader> HeaderCursor::next() {
  if (raw_.empty()) return std::nullopt;
  const auto* first = reinterpret_cast<const uint8_t*>(raw_.data());
  Cursor cursor{first, first + raw_.size()};
  RecordHeader header;
  if (!view(cursor, header.key) || !view(cursor, header.value)) return std::nullopt;
  raw_.remove_prefix(static_cast<size_t>(cursor.at - first));
  return header;
}

}  // namespace weir::kafka
