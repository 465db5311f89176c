#include "plan/rules/rules.h"

namespace weir::plan {
namespace {

// A projection that hands on all columns of its input, in order, does nothing. Their names and
// nullability may differ: nobody below looks at them.
NodeRef apply(const Node& node) {
  const auto* project = std::get_if<ProjectNode>(&node.body);
  if (project == nullptr || project->expressions.size() != node.inputs[0]->schema.size()) {
    return nullptr;
  }
  for (uint32_t i = 0; i < project->expressions.size(); ++i) {
    const auto& expression = *project->expressions[i];
    if (expression.kind != sql::Expression::Kind::kInput || expression.input != i) return nullptr;
    if (node.schema[i].name != node.inputs[0]->schema[i].name) return nullptr;
  }
  return node.inputs[0];
}

}  // namespace

const Rule kRemoveIdentityProject{"remove_identity_project",
                                  "A projection of all columns in their order is left out.", apply};

}  // namespace weir::plan
