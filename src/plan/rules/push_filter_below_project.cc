#include "plan/rules/rules.h"
#include "sql/expression_text.h"

namespace weir::plan {
namespace {

using sql::Expression;

// A filter over a projection goes below it when it only looks at columns that the projection hands
// on as they are: then nothing is computed for rows that are thrown away.
NodeRef apply(const Node& node) {
  const auto* filter = std::get_if<FilterNode>(&node.body);
  if (filter == nullptr) return nullptr;
  const Node& below = *node.inputs[0];
  const auto* project = std::get_if<ProjectNode>(&below.body);
  if (project == nullptr) return nullptr;
  std::vector<bool> used(project->expressions.size());
  sql::collect_inputs(*filter->condition, used);
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i] && project->expressions[i]->kind != Expression::Kind::kInput) return nullptr;
  }
  auto condition = sql::replace_inputs(filter->condition, [&](const Expression& input) {
    return project->expressions[input.input];
  });
  auto filtered =
      make_node(FilterNode{std::move(condition)}, below.inputs, below.inputs[0]->schema);
  return std::make_shared<const Node>(Node{*project, {std::move(filtered)}, below.schema, {}});
}

}  // namespace

const Rule kPushFilterBelowProject{"push_filter_below_project",
                                   "Rows are thrown away before anything is computed for them.",
                                   apply};

}  // namespace weir::plan
