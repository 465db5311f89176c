// Intervals inside "+", "-" and "*": date + interval, timestamp - interval, interval * n. The rows
// are arithmetic.cc's, the kernels time_arithmetic.cc's.
#pragma once

#include <span>

#include "functions/function.h"

namespace weir::functions {

// Whether an interval takes part, so that one of the following resolves the call.
[[nodiscard]] bool is_time_arithmetic(std::span<const types::LogicalType> arguments);
Result<Resolution> resolve_time_plus(std::span<const types::LogicalType> arguments);
Result<Resolution> resolve_time_minus(std::span<const types::LogicalType> arguments);
Result<Resolution> resolve_interval_times(std::span<const types::LogicalType> arguments);

}  // namespace weir::functions
