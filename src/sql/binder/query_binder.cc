#include "sql/binder/query_binder.h"

#include "base/nearest.h"
#include "sql/binder/expression_binder.h"
#include "sql/binder/option_check.h"
#include "sql/type_rules.h"

namespace weir::sql {

using types::LogicalType;

Result<RelationRef> QueryBinder::make(Relation relation, Span span) {
  if (++relations_ > kMaxRelations) {
    return invalid(fmt::format("this query unfolds into more than {} steps", kMaxRelations))
        .at(source_->position(span));
  }
  return std::make_shared<const Relation>(std::move(relation));
}

RelationRef cast_relation(const RelationRef& relation, const types::Schema& target,
                          const SourcePosition& position) {
  Relation project;
  Relation::Project body;
  std::vector<types::Field> fields;
  for (uint32_t i = 0; i < target.size(); ++i) {
    auto column = make_input(i, relation->schema[i].type);
    body.expressions.push_back(coerce(column, target[i].type, position));
    fields.push_back({target[i].name, body.expressions.back()->type});
  }
  project.body = std::move(body);
  project.inputs = {relation};
  project.schema = types::Schema(std::move(fields));
  return std::make_shared<const Relation>(std::move(project));
}

Result<RelationRef> QueryBinder::bind(const ast::Query& query) {
  return bind_query(query, nullptr);
}

Result<RelationRef> QueryBinder::bind_query(const ast::Query& query, const Environment* outer) {
  std::vector<Environment> environments(query.with.size());
  const Environment* innermost = outer;
  for (size_t i = 0; i < query.with.size(); ++i) {
    environments[i] = {&query.with[i], innermost};
    innermost = &environments[i];
  }
  return bind_body(query, innermost);
}

Result<RelationRef> QueryBinder::bind_body(const ast::Query& query,
                                           const Environment* environment) {
  switch (query.kind) {
    case ast::Query::Kind::kSelect: return bind_select(query, environment);
    case ast::Query::Kind::kValues: return bind_values(query);
    case ast::Query::Kind::kUnionAll: return bind_union(query, environment);
  }
  return invalid("this is not a query");
}

Result<RelationRef> QueryBinder::bind_union(const ast::Query& query,
                                            const Environment* environment) {
  Relation united;
  united.body = Relation::UnionAll{};
  for (const auto& input : query.inputs) {
    united.inputs.push_back(WEIR_TRY(bind_query(*input, environment)));
    if (united.inputs.back()->schema.size() != united.inputs.front()->schema.size()) {
      return invalid("Column count mismatch in UNION ALL").at(source_->position(input->span));
    }
  }
  const types::Schema& first = united.inputs.front()->schema;
  std::vector<types::Field> fields;
  for (size_t column = 0; column < first.size(); ++column) {
    std::vector<LogicalType> types;
    for (const auto& input : united.inputs) types.push_back(input->schema[column].type);
    const auto common = common_type(types);
    if (!common.has_value()) {
      return invalid(fmt::format("Type mismatch in column {} of UNION ALL", column + 1))
          .hint(fmt::format("\"{}\" is {} here and {} there", first[column].name,
                            types.front().to_summary(), types.back().to_summary()))
          .at(source_->position(query.span));
    }
    fields.push_back({first[column].name, *common});
  }
  united.schema = types::Schema(std::move(fields));
  for (size_t i = 0; i < united.inputs.size(); ++i) {
    united.inputs[i] =
        cast_relation(united.inputs[i], united.schema, source_->position(query.inputs[i]->span));
  }
  return make(std::move(united), query.span);
}

// All rows get the columns' common types. Rows of literals are one step; others are a projection
// each.
Result<RelationRef> QueryBinder::bind_values(const ast::Query& query) {
  const Scope nothing;
  ExpressionBinder binder(*source_, nothing);
  std::vector<std::vector<ExpressionRef>> rows;
  for (const auto& row : query.rows) {
    std::vector<ExpressionRef> bound;
    for (const auto& value : row) bound.push_back(WEIR_TRY(binder.bind(*value)));
    if (!rows.empty() && rows.front().size() != bound.size()) {
      return invalid("Values passed to VALUES operator must have compatible types")
          .hint("all rows must have the same number of columns")
          .at(source_->position(row.front()->span));
    }
    rows.push_back(std::move(bound));
  }
  std::vector<types::Field> fields;
  bool all_literals = true;
  for (size_t column = 0; column < rows.front().size(); ++column) {
    std::vector<LogicalType> types;
    for (const auto& row : rows) types.push_back(row[column]->type);
    const auto common = common_type(types);
    if (!common.has_value()) {
      return invalid("Values passed to VALUES operator must have compatible types")
          .at(source_->position(query.rows.back()[column]->span));
    }
    fields.push_back({fmt::format("EXPR${}", column), *common});
    for (auto& row : rows) {
      row[column] = coerce(row[column], *common, source_->position(query.span));
      all_literals = all_literals && row[column]->kind == Expression::Kind::kLiteral;
    }
  }
  const types::Schema schema(std::move(fields));
  if (all_literals) {
    Relation::Values values;
    for (const auto& row : rows) {
      std::vector<types::Value> out;
      for (const auto& value : row) out.push_back(value->literal);
      values.rows.push_back(std::move(out));
    }
    return make({std::move(values), {}, schema}, query.span);
  }
  std::vector<RelationRef> projects;
  for (auto& row : rows) {
    auto one = WEIR_TRY(make({Relation::Values{{{}}}, {}, {}}, query.span));
    projects.push_back(
        WEIR_TRY(make({Relation::Project{std::move(row)}, {std::move(one)}, schema}, query.span)));
  }
  if (projects.size() == 1) return projects.front();
  return make({Relation::UnionAll{}, std::move(projects), schema}, query.span);
}

Result<RelationRef> QueryBinder::bind_select(const ast::Query& query,
                                             const Environment* environment) {
  const ast::Select& select = query.select;
  if (select.distinct) {
    return unsupported("not offered yet: SELECT DISTINCT")
        .at(source_->position(select.distinct_span));
  }
  From from;
  if (select.from.has_value()) {
    from = WEIR_TRY(bind_from(*select.from, environment));
  } else {
    from.relation = WEIR_TRY(make({Relation::Values{{{}}}, {}, {}}, query.span));
  }
  if (select.where) {
    ExpressionBinder binder(*source_, from.scope);
    auto condition = WEIR_TRY(binder.bind_condition(*select.where, "WHERE"));
    types::Schema schema = from.relation->schema;
    from.relation =
        WEIR_TRY(make({Relation::Filter{std::move(condition)}, {from.relation}, std::move(schema)},
                      select.where->span));
  }
  return bind_select_items(query, std::move(from.relation), from.scope, *source_);
}

Result<QueryBinder::From> QueryBinder::bind_from(const ast::FromItem& item,
                                                 const Environment* environment) {
  From from;
  switch (item.kind) {
    case ast::FromItem::Kind::kTable: from = WEIR_TRY(bind_table(item, environment)); break;
    case ast::FromItem::Kind::kSubquery:
      from.relation = WEIR_TRY(bind_query(*item.query, environment));
      break;
    case ast::FromItem::Kind::kWindow: from = WEIR_TRY(bind_window(item, environment)); break;
  }
  if (!item.column_aliases.empty()) {
    from.relation = WEIR_TRY(rename(std::move(from.relation), item.column_aliases, item.span));
  }
  if (item.alias.has_value()) from.scope.qualifier = {item.alias->name};
  from.scope.schema = from.relation->schema;
  return from;
}

Result<RelationRef> QueryBinder::rename(RelationRef relation,
                                        const std::vector<ast::Identifier>& names, Span span) {
  if (names.size() != relation->schema.size()) {
    return invalid(fmt::format("{} column names are given for {} columns", names.size(),
                               relation->schema.size()))
        .at(source_->position(span));
  }
  Relation::Project project;
  std::vector<types::Field> fields;
  for (uint32_t i = 0; i < names.size(); ++i) {
    project.expressions.push_back(make_input(i, relation->schema[i].type));
    fields.push_back({names[i].name, relation->schema[i].type});
  }
  return make({std::move(project), {std::move(relation)}, types::Schema(std::move(fields))}, span);
}

Result<QueryBinder::From> QueryBinder::bind_table(const ast::FromItem& item,
                                                  const Environment* environment) {
  From from;
  if (item.table.parts.size() == 1) {
    for (const auto* at = environment; at != nullptr; at = at->outer) {
      if (at->table->name.name != item.table.parts[0].name) continue;
      from.relation = WEIR_TRY(bind_query(*at->table->query, at->outer));
      if (!at->table->columns.empty()) {
        from.relation = WEIR_TRY(rename(from.relation, at->table->columns, item.span));
      }
      from.scope.qualifier = {at->table->name.name};
      return from;
    }
  }
  auto resolved = context_.catalog.resolve(item.table.names());
  if (!resolved.has_value()) {
    return std::move(resolved).error().at(source_->position(item.table.span));
  }
  const ObjectName& name = *resolved;
  from.scope.qualifier = {name.catalog, name.database, name.object};
  const auto found = context_.catalog.find(name);
  if (!found.has_value()) {
    auto names = context_.catalog.tables(name.catalog, name.database);
    return not_found(fmt::format("Object '{}' not found", name.object))
        .hint(names.has_value() ? nearest_hint(name.object, *names) : "")
        .at(source_->position(item.table.span));
  }
  if (const auto* view = std::get_if<ViewRef>(&*found)) {
    if (!item.option_hints.empty()) {
      return invalid("View cannot be enriched with new options.")
          .at(source_->position(item.option_hints.front().key_span));
    }
    from.relation = WEIR_TRY(bind_view(**view, item.span));
    return from;
  }
  const OptionCheck check(context_.registry, *source_);
  auto table =
      WEIR_TRY(check.with_hints(std::get<TableRef>(*found), item.option_hints, context_.settings));
  WEIR_TRY(check.readable(*table, item.table.span));
  types::Schema schema = table->schema();
  from.relation =
      WEIR_TRY(make({Relation::Scan{std::move(table)}, {}, std::move(schema)}, item.span));
  return from;
}

Result<RelationRef> QueryBinder::bind_view(const View& view, Span used_at) {
  constexpr uint32_t kMaxViewDepth = 50;
  if (view_depth_ >= kMaxViewDepth) {
    return invalid(
               fmt::format("view {} refers to itself through other views", view.name.to_string()))
        .at(source_->position(used_at));
  }
  Catalog there = context_.catalog;  // names mean what they meant where the view was made
  WEIR_TRY(there.use_database(view.current_catalog, view.current_database));
  QueryBinder inner({there, context_.registry, context_.settings}, *view.source);
  inner.view_depth_ = view_depth_ + 1;
  inner.relations_ = relations_;
  auto relation = WEIR_TRY(inner.bind(*view.query));
  relations_ = inner.relations_;
  if (relation->schema.size() != view.schema.size()) {
    return invalid(fmt::format("what view {} reads has changed: it has {} columns now, and had {}",
                               view.name.to_string(), relation->schema.size(), view.schema.size()))
        .at(source_->position(used_at));
  }
  std::vector<ast::Identifier> names;
  for (const auto& field : view.schema.fields()) names.push_back({field.name, used_at});
  return rename(std::move(relation), names, used_at);
}

}  // namespace weir::sql
