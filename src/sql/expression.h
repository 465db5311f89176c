// Expression: a scalar expression after binding; typed, positions resolved, casts explicit.
//
// An immutable tree, shared between plans; any thread. Inputs are column numbers of the batch that
// the expression is evaluated over. The evaluator is exec/expression.h. Only what needs lazy
// evaluation is a kind of its own; everything else is a kCall.
#pragma once

#include <memory>
#include <vector>

#include "base/error.h"
#include "functions/function.h"
#include "types/value.h"

namespace weir::sql {

struct Expression;
using ExpressionRef = std::shared_ptr<const Expression>;

struct Expression {
  enum class Kind : uint8_t {
    kInput,     // column `input`
    kLiteral,   // `literal`
    kCall,      // `function` over `arguments`
    kCast,      // arguments[0] to `type`; a value that does not fit fails the row
    kTryCast,   // the same, NULL instead of failing
    kAnd,       // three-valued; arguments are evaluated left to right, only where still needed
    kOr,        // likewise
    kCase,      // condition, value, condition, value, ..., else value
    kCoalesce,  // the first that is not NULL, evaluated only where still needed
  };

  Kind kind = Kind::kLiteral;
  types::LogicalType type;
  uint32_t input = 0;
  types::Value literal;
  const functions::Function* function = nullptr;
  functions::Resolution resolution;  // of `function`
  functions::KernelState state;      // what its `prepare` made of literal arguments
  std::vector<ExpressionRef> arguments;
  SourcePosition position;  // for messages about rows that fail
};

[[nodiscard]] inline ExpressionRef make_input(uint32_t column, types::LogicalType type) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kInput;
  expression->input = column;
  expression->type = std::move(type);
  return expression;
}

[[nodiscard]] inline ExpressionRef make_literal(types::LogicalType type, types::Value value) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kLiteral;
  expression->type = std::move(type);
  expression->literal = std::move(value);
  return expression;
}

// Flink-like text for EXPLAIN, inputs by name: "(amount > 10)", "UPPER(name)".
[[nodiscard]] std::string to_string(const Expression& expression, const types::Schema& input);

}  // namespace weir::sql
