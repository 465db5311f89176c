#include "plan/rules/rules.h"
#include "sql/expression_text.h"

namespace weir::plan {
namespace {

using sql::Expression;

bool is_trivial(const Expression& expression) {
  return expression.kind == Expression::Kind::kInput ||
         expression.kind == Expression::Kind::kLiteral;
}

void count_inputs(const Expression& expression, std::vector<uint32_t>& uses) {
  if (expression.kind == Expression::Kind::kInput) ++uses[expression.input];
  for (const auto& argument : expression.arguments) count_inputs(*argument, uses);
}

// A projection over a projection is one, as long as nothing is computed twice because of it and
// nothing that changes from call to call is moved.
NodeRef apply(const Node& node) {
  const auto* outer = std::get_if<ProjectNode>(&node.body);
  if (outer == nullptr) return nullptr;
  const Node& below = *node.inputs[0];
  const auto* inner = std::get_if<ProjectNode>(&below.body);
  if (inner == nullptr) return nullptr;
  std::vector<uint32_t> uses(inner->expressions.size());
  for (const auto& expression : outer->expressions) count_inputs(*expression, uses);
  for (size_t i = 0; i < uses.size(); ++i) {
    const Expression& expression = *inner->expressions[i];
    if (is_trivial(expression)) continue;
    if (uses[i] > 1 || !sql::is_deterministic(expression)) return nullptr;
  }
  ProjectNode merged;
  for (const auto& expression : outer->expressions) {
    merged.expressions.push_back(sql::replace_inputs(
        expression, [&](const Expression& input) { return inner->expressions[input.input]; }));
  }
  return std::make_shared<const Node>(Node{std::move(merged), below.inputs, node.schema, {}});
}

}  // namespace

const Rule kMergeProjects{"merge_projects", "Two projections in a row become one.", apply};

}  // namespace weir::plan
