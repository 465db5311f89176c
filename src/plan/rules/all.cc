#include <array>

#include "plan/rules/rules.h"

namespace weir::plan {

std::span<const Rule* const> all_rules() {
  static constexpr std::array<const Rule*, 3> kRules{
      &kRemoveIdentityProject,
      &kMergeProjects,
      &kPushFilterBelowProject,
  };
  return kRules;
}

NodeRef make_node(Node::Body body, std::vector<NodeRef> inputs, types::Schema schema) {
  NodeRef node =
      std::make_shared<const Node>(Node{std::move(body), std::move(inputs), std::move(schema), {}});
  for (bool changed = true; changed;) {
    changed = false;
    for (const Rule* rule : all_rules()) {
      if (auto better = rule->apply(*node)) {
        node = std::move(better);
        changed = true;
        break;
      }
    }
  }
  return node;
}

}  // namespace weir::plan
