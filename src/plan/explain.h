// EXPLAIN: a plan as text, in Flink's layout.
//
// Pure. Two parts: what the statement means (bound relations), and what runs (nodes; a node that
// two sinks share is written once more and marked). With changelog modes every node says [I].
#pragma once

#include <span>
#include <string>

#include "plan/nodes.h"
#include "sql/bound_query.h"

namespace weir::plan {

// The nodes alone: what tests compare.
[[nodiscard]] std::string plan_text(const Plan& plan, bool changelog_mode);

[[nodiscard]] std::string explain_inserts(std::span<const sql::BoundInsert> inserts,
                                          const Plan& plan, bool changelog_mode);
[[nodiscard]] std::string explain_query(const sql::RelationRef& query, const Plan& plan,
                                        bool changelog_mode);

}  // namespace weir::plan
