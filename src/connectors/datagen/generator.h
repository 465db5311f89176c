// ColumnGenerator: the values of one datagen column, as a pure function of seed and row number.
//
// Nothing is carried from row to row, so a source that starts again at row n makes exactly the rows
// that it would have made, lanes share the work without talking, and a column that the plan leaves
// out changes no other. (Only time columns depend on the clock, as in Flink.) Kinds, ranges and
// defaults are those of Flink 2.2's datagen connector; FLOAT and DOUBLE start at Java's MIN_VALUE,
// the smallest positive number, as Flink's do. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "connectors/table_options.h"
#include "types/batch.h"

namespace weir::connectors {

class ColumnGenerator {
 public:
  virtual ~ColumnGenerator() = default;
  // One value a row number; `now_ms` is the wall clock of the batch.
  [[nodiscard]] virtual types::ColumnRef generate(std::span<const int64_t> rows,
                                                  int64_t now_ms) const = 0;
};

// The generator of the column `name`, which the options `fields.<name>.*` describe. Errors: an
// option that does not fit the type (kInvalid), a type that cannot be generated (kUnsupported).
[[nodiscard]] Result<std::unique_ptr<ColumnGenerator>> make_generator(
    const TableOptions& options, const std::string& name, const types::LogicalType& type,
    uint64_t seed);

// How many rows the sequence of that column has; nothing when it is not a sequence.
[[nodiscard]] Result<std::optional<int64_t>> sequence_length(const TableOptions& options,
                                                             const std::string& name);

// Every `fields.*` option names a column and a property that exist; else kInvalid with the nearest.
[[nodiscard]] Status check_field_options(const TableOptions& options, const types::Schema& schema);

}  // namespace weir::connectors
