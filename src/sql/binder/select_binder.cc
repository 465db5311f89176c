#include <set>

#include "sql/binder/expression_binder.h"
#include "sql/binder/query_binder.h"
#include "sql/expression_text.h"

// The items of a SELECT, with and without GROUP BY.

namespace weir::sql {
namespace {

using types::LogicalType;

RelationRef relation(Relation::Body body, RelationRef input, types::Schema schema) {
  return std::make_shared<const Relation>(
      Relation{std::move(body), {std::move(input)}, std::move(schema)});
}

bool has_aggregate(const ast::Expression& expression) {
  if (expression.kind == ast::Expression::Kind::kCall && !expression.is_operator &&
      functions::find_aggregate(expression.text) != nullptr) {
    return true;
  }
  if (expression.operand && has_aggregate(*expression.operand)) return true;
  for (const auto& argument : expression.arguments) {
    if (has_aggregate(*argument)) return true;
  }
  return false;
}

// Names of the output columns: aliases, else the column's own name, else EXPR$n; a name that is
// taken gets a number behind it, as in Flink.
class Names {
 public:
  std::string take(std::string name) {
    std::string unique = name;
    for (int i = 0; !taken_.insert(unique).second; ++i) unique = fmt::format("{}{}", name, i);
    return unique;
  }
  static std::string of(const ast::SelectItem& item, size_t index) {
    if (item.alias.has_value()) return item.alias->name;
    if (item.expression->kind == ast::Expression::Kind::kColumn) {
      return item.expression->name.parts.back().name;
    }
    return fmt::format("EXPR${}", index);
  }

 private:
  std::set<std::string> taken_;
};

class SelectBinder {
 public:
  SelectBinder(const ast::Query& query, RelationRef input, const Scope& scope,
               const SourceText& source)
      : query_(query),
        select_(query.select),
        input_(std::move(input)),
        scope_(scope),
        source_(source),
        plain_(source, scope),
        grouping_(source, scope) {}

  Result<RelationRef> bind() {
    bool aggregated = select_.grouped || select_.having;
    for (const auto& item : select_.items) {
      aggregated = aggregated || (item.expression && has_aggregate(*item.expression));
    }
    if (!aggregated) return items(input_, plain_);
    return bind_grouped();
  }

 private:
  Result<RelationRef> items(RelationRef input, ExpressionBinder& binder) {
    Relation::Project project;
    std::vector<types::Field> fields;
    Names names;
    for (const auto& item : select_.items) {
      if (item.kind != ast::SelectItem::Kind::kExpression) {
        WEIR_TRY(star(item, project, fields, names));
        continue;
      }
      auto bound = WEIR_TRY(binder.bind(*item.expression));
      fields.push_back({names.take(Names::of(item, fields.size())), bound->type});
      project.expressions.push_back(std::move(bound));
    }
    return relation(std::move(project), std::move(input), types::Schema(std::move(fields)));
  }

  Status star(const ast::SelectItem& item, Relation::Project& project,
              std::vector<types::Field>& fields, Names& names) {
    const auto here = source_.position(item.span);
    if (!select_.from.has_value()) return invalid("SELECT * needs a FROM").at(here);
    if (grouped_) {
      return invalid("SELECT * does not go with GROUP BY").hint("name the columns").at(here);
    }
    if (item.kind == ast::SelectItem::Kind::kQualifiedStar &&
        !scope_.has_qualifier(item.qualifier.parts)) {
      return invalid(fmt::format("Table '{}' not found", item.qualifier.parts.back().name))
          .at(source_.position(item.qualifier.span));
    }
    for (uint32_t i = 0; i < scope_.schema.size(); ++i) {
      project.expressions.push_back(make_input(i, scope_.schema[i].type));
      fields.push_back({names.take(scope_.schema[i].name), scope_.schema[i].type});
    }
    return ok();
  }

  Result<RelationRef> bind_grouped() {
    grouped_ = true;
    for (const auto& expression : select_.group_by) {
      auto key = WEIR_TRY(plain_.bind(*expression));
      if (find_key(*key) < 0) keys_.push_back(std::move(key));
    }
    grouping_.set_intercept(
        [this](const ast::Expression& expression) { return intercept(expression); });
    // The items first: they tell which aggregates there are. Aggregates are numbered behind the
    // keys, which are known already.
    Relation::Project outer;
    std::vector<types::Field> fields;
    auto projected = WEIR_TRY(items(nullptr, grouping_));
    ExpressionRef having;
    if (select_.having) {
      having = WEIR_TRY(grouping_.bind_condition(*select_.having, "HAVING"));
    }
    RelationRef aggregate = make_aggregate();
    if (having) {
      types::Schema schema = aggregate->schema;
      aggregate = relation(Relation::Filter{std::move(having)}, aggregate, std::move(schema));
    }
    return relation(projected->body, std::move(aggregate), projected->schema);
  }

  int find_key(const Expression& expression) const {
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (same_expression(*keys_[i], expression)) return static_cast<int>(i);
    }
    return -1;
  }

  // Group keys and aggregate calls become columns of the aggregate's output.
  Result<std::optional<ExpressionRef>> intercept(const ast::Expression& expression) {
    using Kind = ast::Expression::Kind;
    if (expression.kind == Kind::kCall && !expression.is_operator &&
        functions::find_aggregate(expression.text) != nullptr) {
      return std::optional(WEIR_TRY(aggregate_call(expression)));
    }
    if (expression.kind == Kind::kString || expression.kind == Kind::kInteger ||
        expression.kind == Kind::kNull || expression.kind == Kind::kTimeUnit) {
      return std::optional<ExpressionRef>();
    }
    if (!has_aggregate(expression)) {
      const auto bound = plain_.bind(expression);
      if (!bound.has_value()) return bound.error();
      const int key = find_key(**bound);
      if (key >= 0) {
        return std::optional(make_input(static_cast<uint32_t>(key), (*bound)->type));
      }
    }
    if (expression.kind == Kind::kColumn) {
      return invalid(fmt::format("Expression '{}' is not being grouped",
                                 source_.slice(expression.span)))
          .hint("name it in GROUP BY, or put it into an aggregate")
          .at(source_.position(expression.span));
    }
    return std::optional<ExpressionRef>();
  }

  Result<ExpressionRef> aggregate_call(const ast::Expression& expression) {
    const auto here = source_.position(expression.span);
    if (expression.distinct) {
      return unsupported(fmt::format("not offered yet: {}(DISTINCT ...)", expression.text))
          .at(here);
    }
    const auto* function = functions::find_aggregate(expression.text);
    Relation::Aggregate::Call call;
    call.function = function;
    std::vector<LogicalType> types;
    const bool star = expression.arguments.size() == 1 &&
                      expression.arguments[0]->kind == ast::Expression::Kind::kStar;
    std::vector<ExpressionRef> arguments;
    for (const auto& argument : expression.arguments) {
      if (star) break;
      arguments.push_back(WEIR_TRY(plain_.bind(*argument)));
      types.push_back(arguments.back()->type.with_time_attribute(types::TimeAttribute::kNone));
    }
    if ((star || arguments.empty()) && expression.text != "COUNT") {
      return invalid(fmt::format("{} needs an argument", expression.text)).at(here);
    }
    if (!star && arguments.empty()) return invalid("COUNT needs an argument, or *").at(here);
    if (arguments.size() > 1) {
      return unsupported(
                 fmt::format("not offered yet: {} of more than one argument", expression.text))
          .at(here);
    }
    auto resolved = function->resolve(types);
    if (!resolved.has_value()) return std::move(resolved).error().at(here);
    call.resolution = std::move(*resolved);
    if (!arguments.empty()) {
      call.argument = add_input(coerce(arguments[0], call.resolution.argument, here));
    }
    if (expression.filter) {
      call.filter = add_input(WEIR_TRY(plain_.bind_condition(*expression.filter, "FILTER")));
    }
    const LogicalType result = call.resolution.result;
    return make_input(add_call(std::move(call)), result);
  }

  // Where an argument lies in the aggregate's input, behind the keys.
  int add_input(ExpressionRef expression) {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (same_expression(*arguments_[i], *expression)) return static_cast<int>(keys_.size() + i);
    }
    arguments_.push_back(std::move(expression));
    return static_cast<int>(keys_.size() + arguments_.size() - 1);
  }

  uint32_t add_call(Relation::Aggregate::Call call) {
    for (size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i].function == call.function && calls_[i].argument == call.argument &&
          calls_[i].filter == call.filter) {
        return static_cast<uint32_t>(keys_.size() + i);
      }
    }
    calls_.push_back(std::move(call));
    return static_cast<uint32_t>(keys_.size() + calls_.size() - 1);
  }

  RelationRef make_aggregate() {
    Relation::Project inner;
    std::vector<types::Field> inner_fields;
    std::vector<types::Field> fields;
    const auto add = [&](const ExpressionRef& expression, std::string name) {
      if (expression->kind == Expression::Kind::kInput)
        name = scope_.schema[expression->input].name;
      inner_fields.push_back({std::move(name), expression->type});
      inner.expressions.push_back(expression);
    };
    for (const auto& key : keys_) add(key, fmt::format("$f{}", inner_fields.size()));
    for (const auto& field : inner_fields) fields.push_back(field);
    for (const auto& argument : arguments_) add(argument, fmt::format("$f{}", inner_fields.size()));
    for (size_t i = 0; i < calls_.size(); ++i) {
      fields.push_back({fmt::format("EXPR${}", i), calls_[i].resolution.result});
    }
    auto projected = relation(std::move(inner), input_, types::Schema(std::move(inner_fields)));
    Relation::Aggregate aggregate;
    aggregate.keys = static_cast<uint32_t>(keys_.size());
    aggregate.calls = calls_;
    aggregate.position = source_.position(select_.grouped ? select_.group_span : query_.span);
    return relation(std::move(aggregate), std::move(projected), types::Schema(std::move(fields)));
  }

  const ast::Query& query_;
  const ast::Select& select_;
  RelationRef input_;
  const Scope& scope_;
  const SourceText& source_;
  ExpressionBinder plain_;
  ExpressionBinder grouping_;
  bool grouped_ = false;
  std::vector<ExpressionRef> keys_;
  std::vector<ExpressionRef> arguments_;
  std::vector<Relation::Aggregate::Call> calls_;
};

}  // namespace

Result<RelationRef> bind_select_items(const ast::Query& query, RelationRef input,
                                      const Scope& scope, const SourceText& source) {
  return SelectBinder(query, std::move(input), scope, source).bind();
}

}  // namespace weir::sql
