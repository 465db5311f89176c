// FLOOR and CEIL of numbers; the rows are time_part.cc's, because the names are one in SQL.
#pragma once

#include <span>

#include "functions/function.h"

namespace weir::functions {

Result<Resolution> resolve_number_rounding(std::span<const types::LogicalType> arguments, bool up);

}  // namespace weir::functions
