#include "base/nearest.h"
#include "sql/binder/expression_binder.h"
#include "sql/binder/option_check.h"
#include "sql/binder/table_binder.h"
#include "sql/type_rules.h"

// INSERT INTO: the target, and its query brought to the target's columns.

namespace weir::sql {
namespace {

std::string schema_text(const types::Schema& schema) {
  std::string out = "[";
  for (size_t i = 0; i < schema.size(); ++i) {
    if (i > 0) out += ", ";
    out += schema[i].name + ": " +
           schema[i].type.with_time_attribute(types::TimeAttribute::kNone).to_string();
  }
  return out + "]";
}

class InsertBinder {
 public:
  InsertBinder(const BindContext& context, const SourceText& source, const ast::Insert& insert)
      : context_(context), source_(source), insert_(insert) {}

  Result<BoundInsert> bind() {
    WEIR_TRY(find_target());
    sink_ = table_->sink_schema();
    WEIR_TRY(target_columns());
    auto query = WEIR_TRY(QueryBinder(context_, source_).bind(*insert_.query));
    if (query->schema.size() != targets_.size()) {
      return mismatch("Different number of columns.", query->schema);
    }
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (!can_cast_implicitly(query->schema[i].type, sink_[targets_[i]].type)) {
        return mismatch(fmt::format("Incompatible types for sink column '{}' at position {}.",
                                    sink_[targets_[i]].name, i),
                        query->schema);
      }
    }
    return BoundInsert{table_, fill(query)};
  }

 private:
  Status find_target() {
    const auto here = source_.position(insert_.table.span);
    auto name = context_.catalog.resolve(insert_.table.names());
    if (!name.has_value()) return std::move(name).error().at(here);
    const auto found = context_.catalog.find(*name);
    if (!found.has_value()) {
      auto names = context_.catalog.tables(name->catalog, name->database);
      return not_found(
                 fmt::format("Cannot find table '{}' in any of the catalogs", name->to_string()))
          .hint(names.has_value() ? nearest_hint(name->object, *names) : "")
          .at(here);
    }
    if (!std::holds_alternative<TableRef>(*found)) {
      return invalid(fmt::format("View '{}' cannot be written to", name->to_string())).at(here);
    }
    const OptionCheck check(context_.registry, source_);
    table_ = WEIR_TRY(
        check.with_hints(std::get<TableRef>(*found), insert_.option_hints, context_.settings));
    WEIR_TRY(check.writable(*table_, insert_.table.span));
    for (const auto* column : table_->sink_columns()) {
      if (column->kind != TableColumn::Kind::kMetadata) continue;
      const auto info =
          WEIR_TRY(check.metadata(table_->options, column->metadata_key, insert_.table.span));
      if (info.writable) continue;
      return invalid(
                 fmt::format("Invalid metadata key '{}' in column '{}' of table '{}': it cannot "
                             "be written",
                             column->metadata_key, column->name, name->to_string()))
          .hint("declare the column as METADATA VIRTUAL")
          .at(here);
    }
    return ok();
  }

  // Which of the sink's columns the query's columns go to.
  Status target_columns() {
    if (insert_.columns.empty()) {
      for (size_t i = 0; i < sink_.size(); ++i) targets_.push_back(i);
      return ok();
    }
    for (const auto& name : insert_.columns) {
      const auto here = source_.position(name.span);
      const int column = sink_.find(name.name);
      if (column < 0) {
        const bool exists = table_->find_column(name.name) >= 0;
        return invalid(exists ? fmt::format("column '{}' is computed or VIRTUAL and cannot be "
                                            "written",
                                            name.name)
                              : fmt::format("Unknown target column '{}'", name.name))
            .hint(exists ? "" : nearest_hint(name.name, sink_.names()))
            .at(here);
      }
      const auto index = static_cast<size_t>(column);
      if (std::find(targets_.begin(), targets_.end(), index) != targets_.end()) {
        return invalid(fmt::format("Target column '{}' is assigned more than once", name.name))
            .at(here);
      }
      targets_.push_back(index);
    }
    for (size_t i = 0; i < sink_.size(); ++i) {
      if (sink_[i].type.nullable()) continue;
      if (std::find(targets_.begin(), targets_.end(), i) != targets_.end()) continue;
      return invalid(fmt::format("Column '{}' has no default value and does not allow NULLs",
                                 sink_[i].name))
          .at(source_.position(insert_.columns.front().span.to(insert_.columns.back().span)));
    }
    return ok();
  }

  Error mismatch(std::string cause, const types::Schema& query) const {
    std::vector<types::Field> wanted;
    for (const size_t target : targets_) wanted.push_back(sink_[target]);
    return invalid(fmt::format("Column types of query result and sink for '{}' do not match.\n"
                               "Cause: {}\n\nQuery schema: {}\nSink schema:  {}",
                               table_->name.dotted(), cause, schema_text(query),
                               schema_text(types::Schema(std::move(wanted)))))
        .at(source_.position(insert_.query->span));
  }

  RelationRef fill(const RelationRef& query) const {
    const auto position = source_.position(insert_.query->span);
    Relation project;
    Relation::Project body;
    std::vector<types::Field> fields;
    for (size_t i = 0; i < sink_.size(); ++i) {
      const auto found = std::find(targets_.begin(), targets_.end(), i);
      ExpressionRef value;
      if (found == targets_.end()) {
        value = make_literal(sink_[i].type.with_nullable(true), std::monostate{});
      } else {
        const auto column = static_cast<uint32_t>(found - targets_.begin());
        value = coerce(make_input(column, query->schema[column].type), sink_[i].type, position);
      }
      fields.push_back({sink_[i].name, value->type});
      body.expressions.push_back(std::move(value));
    }
    project.body = std::move(body);
    project.inputs = {query};
    project.schema = types::Schema(std::move(fields));
    return std::make_shared<const Relation>(std::move(project));
  }

  BindContext context_;
  const SourceText& source_;
  const ast::Insert& insert_;
  TableRef table_;
  types::Schema sink_;
  std::vector<size_t> targets_;
};

}  // namespace

Result<BoundInsert> bind_insert(const BindContext& context, const SourceText& source,
                                const ast::Insert& insert) {
  return InsertBinder(context, source, insert).bind();
}

}  // namespace weir::sql
