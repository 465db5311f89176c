// Reading and rewriting bound expressions: text, equality, columns used, columns renumbered.
//
// Pure functions over immutable trees; any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sql/expression.h"

namespace weir::sql {

// How an input column is written.
using InputText = std::function<std::string(uint32_t column)>;
// What stands in for a kInput expression.
using InputReplacement = std::function<ExpressionRef(const Expression& input)>;

[[nodiscard]] std::string to_string(const Expression& expression, const InputText& input);
// The same tree, positions apart.
[[nodiscard]] bool same_expression(const Expression& a, const Expression& b);
// Whether the same row always gives the same result.
[[nodiscard]] bool is_deterministic(const Expression& expression);
// Marks the input columns that are read; columns beyond `used` are left out.
void collect_inputs(const Expression& expression, std::vector<bool>& used);
[[nodiscard]] ExpressionRef replace_inputs(const ExpressionRef& expression,
                                           const InputReplacement& replacement);

}  // namespace weir::sql
