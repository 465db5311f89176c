#include "plan/planner.h"

#include <map>

#include "plan/identity.h"
#include "plan/relation_builder.h"
#include "plan/rules/rules.h"

namespace weir::plan {

Result<Plan> plan_inserts(std::span<const sql::BoundInsert> inserts,
                          const sql::Settings& settings) {
  RelationBuilder builder;
  for (const auto& insert : inserts) builder.require_all(*insert.query);
  Plan plan;
  plan.settings = settings;
  plan.name = settings.text("pipeline.name");
  const bool unnamed = plan.name.empty();
  for (const auto& insert : inserts) {
    auto query = WEIR_TRY(builder.build_exactly(insert.query));
    auto sink = make_node(SinkNode{insert.table}, {std::move(query)}, insert.table->sink_schema());
    plan.sinks.push_back(std::move(sink));
    if (unnamed) {
      plan.name += plan.name.empty() ? "insert-into_" : ",";
      plan.name += insert.table->name.dotted();
    }
  }
  assign_identities(plan);
  return plan;
}

Result<Plan> plan_query(const sql::RelationRef& query, const sql::Settings& settings) {
  RelationBuilder builder;
  builder.require_all(*query);
  Plan plan;
  plan.settings = settings;
  plan.name = settings.text("pipeline.name");
  if (plan.name.empty()) plan.name = "collect";
  auto rows = WEIR_TRY(builder.build_exactly(query));
  types::Schema schema = query->schema;
  plan.sinks.push_back(make_node(CollectNode{}, {std::move(rows)}, std::move(schema)));
  assign_identities(plan);
  return plan;
}

}  // namespace weir::plan
