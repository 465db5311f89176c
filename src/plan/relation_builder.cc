#include "plan/relation_builder.h"

#include "plan/rules/rules.h"
#include "plan/scan_builder.h"
#include "sql/expression_text.h"

namespace weir::plan {
namespace {

using sql::Expression;
using sql::ExpressionRef;
using sql::Relation;

void merge(RelationBuilder::Columns& into, const RelationBuilder::Columns& from) {
  if (into.size() < from.size()) into.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i]) into[i] = true;
  }
}

Error window_alone(const Relation::Window& window) {
  return unsupported("not offered yet: a window function without GROUP BY over its window")
      .hint("group by window_start and window_end")
      .at(window.position);
}

}  // namespace

void RelationBuilder::require_all(const Relation& relation) {
  require(relation, Columns(relation.schema.size(), true));
}

RelationBuilder::Columns RelationBuilder::needed_of(const Relation& relation) const {
  const auto found = needed_.find(&relation);
  return found == needed_.end() ? Columns(relation.schema.size()) : found->second;
}

void RelationBuilder::require(const Relation& relation, const Columns& needed) {
  merge(needed_[&relation], needed);
  if (const auto* scan = std::get_if<Relation::Scan>(&relation.body)) {
    merge(table_columns_[scan->table.get()], needed);
    return;
  }
  if (relation.inputs.empty()) return;
  Columns below(relation.inputs[0]->schema.size());
  if (const auto* project = std::get_if<Relation::Project>(&relation.body)) {
    for (size_t i = 0; i < project->expressions.size(); ++i) {
      if (needed[i]) sql::collect_inputs(*project->expressions[i], below);
    }
  } else if (const auto* filter = std::get_if<Relation::Filter>(&relation.body)) {
    below = needed;
    sql::collect_inputs(*filter->condition, below);
  } else if (const auto* window = std::get_if<Relation::Window>(&relation.body)) {
    for (size_t i = 0; i < below.size(); ++i) below[i] = needed[i];
    below[window->time_column] = true;
  } else if (std::holds_alternative<Relation::Aggregate>(relation.body)) {
    below.assign(below.size(), true);
  } else {
    below = needed;  // UNION ALL
  }
  for (const auto& input : relation.inputs) require(*input, below);
}

Result<NodeRef> RelationBuilder::build_exactly(const sql::RelationRef& relation) {
  const Built built = WEIR_TRY(build(*relation));
  if (built.window != nullptr) return window_alone(*built.window);
  ProjectNode project;
  for (size_t i = 0; i < built.columns.size(); ++i) {
    const auto column = static_cast<uint32_t>(built.columns[i]);
    project.expressions.push_back(sql::make_input(column, built.node->schema[column].type));
  }
  return make_node(std::move(project), {built.node}, relation->schema);
}

Result<RelationBuilder::Built> RelationBuilder::build(const Relation& relation) {
  if (const auto* scan = std::get_if<Relation::Scan>(&relation.body)) return build_scan(*scan);
  if (const auto* project = std::get_if<Relation::Project>(&relation.body)) {
    return build_project(relation, *project);
  }
  if (const auto* filter = std::get_if<Relation::Filter>(&relation.body)) {
    return build_filter(relation, *filter);
  }
  if (const auto* window = std::get_if<Relation::Window>(&relation.body)) {
    return build_window(relation, *window);
  }
  if (const auto* aggregate = std::get_if<Relation::Aggregate>(&relation.body)) {
    return build_aggregate(relation, *aggregate);
  }
  if (std::holds_alternative<Relation::UnionAll>(relation.body)) return build_union(relation);
  Built built;
  built.node =
      make_node(ValuesNode{std::get<Relation::Values>(relation.body).rows}, {}, relation.schema);
  for (size_t i = 0; i < relation.schema.size(); ++i) built.columns.push_back(static_cast<int>(i));
  return built;
}

Result<RelationBuilder::Built> RelationBuilder::build_scan(const Relation::Scan& scan) {
  const auto known = scans_.find(scan.table.get());
  if (known != scans_.end()) return known->second;
  auto made = make_scan(scan.table, table_columns_[scan.table.get()]);
  Built built;
  built.node = std::move(made.node);
  built.columns = std::move(made.columns);
  scans_[scan.table.get()] = built;
  return built;
}

Result<ExpressionRef> RelationBuilder::rewrite(const ExpressionRef& expression,
                                               const Built& input) const {
  bool early = false;
  auto rewritten = sql::replace_inputs(expression, [&](const Expression& column) -> ExpressionRef {
    const int at = input.columns[column.input];
    early = early || at < 0;
    if (at < 0) return sql::make_input(0, column.type);
    return sql::make_input(static_cast<uint32_t>(at), column.type);
  });
  if (early && input.window != nullptr) {
    return unsupported(
               "not offered yet: the bounds of a window before its GROUP BY, other than as "
               "group keys")
        .at(input.window->position);
  }
  return rewritten;
}

Result<RelationBuilder::Built> RelationBuilder::build_project(const Relation& relation,
                                                              const Relation::Project& project) {
  const Built input = WEIR_TRY(build(*relation.inputs[0]));
  const Columns needed = needed_of(relation);
  Built built;
  built.window = input.window;
  built.columns.assign(project.expressions.size(), kNone);
  ProjectNode body;
  std::vector<types::Field> fields;
  for (size_t i = 0; i < project.expressions.size(); ++i) {
    if (!needed[i]) continue;
    const ExpressionRef& expression = project.expressions[i];
    if (expression->kind == Expression::Kind::kInput && input.columns[expression->input] < kNone) {
      built.columns[i] = input.columns[expression->input];
      continue;
    }
    auto rewritten = WEIR_TRY(rewrite(expression, input));
    if (input.window != nullptr && rewritten->kind == Expression::Kind::kInput &&
        static_cast<int>(rewritten->input) == input.time_column) {
      built.time_column = static_cast<int>(fields.size());
    }
    built.columns[i] = static_cast<int>(fields.size());
    fields.push_back(relation.schema[i]);
    body.expressions.push_back(std::move(rewritten));
  }
  if (input.window != nullptr && built.time_column == kNone) {
    const auto time = static_cast<uint32_t>(input.time_column);
    built.time_column = static_cast<int>(fields.size());
    fields.push_back(input.node->schema[time]);
    body.expressions.push_back(sql::make_input(time, input.node->schema[time].type));
  }
  built.node = make_node(std::move(body), {input.node}, types::Schema(std::move(fields)));
  return built;
}

Result<RelationBuilder::Built> RelationBuilder::build_filter(const Relation& relation,
                                                             const Relation::Filter& filter) {
  Built built = WEIR_TRY(build(*relation.inputs[0]));
  auto condition = WEIR_TRY(rewrite(filter.condition, built));
  types::Schema schema = built.node->schema;
  built.node = make_node(FilterNode{std::move(condition)}, {built.node}, std::move(schema));
  return built;
}

Result<RelationBuilder::Built> RelationBuilder::build_union(const Relation& relation) {
  const Columns needed = needed_of(relation);
  Built built;
  built.columns.assign(relation.schema.size(), kNone);
  std::vector<types::Field> fields;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    built.columns[i] = static_cast<int>(fields.size());
    fields.push_back(relation.schema[i]);
  }
  const types::Schema schema(std::move(fields));
  std::vector<NodeRef> inputs;
  for (const auto& input : relation.inputs) {
    const Built one = WEIR_TRY(build(*input));
    if (one.window != nullptr) return window_alone(*one.window);
    ProjectNode project;
    for (size_t i = 0; i < needed.size(); ++i) {
      if (!needed[i]) continue;
      const auto column = static_cast<uint32_t>(one.columns[i]);
      project.expressions.push_back(sql::make_input(column, one.node->schema[column].type));
    }
    inputs.push_back(make_node(std::move(project), {one.node}, schema));
  }
  built.node = make_node(UnionNode{}, std::move(inputs), schema);
  return built;
}

Result<RelationBuilder::Built> RelationBuilder::build_window(const Relation& relation,
                                                             const Relation::Window& window) {
  Built built = WEIR_TRY(build(*relation.inputs[0]));
  if (built.window != nullptr) return window_alone(*built.window);
  built.window = &window;
  built.time_column = built.columns[window.time_column];
  built.columns.insert(built.columns.end(), {kWindowStart, kWindowEnd, kWindowTime});
  return built;
}

Result<RelationBuilder::Built> RelationBuilder::build_aggregate(
    const Relation& relation, const Relation::Aggregate& aggregate) {
  const Built input = WEIR_TRY(build(*relation.inputs[0]));
  bool starts = false;
  bool ends = false;
  WindowAggregateNode node;
  std::vector<types::Field> fields;
  Built built;
  for (uint32_t key = 0; key < aggregate.keys; ++key) {
    const int column = input.columns[key];
    starts = starts || column == kWindowStart;
    ends = ends || column == kWindowEnd;
    built.columns.push_back(column);
    if (column < 0) continue;
    built.columns.back() = static_cast<int>(fields.size());
    node.keys.push_back(static_cast<uint32_t>(column));
    auto field = relation.schema[key];
    // A rowtime that is only a key is an ordinary column from here on.
    field.type = field.type.with_time_attribute(types::TimeAttribute::kNone);
    fields.push_back(std::move(field));
  }
  if (input.window == nullptr || !starts || !ends) {
    return unsupported("not offered yet: aggregates without a window")
        .hint(
            "group by window_start and window_end of FROM TABLE(TUMBLE(TABLE t, "
            "DESCRIPTOR(ts), INTERVAL '1' MINUTE))")
        .at(aggregate.position);
  }
  for (size_t i = 0; i < aggregate.calls.size(); ++i) {
    const auto& call = aggregate.calls[i];
    const auto column_of = [&](int column) {
      return column < 0 ? -1 : input.columns[static_cast<size_t>(column)];
    };
    if (column_of(call.argument) < kNone || column_of(call.filter) < kNone) {
      return unsupported("not offered yet: an aggregate over the bounds of its own window")
          .at(aggregate.position);
    }
    node.aggregates.push_back(
        {call.function, call.resolution, column_of(call.argument), column_of(call.filter)});
    built.columns.push_back(static_cast<int>(fields.size()));
    fields.push_back(relation.schema[aggregate.keys + i]);
  }
  const auto kind = input.window->kind;
  node.window.kind = kind == Relation::Window::Kind::kTumble ? WindowSpec::Kind::kTumble
                     : kind == Relation::Window::Kind::kHop  ? WindowSpec::Kind::kHop
                                                             : WindowSpec::Kind::kCumulate;
  node.window.time_column = static_cast<uint32_t>(input.time_column);
  node.window.size_ms = input.window->size_ms;
  node.window.slide_ms = input.window->slide_ms;
  node.window.offset_ms = input.window->offset_ms;
  const int bounds = static_cast<int>(fields.size());
  for (auto& column : built.columns) {
    if (column < kNone) column = bounds + (kWindowStart - column);
  }
  const auto bound = types::LogicalType::timestamp(3).with_nullable(false);
  const auto& time = input.node->schema[node.window.time_column].type;
  const auto window_time = time.kind() == types::TypeKind::kTimestampLtz
                               ? types::LogicalType::timestamp_ltz(3)
                               : types::LogicalType::timestamp(3);
  fields.push_back({"window_start", bound});
  fields.push_back({"window_end", bound});
  fields.push_back({"window_time", window_time.with_nullable(false).with_time_attribute(
                                       types::TimeAttribute::kRowtime)});
  built.node = make_node(std::move(node), {input.node}, types::Schema(std::move(fields)));
  return built;
}

}  // namespace weir::plan
