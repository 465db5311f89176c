// Value: one SQL value outside of a column: literals, option defaults, test expectations.
//
// Not for the way of an event. monostate is NULL. How a type's value is held follows its Physical:
// int64 for every integer, date, time and timestamp kind, double for FLOAT and DOUBLE, int128 for
// DECIMAL (unscaled), string for characters and bytes.
#pragma once

#include <string>
#include <variant>

#include "types/column.h"

namespace weir::types {

using Value = std::variant<std::monostate, bool, int64_t, double, int128_t, std::string>;

[[nodiscard]] inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

// A constant column; `value` must fit the type's Physical.
[[nodiscard]] ColumnRef make_constant(const LogicalType& type, const Value& value, uint32_t length);
// The value at `row` of a column of a non-nested type.
[[nodiscard]] Value value_at(const Column& column, size_t row);

}  // namespace weir::types
