#include "sql/binder/expression_binder.h"

#include "base/nearest.h"
#include "functions/aggregate/aggregate.h"
#include "sql/literal.h"
#include "sql/type_rules.h"

namespace weir::sql {
namespace {

using types::LogicalType;
using types::TimeAttribute;
using types::TypeKind;

bool is_aggregate(std::string_view name) { return functions::find_aggregate(name) != nullptr; }

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto* function : functions::all_functions()) names.emplace_back(function->name);
  for (const auto* function : functions::all_aggregates()) names.emplace_back(function->name);
  return names;
}

// A string that only becomes longer in its type is the same string.
bool needs_no_cast(const LogicalType& from, const LogicalType& to) {
  if (from.same_ignoring_nulls(to)) return true;
  return to.kind() == TypeKind::kVarchar && from.is_character() && to.length() >= from.length();
}

const types::Value* literal_of(const Expression& expression) {
  return expression.kind == Expression::Kind::kLiteral ? &expression.literal : nullptr;
}

}  // namespace

ExpressionRef coerce(const ExpressionRef& expression, const LogicalType& type,
                     const SourcePosition& position) {
  if (expression->type.same_ignoring_nulls(type)) return expression;
  if (expression->kind == Expression::Kind::kLiteral) {
    if (auto retyped = retype_literal(*expression, type)) return retyped;
  }
  auto cast = std::make_shared<Expression>();
  cast->kind = Expression::Kind::kCast;
  cast->type =
      type.with_nullable(expression->type.nullable()).with_time_attribute(TimeAttribute::kNone);
  cast->arguments.push_back(expression);
  cast->position = position;
  return cast;
}

ExpressionRef make_logical(Expression::Kind kind, std::vector<ExpressionRef> arguments) {
  if (arguments.size() == 1) return arguments.front();
  auto logical = std::make_shared<Expression>();
  logical->kind = kind;
  bool nullable = false;
  for (const auto& argument : arguments) nullable = nullable || argument->type.nullable();
  logical->type = LogicalType::boolean().with_nullable(nullable);
  logical->arguments = std::move(arguments);
  return logical;
}

Error ExpressionBinder::at(Error error, Span span) const {
  return error.position().has_value() ? error : std::move(error).at(source_.position(span));
}

Result<ExpressionRef> ExpressionBinder::bind(const ast::Expression& expression) {
  if (intercept_) {
    auto replaced = WEIR_TRY(intercept_(expression));
    if (replaced.has_value()) return *replaced;
  }
  return bind_inner(expression);
}

Result<ExpressionRef> ExpressionBinder::bind_condition(const ast::Expression& expression,
                                                       std::string_view what) {
  auto bound = WEIR_TRY(bind(expression));
  if (bound->type.kind() == TypeKind::kNull) {
    return coerce(bound, LogicalType::boolean(), source_.position(expression.span));
  }
  if (bound->type.kind() != TypeKind::kBoolean) {
    return at(invalid(fmt::format("{} needs a condition of type BOOLEAN, not {}", what,
                                  bound->type.to_summary())),
              expression.span);
  }
  return bound;
}

Result<ExpressionBinder::Arguments> ExpressionBinder::bind_all(
    std::span<const ast::ExpressionPtr> expressions) {
  Arguments arguments;
  for (const auto& expression : expressions) arguments.push_back(WEIR_TRY(bind(*expression)));
  return arguments;
}

Result<ExpressionRef> ExpressionBinder::bind_inner(const ast::Expression& expression) {
  using Kind = ast::Expression::Kind;
  const auto not_offered = [&](std::string_view what) {
    return at(unsupported(fmt::format("not offered yet: {}", what)), expression.span);
  };
  switch (expression.kind) {
    case Kind::kNull:
    case Kind::kBoolean:
    case Kind::kInteger:
    case Kind::kDecimal:
    case Kind::kApproximate:
    case Kind::kString:
    case Kind::kBinary:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kTimestamp:
    case Kind::kInterval:
    case Kind::kTimeUnit: {
      auto bound = bind_literal(expression);
      if (!bound.has_value()) return at(std::move(bound).error(), expression.span);
      return bound;
    }
    case Kind::kColumn: return bind_column(expression);
    case Kind::kCall: return bind_call(expression);
    case Kind::kStar: return at(invalid("* is only the argument of COUNT(*)"), expression.span);
    case Kind::kCast:
    case Kind::kTryCast: return bind_cast(expression);
    case Kind::kCase: return bind_case(expression);
    case Kind::kAnd:
    case Kind::kOr: return bind_logical(expression);
    case Kind::kIn: return bind_in(expression);
    case Kind::kBetween: return bind_between(expression);
    case Kind::kRow: {
      if (functions::find_function("ROW") == nullptr) return not_offered("rows as values");
      auto arguments = WEIR_TRY(bind_all(expression.arguments));
      return make_call("ROW", std::move(arguments), expression.span);
    }
    case Kind::kIndex: {
      if (functions::find_function("ITEM") == nullptr)
        return not_offered("an element by its index");
      auto arguments = WEIR_TRY(bind_all(expression.arguments));
      return make_call("ITEM", std::move(arguments), expression.span);
    }
    case Kind::kField: return not_offered("a field of a ROW");
    case Kind::kSubquery: return not_offered("a subquery inside an expression");
    case Kind::kOver: return not_offered("OVER (...)");
  }
  return not_offered("this expression");
}

Result<ExpressionRef> ExpressionBinder::bind_column(const ast::Expression& expression) {
  const uint32_t column = WEIR_TRY(scope_.resolve(expression.name, source_));
  return make_input(column, scope_.schema[column].type);
}

Result<ExpressionRef> ExpressionBinder::bind_sign(const ast::Expression& expression) {
  auto operand = WEIR_TRY(bind(*expression.arguments[0]));
  if (!operand->type.is_numeric() && !operand->type.is_interval()) {
    return at(invalid(fmt::format("Cannot apply '{}' to an argument of type {}", expression.text,
                                  operand->type.to_summary())),
              expression.span);
  }
  if (expression.text == "+") return operand;
  if (operand->kind == Expression::Kind::kLiteral) {
    types::Value negative = operand->literal;
    if (auto* number = std::get_if<int64_t>(&negative)) {
      *number = static_cast<int64_t>(-static_cast<uint64_t>(*number));
    }
    if (auto* number = std::get_if<double>(&negative)) *number = -*number;
    if (auto* number = std::get_if<types::int128_t>(&negative)) *number = -*number;
    return make_literal(operand->type, std::move(negative));
  }
  return make_call("-", {operand}, expression.span);
}

Result<ExpressionRef> ExpressionBinder::bind_call(const ast::Expression& expression) {
  const std::string& name = expression.text;
  const size_t count = expression.arguments.size();
  if (expression.is_operator && count == 1 && (name == "-" || name == "+")) {
    return bind_sign(expression);
  }
  if (is_aggregate(name)) {
    return at(invalid(fmt::format("the aggregate function {} cannot stand here", name))
                  .hint("aggregates belong into SELECT or HAVING of a query with GROUP BY"),
              expression.name_span);
  }
  if (expression.filter || expression.distinct) {
    return at(
        invalid(fmt::format("{} is no aggregate function: DISTINCT and FILTER do not apply", name)),
        expression.name_span);
  }
  if (name == "IF" && count == 3) return bind_if(expression);
  if (name == "NULLIF" && count == 2) return bind_null_if(expression);
  if ((name == "COALESCE" && count > 0) || (name == "IFNULL" && count == 2)) {
    return bind_coalesce(expression);
  }
  std::string_view called = name == "CEILING" ? "CEIL" : std::string_view(name);
  if (functions::find_function(called) == nullptr) {
    return at(not_found(fmt::format("No match found for function {}", name))
                  .hint(nearest_hint(name, function_names())),
              expression.name_span);
  }
  auto arguments = WEIR_TRY(bind_all(expression.arguments));
  return make_call(called, std::move(arguments), expression.span);
}

Result<ExpressionRef> ExpressionBinder::make_call(std::string_view name, Arguments arguments,
                                                  Span span) {
  const functions::Function* function = functions::find_function(name);
  if (function == nullptr) {
    return at(unsupported(fmt::format("not offered yet: {}", name)), span);
  }
  std::vector<LogicalType> types;
  for (const auto& argument : arguments) {
    types.push_back(argument->type.with_time_attribute(TimeAttribute::kNone));
  }
  auto resolved = function->resolve(types);
  if (!resolved.has_value()) return at(std::move(resolved).error(), span);
  auto call = std::make_shared<Expression>();
  call->kind = Expression::Kind::kCall;
  call->function = function;
  call->position = source_.position(span);
  for (size_t i = 0; i < arguments.size() && i < resolved->arguments.size(); ++i) {
    if (arguments[i]->kind == Expression::Kind::kLiteral ||
        !needs_no_cast(arguments[i]->type, resolved->arguments[i])) {
      arguments[i] = coerce(arguments[i], resolved->arguments[i], call->position);
    }
  }
  std::vector<const types::Value*> literals;
  for (const auto& argument : arguments) literals.push_back(literal_of(*argument));
  if (resolved->result_of != nullptr) {
    resolved->result = resolved->result_of(resolved->result, literals);
  }
  if (resolved->prepare != nullptr) {
    auto state = resolved->prepare(literals);
    if (!state.has_value()) return at(std::move(state).error(), span);
    call->state = std::move(*state);
  }
  call->arguments = std::move(arguments);
  call->type = resolved->result.with_time_attribute(name == "PROCTIME" ? TimeAttribute::kProctime
                                                                       : TimeAttribute::kNone);
  call->resolution = std::move(*resolved);
  return call;
}

Result<ExpressionRef> ExpressionBinder::bind_cast(const ast::Expression& expression) {
  auto operand = WEIR_TRY(bind(*expression.arguments[0]));
  if (!can_cast(operand->type, expression.type)) {
    const bool number_to_time = operand->type.is_numeric() && expression.type.is_timestamp();
    return at(
        invalid(fmt::format("Cast function cannot convert value of type {} to type {}",
                            operand->type.to_summary(), expression.type.to_summary()))
            .hint(number_to_time ? "TO_TIMESTAMP_LTZ(number, 0 | 3) makes a time of a number" : ""),
        expression.span);
  }
  const bool is_try = expression.kind == ast::Expression::Kind::kTryCast;
  if (operand->type.same_ignoring_nulls(expression.type)) return operand;
  const bool plain = !operand->type.is_numeric();  // numbers are cast as written
  if (plain && operand->kind == Expression::Kind::kLiteral) {
    if (auto retyped = retype_literal(*operand, expression.type)) return retyped;
  }
  auto cast = std::make_shared<Expression>();
  cast->kind = is_try ? Expression::Kind::kTryCast : Expression::Kind::kCast;
  cast->type = expression.type.with_nullable(is_try || operand->type.nullable());
  cast->arguments.push_back(std::move(operand));
  cast->position = source_.position(expression.span);
  return cast;
}

}  // namespace weir::sql
