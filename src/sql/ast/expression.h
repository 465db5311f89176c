// The syntax of expressions, as written: nothing is looked up, nothing has a type yet.
//
// Immutable trees, shared (a view's query is bound again at every use); any thread. Every node has
// the span that it was written in. Depth is bounded by the parser, so recursion over a tree is
// safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/source_text.h"
#include "types/logical_type.h"

namespace weir::sql::ast {

struct Identifier {
  std::string name;
  Span span;
};

struct QualifiedName {
  std::vector<Identifier> parts;
  Span span;

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& part : parts) names.push_back(part.name);
    return names;
  }
};

struct Query;

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
  enum class Kind : uint8_t {
    kNull,
    kBoolean,  // text: TRUE, FALSE
    kInteger,  // text as written, sign apart
    kDecimal,
    kApproximate,
    kString,
    kBinary,
    kDate,  // text between the quotes
    kTime,
    kTimestamp,
    kInterval,  // text between the quotes; `unit`, `unit_to`
    kTimeUnit,  // text: DAY, HOUR, ...: an argument of EXTRACT, FLOOR, TIMESTAMPADD
    kColumn,    // name
    kCall,      // text: the function or operator, upper case; arguments
    kStar,      // the argument of COUNT(*)
    kCast,      // arguments[0], type
    kTryCast,
    kCase,  // operand?; arguments: condition, value, ..., else?
    kAnd,   // two or more arguments
    kOr,
    kIn,        // arguments[0] in the others
    kBetween,   // arguments: value, low, high
    kRow,       // (a, b) or ROW(a, b)
    kIndex,     // arguments[0][arguments[1]]
    kField,     // arguments[0].name
    kSubquery,  // text: "", "IN", "EXISTS"; query
    kOver,      // a call with OVER (...): understood, not offered
  };

  Kind kind = Kind::kNull;
  Span span;
  std::string text;
  std::vector<ExpressionPtr> arguments;
  QualifiedName name;                  // kColumn; kField: one part
  types::LogicalType type;             // kCast, kTryCast
  ExpressionPtr operand;               // kCase
  ExpressionPtr filter;                // kCall: FILTER (WHERE ...)
  std::shared_ptr<const Query> query;  // kSubquery
  std::string unit;                    // kInterval
  std::string unit_to;
  Span name_span;            // kCall: the function's name or the operator's sign
  bool negated = false;      // kInterval: a minus; kIn, kBetween: NOT
  bool symmetric = false;    // kBetween
  bool distinct = false;     // kCall: COUNT(DISTINCT x)
  bool is_operator = false;  // kCall: written as an operator or a predicate
  bool has_else = false;     // kCase
  uint32_t depth = 1;
};

}  // namespace weir::sql::ast
