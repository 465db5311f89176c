// CAST and TRY_CAST over columns, by Flink's rules (legacy-cast-behaviour DISABLED).
//
// NULL stays NULL. A value that has no counterpart is a failure of its row (CAST) or NULL
// (TRY_CAST). Narrowing an integer keeps the low bits, DOUBLE to an integer saturates, digits of a
// DECIMAL are rounded HALF_UP and a DECIMAL that is too large is NULL, digits of a second are cut
// toward 1970 (flink-sql.md G-09, G-10, G-13 to G-16). Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/batch.h"

namespace weir::types {

struct CastFailure {
  uint32_t row;
  std::string reason;
};

struct CastContext {
  std::string_view time_zone;                    // table.local-time-zone
  std::vector<CastFailure>* failures = nullptr;  // null: TRY_CAST
};

// Whether the pair of types has a cast at all.
[[nodiscard]] bool is_castable(const LogicalType& from, const LogicalType& to);
// Whether a cast between the types never fails a row, so that it may run over unselected rows.
[[nodiscard]] bool cast_is_total(const LogicalType& from, const LogicalType& to);

// `column` (flat or constant) as `to`, right for the selected rows; the pair is castable. A
// constant column gives a constant; its failure is that of every selected row.
[[nodiscard]] ColumnRef cast_column(const ColumnRef& column, const LogicalType& to,
                                    const Selection& selection, const CastContext& context);

}  // namespace weir::types
