// The planner: bound relations to a plan.
//
// Pure; one statement at a time. Only the columns that are used are read; a table that several
// INSERTs read is scanned once; a window function and the GROUP BY over its window become one
// node. Rewrites of nodes are rules (rules/all.cc). What a relation may say and the engine cannot
// run yet is kUnsupported, at its place in the text. All plans are append-only: nothing that
// would retract a row is offered, so every edge is [I].
#pragma once

#include <span>

#include "plan/nodes.h"
#include "sql/bound_query.h"

namespace weir::plan {

[[nodiscard]] Result<Plan> plan_inserts(std::span<const sql::BoundInsert> inserts,
                                        const sql::Settings& settings);
[[nodiscard]] Result<Plan> plan_query(const sql::RelationRef& query, const sql::Settings& settings);

}  // namespace weir::plan
