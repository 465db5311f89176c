#include "sql/binder/expression_binder.h"
#include "sql/type_rules.h"

// What is made of AND, OR, CASE and COALESCE: the parts of ExpressionBinder that choose.

namespace weir::sql {
namespace {

using types::LogicalType;
using types::TypeKind;

// Nodes of a tree, as if nothing in it were shared; gives up beyond `limit`.
size_t count_steps(const Expression& expression, size_t limit) {
  size_t steps = 1;
  for (const auto& argument : expression.arguments) {
    if (steps > limit) break;
    steps += count_steps(*argument, limit - steps);
  }
  return steps;
}

}  // namespace

Result<ExpressionRef> ExpressionBinder::limited(ExpressionRef expression, Span span) const {
  if (count_steps(*expression, kMaxSteps) <= kMaxSteps) return expression;
  return at(invalid(fmt::format("this expression unfolds into more than {} steps", kMaxSteps)),
            span);
}

Result<ExpressionRef> ExpressionBinder::bind_logical(const ast::Expression& expression) {
  const bool is_and = expression.kind == ast::Expression::Kind::kAnd;
  Arguments arguments;
  for (const auto& argument : expression.arguments) {
    arguments.push_back(WEIR_TRY(bind_condition(*argument, is_and ? "AND" : "OR")));
  }
  return make_logical(is_and ? Expression::Kind::kAnd : Expression::Kind::kOr,
                      std::move(arguments));
}

Result<ExpressionRef> ExpressionBinder::make_case(Arguments arguments, Span span) {
  std::vector<LogicalType> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i % 2 == 1 || i + 1 == arguments.size()) values.push_back(arguments[i]->type);
  }
  const auto common = common_type(values);
  if (!common.has_value()) {
    std::vector<std::string> names;
    for (const auto& type : values) names.push_back(type.to_summary());
    return at(invalid(fmt::format("Illegal mixing of types in CASE or COALESCE statement: {}",
                                  fmt::join(names, ", "))),
              span);
  }
  if (common->kind() == TypeKind::kNull) {
    return at(invalid("Illegal use of 'NULL'").hint("write CAST(NULL AS type)"), span);
  }
  auto made = std::make_shared<Expression>();
  made->kind = Expression::Kind::kCase;
  made->type = common->with_time_attribute(types::TimeAttribute::kNone);
  made->position = source_.position(span);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool value = i % 2 == 1 || i + 1 == arguments.size();
    made->arguments.push_back(value ? coerce(arguments[i], *common, made->position) : arguments[i]);
  }
  return made;
}

Result<ExpressionRef> ExpressionBinder::bind_case(const ast::Expression& expression) {
  Arguments arguments;
  ExpressionRef operand;
  if (expression.operand) operand = WEIR_TRY(bind(*expression.operand));
  const size_t pairs = expression.arguments.size() / 2;
  for (size_t i = 0; i < pairs; ++i) {
    const ast::Expression& when = *expression.arguments[2 * i];
    if (operand) {
      auto value = WEIR_TRY(bind(when));
      arguments.push_back(WEIR_TRY(make_call("=", {operand, std::move(value)}, when.span)));
    } else {
      arguments.push_back(WEIR_TRY(bind_condition(when, "WHEN")));
    }
    arguments.push_back(WEIR_TRY(bind(*expression.arguments[2 * i + 1])));
  }
  arguments.push_back(expression.has_else ? WEIR_TRY(bind(*expression.arguments.back()))
                                          : make_literal(LogicalType(), std::monostate{}));
  return limited(WEIR_TRY(make_case(std::move(arguments), expression.span)), expression.span);
}

Result<ExpressionRef> ExpressionBinder::bind_if(const ast::Expression& expression) {
  Arguments arguments;
  arguments.push_back(WEIR_TRY(bind_condition(*expression.arguments[0], "IF")));
  for (size_t i = 1; i < 3; ++i) {
    if (expression.arguments[i]->kind == ast::Expression::Kind::kNull) {
      return at(invalid("Illegal use of 'NULL'").hint("write CAST(NULL AS type)"),
                expression.arguments[i]->span);
    }
    arguments.push_back(WEIR_TRY(bind(*expression.arguments[i])));
  }
  return make_case(std::move(arguments), expression.span);
}

// NULLIF(a, b) is CASE WHEN a = b THEN NULL ELSE a END.
Result<ExpressionRef> ExpressionBinder::bind_null_if(const ast::Expression& expression) {
  auto both = WEIR_TRY(bind_all(expression.arguments));
  auto equal = WEIR_TRY(make_call("=", {both[0], both[1]}, expression.span));
  auto chosen = WEIR_TRY(make_case(
      {std::move(equal), make_literal(LogicalType(), std::monostate{}), both[0]}, expression.span));
  return limited(std::move(chosen), expression.span);
}

Result<ExpressionRef> ExpressionBinder::bind_coalesce(const ast::Expression& expression) {
  auto arguments = WEIR_TRY(bind_all(expression.arguments));
  std::vector<LogicalType> types;
  std::vector<std::string> names;
  bool nullable = true;
  for (const auto& argument : arguments) {
    types.push_back(argument->type);
    names.push_back(argument->type.to_summary());
    nullable = nullable && argument->type.nullable();
  }
  const auto common = common_type(types);
  if (!common.has_value()) {
    return at(invalid(fmt::format("Illegal mixing of types in CASE or COALESCE statement: {}",
                                  fmt::join(names, ", "))),
              expression.span);
  }
  auto made = std::make_shared<Expression>();
  made->kind = Expression::Kind::kCoalesce;
  made->type = common->with_nullable(nullable).with_time_attribute(types::TimeAttribute::kNone);
  made->position = source_.position(expression.span);
  for (auto& argument : arguments) {
    made->arguments.push_back(coerce(argument, *common, made->position));
  }
  return made;
}

Result<ExpressionRef> ExpressionBinder::bind_in(const ast::Expression& expression) {
  auto arguments = WEIR_TRY(bind_all(expression.arguments));
  Arguments equal;
  for (size_t i = 1; i < arguments.size(); ++i) {
    equal.push_back(
        WEIR_TRY(make_call("=", {arguments[0], arguments[i]}, expression.arguments[i]->span)));
  }
  auto any =
      WEIR_TRY(limited(make_logical(Expression::Kind::kOr, std::move(equal)), expression.span));
  if (!expression.negated) return any;
  return make_call("NOT", {std::move(any)}, expression.span);
}

Result<ExpressionRef> ExpressionBinder::bind_between(const ast::Expression& expression) {
  auto parts = WEIR_TRY(bind_all(expression.arguments));
  const auto within = [&](const ExpressionRef& low,
                          const ExpressionRef& high) -> Result<ExpressionRef> {
    auto above = WEIR_TRY(make_call(">=", {parts[0], low}, expression.span));
    auto below = WEIR_TRY(make_call("<=", {parts[0], high}, expression.span));
    return make_logical(Expression::Kind::kAnd, {std::move(above), std::move(below)});
  };
  auto between = WEIR_TRY(within(parts[1], parts[2]));
  if (expression.symmetric) {
    auto swapped = WEIR_TRY(within(parts[2], parts[1]));
    between = make_logical(Expression::Kind::kOr, {std::move(between), std::move(swapped)});
  }
  between = WEIR_TRY(limited(std::move(between), expression.span));
  if (!expression.negated) return between;
  return make_call("NOT", {std::move(between)}, expression.span);
}

}  // namespace weir::sql
