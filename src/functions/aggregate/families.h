// The families of aggregate functions. For functions/aggregate/all.cc only.
#pragma once

#include <span>

#include "functions/aggregate/aggregate.h"

namespace weir::functions {

[[nodiscard]] std::span<const AggregateFunction> count_aggregates();
[[nodiscard]] std::span<const AggregateFunction> sum_aggregates();
[[nodiscard]] std::span<const AggregateFunction> extreme_aggregates();

}  // namespace weir::functions
