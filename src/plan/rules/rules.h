// A rule: one rewrite of the topmost node of a tree to something that does the same for less.
//
// Pure; null when it does not apply. Rules are tried in the order of all.cc until none applies,
// every time that the planner makes a node, so the inputs of a node have been rewritten already.
#pragma once

#include <span>
#include <string_view>

#include "plan/nodes.h"

namespace weir::plan {

struct Rule {
  std::string_view name;
  std::string_view doc;
  NodeRef (*apply)(const Node& node) = nullptr;
};

extern const Rule kRemoveIdentityProject;
extern const Rule kMergeProjects;
extern const Rule kPushFilterBelowProject;

[[nodiscard]] std::span<const Rule* const> all_rules();

// A node without an identity (assign_identities() gives it one), rewritten by the rules.
[[nodiscard]] NodeRef make_node(Node::Body body, std::vector<NodeRef> inputs, types::Schema schema);

}  // namespace weir::plan
