// The sequence generators of datagen: row n has start + n, as a number or as its decimal text.
//
// The source ends after the shortest sequence, so a row beyond the end is never asked for.
#pragma once

#include "connectors/datagen/generator.h"

namespace weir::connectors {

// kUnsupported for a type that has no sequence (BOOLEAN, times, nested types).
[[nodiscard]] Result<std::unique_ptr<ColumnGenerator>> sequence_column(types::LogicalType type,
                                                                       int64_t start);

}  // namespace weir::connectors
