#include "sql/binder/table_binder.h"

#include "base/nearest.h"
#include "sql/binder/expression_binder.h"
#include "sql/binder/option_check.h"
#include "sql/expression_text.h"
#include "sql/type_rules.h"

namespace weir::sql {
namespace {

using types::LogicalType;
using types::TimeAttribute;

class TableBinder {
 public:
  TableBinder(const BindContext& context, const SourceText& source,
              const ast::CreateTable& definition)
      : context_(context),
        source_(source),
        definition_(definition),
        check_(context.registry, source) {}

  Result<TableRef> bind() {
    auto name = context_.catalog.resolve(definition_.name.names());
    if (!name.has_value()) return at(std::move(name).error(), definition_.name.span);
    table_->name = std::move(*name);
    table_->temporary = definition_.temporary;
    table_->comment = definition_.comment;
    if (definition_.like.has_value()) WEIR_TRY(like(*definition_.like));
    WEIR_TRY(options());
    for (const auto& column : definition_.columns) WEIR_TRY(add_column(column));
    WEIR_TRY(computed_columns());
    if (definition_.watermark.has_value()) WEIR_TRY(watermark(*definition_.watermark));
    if (definition_.primary_key.has_value()) WEIR_TRY(primary_key(*definition_.primary_key));
    for (const auto& key : definition_.partition_keys) {
      WEIR_TRY(find_column(key));
      table_->partition_keys.push_back(key.name);
    }
    if (table_->columns.empty()) {
      return at(invalid("a table needs at least one column"), definition_.name.span);
    }
    return TableRef(std::move(table_));
  }

 private:
  Error at(Error error, Span span) const {
    return error.position().has_value() ? error : std::move(error).at(source_.position(span));
  }

  Status options() {
    for (size_t i = 0; i < definition_.options.size(); ++i) {
      const auto& entry = definition_.options[i];
      for (size_t j = 0; j < i; ++j) {
        if (definition_.options[j].key == entry.key) {
          return at(invalid(fmt::format("option '{}' is given twice", entry.key)), entry.key_span);
        }
      }
      table_->options.set(entry.key, entry.value);
    }
    const Span span =
        definition_.options.empty() ? definition_.name.span : definition_.options_span;
    return check_.check(table_->options, definition_.options, span);
  }

  Status add_column(const ast::ColumnDefinition& definition) {
    if (table_->find_column(definition.name.name) >= 0) {
      return at(invalid(fmt::format("A column named '{}' already exists in the table.",
                                    definition.name.name)),
                definition.name.span);
    }
    TableColumn column;
    column.name = definition.name.name;
    column.type = definition.type;
    column.comment = definition.comment;
    if (definition.kind == ast::ColumnDefinition::Kind::kComputed) {
      column.kind = TableColumn::Kind::kComputed;
      column.expression_text = source_.slice(definition.expression->span);
    }
    if (definition.kind == ast::ColumnDefinition::Kind::kMetadata) {
      column.kind = TableColumn::Kind::kMetadata;
      column.is_virtual = definition.is_virtual;
      column.metadata_key = definition.metadata_key.value_or(column.name);
      const Span span =
          definition.metadata_key.has_value() ? definition.metadata_span : definition.name.span;
      const auto info = WEIR_TRY(check_.metadata(table_->options, column.metadata_key, span));
      column.metadata_type = info.type;
      if (!can_cast(info.type, column.type)) {
        return at(
            invalid(fmt::format("Invalid data type for metadata column '{}': the metadata is "
                                "{} and cannot be cast to {}",
                                column.name, info.type.to_summary(), column.type.to_summary())),
            definition.type_span);
      }
    }
    table_->columns.push_back(std::move(column));
    return ok();
  }

  Status computed_columns() {
    const Scope scope{table_->base_schema(), {table_->name.object}};
    for (const auto& definition : definition_.columns) {
      if (definition.kind != ast::ColumnDefinition::Kind::kComputed) continue;
      const auto index = static_cast<size_t>(table_->find_column(definition.name.name));
      TableColumn& column = table_->columns[index];
      column.expression = WEIR_TRY(ExpressionBinder(source_, scope).bind(*definition.expression));
      column.type = column.expression->type;
      if (column.type.kind() == types::TypeKind::kNull) {
        return at(invalid("Illegal use of 'NULL'").hint("write CAST(NULL AS type)"),
                  definition.expression->span);
      }
    }
    return ok();
  }

  Status find_column(const ast::Identifier& name) {
    if (table_->find_column(name.name) >= 0) return ok();
    return at(invalid(fmt::format("Column '{}' not found in '{}'", name.name, table_->name.object))
                  .hint(nearest_hint(name.name, table_->schema().names())),
              name.span);
  }

  Status watermark(const ast::WatermarkDefinition& definition) {
    if (definition.column.parts.size() > 1) {
      return at(invalid("the rowtime must be a column of its own, not a field of one"),
                definition.column.span);
    }
    WEIR_TRY(find_column(definition.column.parts[0]));
    const auto index = static_cast<uint32_t>(table_->find_column(definition.column.parts[0].name));
    const LogicalType type = table_->columns[index].type;
    if (!type.is_timestamp() || type.precision() > 3 ||
        type.time_attribute() == TimeAttribute::kProctime) {
      return at(
          invalid(fmt::format("Invalid data type of time field for watermark definition. The field "
                              "must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported "
                              "precision 'p' is from 0 to 3, but the time field type is {}",
                              type.to_string()))
              .hint(type.is_character() ? "add a computed column: ts AS TO_TIMESTAMP(column)"
                                        : "declare TIMESTAMP(3)"),
          definition.column.span);
    }
    const Scope scope{table_->schema(), {table_->name.object}};
    auto bound = WEIR_TRY(ExpressionBinder(source_, scope).bind(*definition.expression));
    if (bound->type.kind() != type.kind() || bound->type.precision() > 3) {
      return at(invalid(fmt::format("Invalid data type of expression for watermark definition. The "
                                    "field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the "
                                    "supported precision 'p' is from 0 to 3, but the watermark "
                                    "expression type is {}",
                                    bound->type.to_string())),
                definition.expression->span);
    }
    Watermark made;
    made.column = index;
    made.expression = coerce(bound, type, source_.position(definition.expression->span));
    made.expression_text = source_.slice(definition.expression->span);
    table_->columns[index].type = type.with_time_attribute(TimeAttribute::kRowtime);
    table_->watermark = std::move(made);
    return ok();
  }

  Status primary_key(const ast::PrimaryKey& key) {
    for (const auto& name : key.columns) {
      WEIR_TRY(find_column(name));
      auto& column = table_->columns[static_cast<size_t>(table_->find_column(name.name))];
      if (column.kind != TableColumn::Kind::kPhysical) {
        return at(invalid(fmt::format("Could not create a PRIMARY KEY with column '{}'. A PRIMARY "
                                      "KEY constraint must be declared on physical columns.",
                                      name.name)),
                  name.span);
      }
      column.type = column.type.with_nullable(false);
      table_->primary_key.push_back(name.name);
    }
    table_->primary_key_name = key.name;
    if (key.name.empty())
      table_->primary_key_name = fmt::format("PK_{}", fmt::join(table_->primary_key, "_"));
    return ok();
  }

  // Whether LIKE takes over a feature: the last choice that names it, or ALL, decides.
  static bool included(const ast::LikeClause& like, std::string_view feature) {
    bool taken = true;
    for (const auto& choice : like.choices) {
      if (choice.feature == feature || choice.feature == "ALL") taken = choice.merge != "EXCLUDING";
    }
    return taken;
  }

  Status like(const ast::LikeClause& like) {
    auto name = context_.catalog.resolve(like.table.names());
    if (!name.has_value()) return at(std::move(name).error(), like.table.span);
    const auto found = context_.catalog.find(*name);
    if (!found.has_value() || !std::holds_alternative<TableRef>(*found)) {
      return at(not_found(fmt::format("Source table '{}' of the LIKE clause not found",
                                      name->to_string())),
                like.table.span);
    }
    const Table& base = *std::get<TableRef>(*found);
    for (const auto& column : base.columns) {
      if (column.kind == TableColumn::Kind::kComputed && !included(like, "GENERATED")) continue;
      if (column.kind == TableColumn::Kind::kMetadata && !included(like, "METADATA")) continue;
      table_->columns.push_back(column);
      auto& type = table_->columns.back().type;
      type = type.with_time_attribute(TimeAttribute::kNone);
    }
    if (included(like, "OPTIONS")) table_->options = base.options;
    if (included(like, "PARTITIONS")) table_->partition_keys = base.partition_keys;
    if (included(like, "CONSTRAINTS")) {
      table_->primary_key = base.primary_key;
      table_->primary_key_name = base.primary_key_name;
    }
    return renumber_like(base, included(like, "WATERMARKS") && !definition_.watermark.has_value(),
                         like.table.span);
  }

  // The expressions taken over refer to columns by number: of the base table, not of this one.
  Status renumber_like(const Table& base, bool with_watermark, Span span) {
    bool missing = false;
    const auto renumber = [&](const ExpressionRef& expression, const types::Schema& from,
                              const types::Schema& to) {
      return replace_inputs(expression, [&](const Expression& input) {
        const int column = to.find(from[input.input].name);
        missing = missing || column < 0;
        return make_input(static_cast<uint32_t>(std::max(column, 0)), input.type);
      });
    };
    for (auto& column : table_->columns) {
      if (column.kind != TableColumn::Kind::kComputed) continue;
      column.expression = renumber(column.expression, base.base_schema(), table_->base_schema());
    }
    if (with_watermark && base.watermark.has_value()) {
      Watermark watermark = *base.watermark;
      const int column = table_->find_column(base.columns[watermark.column].name);
      watermark.expression = renumber(watermark.expression, base.schema(), table_->schema());
      missing = missing || column < 0;
      watermark.column = static_cast<uint32_t>(std::max(column, 0));
      if (!missing) {
        auto& type = table_->columns[watermark.column].type;
        type = type.with_time_attribute(TimeAttribute::kRowtime);
        table_->watermark = std::move(watermark);
      }
    }
    if (!missing) return ok();
    return at(invalid("LIKE takes over an expression without a column that it needs"), span);
  }

  BindContext context_;
  const SourceText& source_;
  const ast::CreateTable& definition_;
  OptionCheck check_;
  std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace

Result<TableRef> bind_table(const BindContext& context, const SourceText& source,
                            const ast::CreateTable& definition) {
  return TableBinder(context, source, definition).bind();
}

Result<ViewRef> bind_view(const BindContext& context,
                          const std::shared_ptr<const SourceText>& source,
                          const ast::CreateView& definition) {
  auto name = context.catalog.resolve(definition.name.names());
  if (!name.has_value()) {
    return std::move(name).error().at(source->position(definition.name.span));
  }
  const auto relation = WEIR_TRY(QueryBinder(context, *source).bind(*definition.query));
  auto view = std::make_shared<View>();
  view->name = std::move(*name);
  view->temporary = definition.temporary;
  view->comment = definition.comment;
  view->query = definition.query;
  view->source = source;
  view->query_text = source->slice(definition.query->span);
  view->current_catalog = context.catalog.current_catalog();
  view->current_database = context.catalog.current_database();
  auto fields = relation->schema.fields();
  if (!definition.columns.empty() && definition.columns.size() != fields.size()) {
    return invalid("VIEW definition and input fields not match:")
        .hint(fmt::format("{} names are given for {} columns", definition.columns.size(),
                          fields.size()))
        .at(source->position(definition.columns.front().span.to(definition.columns.back().span)));
  }
  for (size_t i = 0; i < definition.columns.size(); ++i) {
    fields[i].name = definition.columns[i].name;
  }
  view->schema = types::Schema(std::move(fields));
  return ViewRef(std::move(view));
}

}  // namespace weir::sql
