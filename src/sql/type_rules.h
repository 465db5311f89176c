// What Flink lets become what: common types and legal casts.
//
// Pure functions over types. The rules of functions and operators are in their own rows
// (functions/); here is what CASE, COALESCE, VALUES, UNION ALL, CAST and INSERT need.
#pragma once

#include <optional>
#include <span>

#include "types/logical_type.h"

namespace weir::sql {

// The narrowest type that holds all of them, nullable when one is; nothing when there is none.
// NULL takes the type of the others. CHAR of different lengths become VARCHAR.
[[nodiscard]] std::optional<types::LogicalType> common_type(
    std::span<const types::LogicalType> types);

// What INSERT and function arguments do without being asked (nullability is not looked at).
[[nodiscard]] bool can_cast_implicitly(const types::LogicalType& from,
                                       const types::LogicalType& to);
// What CAST(x AS type) may be asked to do.
[[nodiscard]] bool can_cast(const types::LogicalType& from, const types::LogicalType& to);

}  // namespace weir::sql
