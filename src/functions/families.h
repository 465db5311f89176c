// The families of scalar functions: each file gives its rows. For functions/all.cc only.
#pragma once

#include <span>

#include "functions/function.h"

namespace weir::functions {

[[nodiscard]] std::span<const Function> comparison_functions();
[[nodiscard]] std::span<const Function> logical_functions();
[[nodiscard]] std::span<const Function> arithmetic_functions();
[[nodiscard]] std::span<const Function> string_functions();
[[nodiscard]] std::span<const Function> datetime_functions();
[[nodiscard]] std::span<const Function> time_part_functions();
[[nodiscard]] std::span<const Function> math_functions();
[[nodiscard]] std::span<const Function> pattern_functions();
[[nodiscard]] std::span<const Function> hash_functions();

}  // namespace weir::functions
