// ExpressionBinder: the syntax of an expression to a typed one over the columns in scope.
//
// Internal to binder/; one expression at a time, one thread. Operators and functions come from
// functions/; their rows decide the types, this inserts the casts that they ask for. AND, OR,
// CASE, COALESCE and casts are kinds of their own; BETWEEN, IN, NULLIF and IF are made of those.
// Nothing is folded: in Flink a constant expression may give another answer than the same one over
// columns. Aggregates are left to whoever sets `intercept`; without it they are an error.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "sql/ast/expression.h"
#include "sql/binder/scope.h"
#include "sql/expression.h"

namespace weir::sql {

class ExpressionBinder {
 public:
  static constexpr size_t kMaxSteps = 100'000;

  // Called for every expression before it is bound; a value replaces it.
  using Intercept =
      std::function<Result<std::optional<ExpressionRef>>(const ast::Expression& expression)>;

  ExpressionBinder(const SourceText& source, const Scope& scope) : source_(source), scope_(scope) {}

  void set_intercept(Intercept intercept) { intercept_ = std::move(intercept); }

  [[nodiscard]] Result<ExpressionRef> bind(const ast::Expression& expression);
  // The same; it must be BOOLEAN. `what` names the place ("WHERE").
  [[nodiscard]] Result<ExpressionRef> bind_condition(const ast::Expression& expression,
                                                     std::string_view what);

 private:
  using Arguments = std::vector<ExpressionRef>;

  [[nodiscard]] Result<Arguments> bind_all(std::span<const ast::ExpressionPtr> expressions);
  [[nodiscard]] Result<ExpressionRef> bind_inner(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_column(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_call(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_sign(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_cast(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_logical(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_case(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_in(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_between(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_if(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_null_if(const ast::Expression& expression);
  [[nodiscard]] Result<ExpressionRef> bind_coalesce(const ast::Expression& expression);
  // conditions and values in turn, the last one is the else value.
  [[nodiscard]] Result<ExpressionRef> make_case(Arguments arguments, Span span);
  [[nodiscard]] Result<ExpressionRef> make_call(std::string_view name, Arguments arguments,
                                                Span span);
  // An operand that is used more than once doubles what it is made of, and nested ones double
  // again: beyond kMaxSteps that is an error.
  [[nodiscard]] Result<ExpressionRef> limited(ExpressionRef expression, Span span) const;
  [[nodiscard]] Error at(Error error, Span span) const;

  const SourceText& source_;
  const Scope& scope_;
  Intercept intercept_;
};

// `expression` as `type` (nullability stays): itself, a retyped literal or a cast.
[[nodiscard]] ExpressionRef coerce(const ExpressionRef& expression, const types::LogicalType& type,
                                   const SourcePosition& position);
// AND or OR of one or more.
[[nodiscard]] ExpressionRef make_logical(Expression::Kind kind,
                                         std::vector<ExpressionRef> arguments);

}  // namespace weir::sql
