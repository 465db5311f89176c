// Column: the values of one column of a batch.
//
// Immutable and shared once built; any thread may read. `length` rows; a constant column stores one
// value (index 0) for all of them. Values lie as Physical says (types/logical_type.h), validity is
// a bitmap as in Arrow (bit i of byte i/8, least significant first, 1 = present) and is absent when
// no value is NULL, so that kernels choose a path without NULLs once per batch. The value of a NULL
// row is unspecified but initialised. Rows outside the selection under which a column was computed
// are unspecified as well. Strings: the 16-byte views lie in `values`; `pinned` holds the buffers
// that long ones point into. Lists: `values` holds length + 1 int32 offsets into the children.
// Structs: one child a field.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/check.h"
#include "types/logical_type.h"
#include "types/string_ref.h"

namespace weir::types {

__extension__ using int128_t = __int128;
__extension__ using uint128_t = unsigned __int128;

class Column;
using ColumnRef = std::shared_ptr<const Column>;

[[nodiscard]] inline bool bit_is_set(const uint8_t* bits, size_t index) {
  return (bits[index >> 3U] >> (index & 7U) & 1U) != 0;
}
inline void set_bit(uint8_t* bits, size_t index) {
  bits[index >> 3U] = static_cast<uint8_t>(bits[index >> 3U] | (1U << (index & 7U)));
}
inline void clear_bit(uint8_t* bits, size_t index) {
  bits[index >> 3U] = static_cast<uint8_t>(bits[index >> 3U] & ~(1U << (index & 7U)));
}
[[nodiscard]] constexpr size_t bitmap_bytes(size_t bits) { return (bits + 7) / 8; }

class Column {
 public:
  struct Parts {
    LogicalType type;
    uint32_t length = 0;
    bool constant = false;
    BufferRef values;    // absent for kNone and kStruct
    BufferRef validity;  // absent: no NULL
    std::vector<ColumnRef> children;
    std::vector<BufferRef> pinned;
  };

  explicit Column(Parts parts) : parts_(std::move(parts)) {}
  [[nodiscard]] static ColumnRef make(Parts parts) {
    return std::make_shared<const Column>(std::move(parts));
  }
  // All NULL.
  [[nodiscard]] static ColumnRef null_constant(LogicalType type, uint32_t length);

  [[nodiscard]] const LogicalType& type() const { return parts_.type; }
  [[nodiscard]] uint32_t length() const { return parts_.length; }
  [[nodiscard]] bool is_constant() const { return parts_.constant; }
  // How many values are stored: 1 for a constant.
  [[nodiscard]] uint32_t stored() const { return parts_.constant ? 1 : parts_.length; }
  [[nodiscard]] bool may_have_nulls() const { return parts_.validity != nullptr; }
  [[nodiscard]] bool is_null(size_t row) const {
    return parts_.validity != nullptr &&
           !bit_is_set(parts_.validity->as<uint8_t>(), parts_.constant ? 0 : row);
  }
  // Null when there is no NULL. One bit a stored value.
  [[nodiscard]] const uint8_t* validity() const {
    return parts_.validity ? parts_.validity->as<uint8_t>() : nullptr;
  }
  // The stored values; T must be as wide as the type's Physical.
  template <typename T>
  [[nodiscard]] std::span<const T> values() const {
    return {parts_.values->as<T>(), stored()};
  }
  template <typename T>
  [[nodiscard]] const T& value(size_t row) const {
    return parts_.values->as<T>()[parts_.constant ? 0 : row];
  }
  [[nodiscard]] std::string_view text(size_t row) const { return value<StringRef>(row).view(); }
  // Lists: where the elements of `row` begin and end in the children.
  [[nodiscard]] std::pair<int32_t, int32_t> list_range(size_t row) const {
    const auto* offsets = parts_.values->as<int32_t>();
    const size_t at = parts_.constant ? 0 : row;
    return {offsets[at], offsets[at + 1]};
  }
  [[nodiscard]] const std::vector<ColumnRef>& children() const { return parts_.children; }
  [[nodiscard]] const Parts& parts() const { return parts_; }
  // Bytes that this column keeps alive; a buffer shared by columns counts in each.
  [[nodiscard]] size_t pinned_bytes() const;
  // The same values under another type of the same Physical (precision, nullability, attribute).
  [[nodiscard]] ColumnRef with_type(LogicalType type) const;
  // The same constant for another number of rows. Only for constants.
  [[nodiscard]] ColumnRef with_length(uint32_t length) const;

 private:
  Parts parts_;
};

}  // namespace weir::types
