// The random generators of datagen, one a physical form of a column.
//
// Constructors take ranges that have been checked (low <= high, within the type). See generator.h.
#pragma once

#include <vector>

#include "connectors/datagen/draws.h"
#include "connectors/datagen/generator.h"

namespace weir::connectors {

using GeneratorRef = std::unique_ptr<ColumnGenerator>;

// Integers, and intervals, which are integers of their unit.
[[nodiscard]] GeneratorRef random_integers(types::LogicalType type, Draws draws, int64_t low,
                                           int64_t high);
// FLOAT, DOUBLE: uniform in [low, high).
[[nodiscard]] GeneratorRef random_reals(types::LogicalType type, Draws draws, double low,
                                        double high);
// DECIMAL; the bounds are unscaled.
[[nodiscard]] GeneratorRef random_decimals(types::LogicalType type, Draws draws,
                                           types::int128_t low, types::int128_t high);
[[nodiscard]] GeneratorRef random_booleans(types::LogicalType type, Draws draws);
// Lower-case hexadecimal digits for characters, any bytes for binary types. `varying`: 1 to
// `length` of them.
[[nodiscard]] GeneratorRef random_text(types::LogicalType type, Draws draws, uint32_t length,
                                       bool varying);
// TIMESTAMP and TIMESTAMP_LTZ: now, less up to `max_past_ms`. DATE, TIME: now.
[[nodiscard]] GeneratorRef past_times(types::LogicalType type, Draws draws, int64_t max_past_ms);
// ARRAY (one child), MAP and MULTISET (key, value) with `length` entries.
[[nodiscard]] GeneratorRef random_lists(types::LogicalType type, std::vector<GeneratorRef> children,
                                        uint32_t length);
[[nodiscard]] GeneratorRef random_rows(types::LogicalType type, std::vector<GeneratorRef> fields);
// `values` with that share of NULLs.
[[nodiscard]] GeneratorRef with_nulls(GeneratorRef values, Draws draws, double rate);

}  // namespace weir::connectors
