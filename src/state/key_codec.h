// KeyCodec: turns key columns into bytes to hash, compare, route and store, and back.
//
// Equal keys have equal bytes: -0.0 is 0.0, every NaN is one NaN, and NULL equals NULL (as in GROUP
// BY). A key is
//   fixed (no strings): 8 bytes of NULL mask (bit i = key column i), then the values packed in
//   order,
//     zero where NULL, padded with zeroes to a multiple of 8;
//   variable: the same mask and values, a string as u32 length in place; then the strings' bytes.
// Integers are little-endian. The hash is XXH3 with a fixed seed; it is persisted through
// the key group, so neither it nor this layout may change without a new state format version
// (docs/formats/window-state.md). At most 64 key columns. Immutable; any thread may use one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "types/batch.h"

namespace weir::state {

// As many as Flink has by default; a key group is the unit that moves when parallelism changes.
inline constexpr uint32_t kKeyGroups = 128;

[[nodiscard]] inline uint32_t key_group_of(uint64_t hash) {
  return static_cast<uint32_t>(hash >> 57U);  // the top 7 bits; tables use the low ones
}

// Key groups are spread over lanes in ranges, as Flink does.
[[nodiscard]] inline uint32_t lane_of_key_group(uint32_t key_group, uint32_t lanes) {
  return key_group * lanes / kKeyGroups;
}

// The encoded keys of the selected rows of one batch. Reused from batch to batch by its owner.
struct EncodedKeys {
  std::vector<uint64_t> hashes;
  std::vector<uint32_t> offsets;  // count + 1 positions in `bytes`
  std::vector<std::byte> bytes;

  [[nodiscard]] size_t count() const { return hashes.size(); }
  [[nodiscard]] const std::byte* key(size_t at) const { return bytes.data() + offsets[at]; }
  [[nodiscard]] uint32_t length(size_t at) const { return offsets[at + 1] - offsets[at]; }
};

class KeyCodec {
 public:
  explicit KeyCodec(std::vector<types::LogicalType> key_types);

  // One encoded key a selected row, in the selection's order. `columns` in the codec's order.
  void encode(std::span<const types::ColumnRef> columns, const types::Selection& selection,
              EncodedKeys& out) const;
  // The columns of `keys`, which this codec has encoded.
  [[nodiscard]] std::vector<types::ColumnRef> decode(
      std::span<const std::span<const std::byte>> keys) const;
  // Whether bytes from a file are a key of this codec: lengths fit, nothing is left over.
  [[nodiscard]] bool is_valid(std::span<const std::byte> key) const;

  [[nodiscard]] bool is_fixed() const { return fixed_; }
  // Bytes of the fixed part, the mask included; a multiple of 8.
  [[nodiscard]] uint32_t fixed_bytes() const { return fixed_bytes_; }
  [[nodiscard]] const std::vector<types::LogicalType>& key_types() const { return types_; }

 private:
  [[nodiscard]] types::ColumnRef decode_column(
      size_t column, std::span<const std::span<const std::byte>> keys) const;
  [[nodiscard]] types::ColumnRef decode_strings(
      size_t column, std::span<const std::span<const std::byte>> keys) const;

  std::vector<types::LogicalType> types_;
  std::vector<uint32_t> positions_;  // of each column in the fixed part
  uint32_t fixed_bytes_ = 0;
  bool fixed_ = true;
};

// The persisted hash of encoded key bytes.
[[nodiscard]] uint64_t hash_key(std::span<const std::byte> key);

}  // namespace weir::state
