#include "sql/parser/parser.h"

// Operators and predicates, by binding power. The powers are Calcite's precedences: OR 22, AND 24,
// NOT 26, IS 28, comparison 30, IN BETWEEN LIKE SIMILAR 32, + - 40, * / % || 60, signs 80.

namespace weir::sql {
namespace {

constexpr int kOr = 22;
constexpr int kAnd = 24;
constexpr int kNot = 26;
constexpr int kIs = 28;
constexpr int kComparison = 30;
constexpr int kPredicate = 32;
constexpr int kSum = 40;
constexpr int kProduct = 60;
constexpr int kSign = 80;

int symbol_power(std::string_view symbol) {
  if (symbol == "=" || symbol == "<>" || symbol == "<" || symbol == "<=" || symbol == ">" ||
      symbol == ">=") {
    return kComparison;
  }
  if (symbol == "+" || symbol == "-") return kSum;
  if (symbol == "*" || symbol == "/" || symbol == "%" || symbol == "||") return kProduct;
  return -1;
}

}  // namespace

Parser::Node Parser::make(Expression::Kind kind, Span begin) {
  auto node = std::make_shared<Expression>();
  node->kind = kind;
  node->span = begin;
  return node;
}

Result<Parser::ExpressionPtr> Parser::finish(Node node) const {
  node->span = span_from(node->span);
  uint32_t deepest = node->operand ? node->operand->depth : 0;
  for (const auto& argument : node->arguments) deepest = std::max(deepest, argument->depth);
  if (node->filter) deepest = std::max(deepest, node->filter->depth);
  node->depth = deepest + 1;
  if (node->depth > kMaxDepth) return error_at(node->span, "this expression is nested too deeply");
  return ExpressionPtr(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::expression(int least_power) {
  const Nesting nesting(*this);
  if (nesting.too_deep()) {
    return error_at(peek().span, "this expression is nested too deeply");
  }
  auto left = WEIR_TRY(prefix());
  for (bool done = false; !done;) {
    left = WEIR_TRY(operator_tail(std::move(left), least_power, done));
  }
  return left;
}

Result<Parser::ExpressionPtr> Parser::prefix() {
  const Token& token = peek();
  if (is_word("NOT") && !is_word("NULL", 1)) {
    auto node = make(Expression::Kind::kCall, token.span);
    node->name_span = token.span;
    take();
    node->text = "NOT";
    node->is_operator = true;
    node->arguments.push_back(WEIR_TRY(expression(kNot)));
    return finish(std::move(node));
  }
  if (is_symbol("-") || is_symbol("+")) {
    auto node = make(Expression::Kind::kCall, token.span);
    node->name_span = token.span;
    node->text = take().text;
    node->is_operator = true;
    node->arguments.push_back(WEIR_TRY(expression(kSign)));
    return finish(std::move(node));
  }
  return postfix(WEIR_TRY(primary()));
}

Result<Parser::ExpressionPtr> Parser::operator_tail(ExpressionPtr left, int least_power,
                                                    bool& done) {
  const Span operator_span = peek().span;
  if (peek().kind == Token::Kind::kSymbol) {
    const std::string symbol = peek().text;
    if (symbol == "!=") {
      return error_at(operator_span, "syntax error: \"!=\" is not an operator of Flink SQL",
                      "write <>");
    }
    const int power = symbol_power(symbol);
    if (power > least_power) {
      take();
      auto node = make(Expression::Kind::kCall, left->span);
      node->text = symbol;
      node->is_operator = true;
      node->name_span = operator_span;
      node->arguments.push_back(std::move(left));
      node->arguments.push_back(WEIR_TRY(expression(power)));
      return finish(std::move(node));
    }
    done = true;
    return left;
  }
  for (const auto& [word, kind, power] :
       {std::tuple{"AND", Expression::Kind::kAnd, kAnd}, {"OR", Expression::Kind::kOr, kOr}}) {
    if (power <= least_power || !accept_word(word)) continue;
    auto node = make(kind, left->span);
    node->name_span = operator_span;
    if (left->kind == kind) {
      node->arguments = left->arguments;
    } else {
      node->arguments.push_back(std::move(left));
    }
    node->arguments.push_back(WEIR_TRY(expression(power)));
    return finish(std::move(node));
  }
  if (kIs > least_power && accept_word("IS")) return is_tail(std::move(left));
  if (kPredicate > least_power) {
    const bool negated = is_word("NOT");
    const size_t ahead = negated ? 1 : 0;
    for (const auto* word : {"IN", "BETWEEN", "LIKE", "ILIKE", "SIMILAR", "RLIKE", "OVERLAPS"}) {
      if (!is_word(word, ahead)) continue;
      if (negated) take();
      return predicate_tail(std::move(left), negated, operator_span);
    }
  }
  done = true;
  return left;
}

Result<Parser::ExpressionPtr> Parser::predicate_tail(ExpressionPtr left, bool negated,
                                                     Span operator_span) {
  if (accept_word("IN")) return in_tail(std::move(left), negated);
  if (accept_word("BETWEEN")) return between_tail(std::move(left), negated);
  if (accept_word("LIKE")) return like_tail(std::move(left), negated, "LIKE");
  if (accept_word("SIMILAR")) {
    WEIR_TRY(expect_word("TO"));
    return like_tail(std::move(left), negated, "SIMILAR TO");
  }
  return not_offered(take().text, span_from(operator_span));
}

Result<Parser::ExpressionPtr> Parser::like_tail(ExpressionPtr left, bool negated,
                                                std::string name) {
  auto node = make(Expression::Kind::kCall, left->span);
  node->text = std::move(name);
  node->is_operator = true;
  node->name_span = left->span;
  node->arguments.push_back(std::move(left));
  node->arguments.push_back(WEIR_TRY(expression(kPredicate)));
  if (accept_word("ESCAPE")) node->arguments.push_back(WEIR_TRY(expression(kPredicate)));
  auto like = WEIR_TRY(finish(std::move(node)));
  if (!negated) return like;
  auto outer = make(Expression::Kind::kCall, like->span);
  outer->text = "NOT";
  outer->is_operator = true;
  outer->name_span = like->span;
  outer->arguments.push_back(std::move(like));
  return finish(std::move(outer));
}

Result<Parser::ExpressionPtr> Parser::is_tail(ExpressionPtr left) {
  auto node = make(Expression::Kind::kCall, left->span);
  node->is_operator = true;
  node->name_span = left->span;
  node->arguments.push_back(std::move(left));
  node->text = accept_word("NOT") ? "IS NOT " : "IS ";
  if (accept_words({"DISTINCT", "FROM"})) {
    node->text += "DISTINCT FROM";
    node->arguments.push_back(WEIR_TRY(expression(kComparison)));
    return finish(std::move(node));
  }
  for (const auto* word : {"NULL", "TRUE", "FALSE", "UNKNOWN"}) {
    if (!accept_word(word)) continue;
    // UNKNOWN is what a BOOLEAN calls NULL.
    node->text += std::string_view(word) == "UNKNOWN" ? "NULL" : word;
    return finish(std::move(node));
  }
  if (is_word("JSON")) return not_offered("IS JSON", peek().span);
  return unexpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
}

Result<Parser::ExpressionPtr> Parser::in_tail(ExpressionPtr left, bool negated) {
  if (is_symbol("(") && (is_word("SELECT", 1) || is_word("WITH", 1) || is_word("VALUES", 1))) {
    auto node = make(Expression::Kind::kSubquery, left->span);
    take();
    node->text = "IN";
    node->query = WEIR_TRY(query());
    WEIR_TRY(expect_symbol(")"));
    return finish(std::move(node));
  }
  auto node = make(Expression::Kind::kIn, left->span);
  node->name_span = left->span;
  node->negated = negated;
  node->arguments.push_back(std::move(left));
  WEIR_TRY(expect_symbol("("));
  for (auto& item : WEIR_TRY(expression_list())) node->arguments.push_back(std::move(item));
  WEIR_TRY(expect_symbol(")"));
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::between_tail(ExpressionPtr left, bool negated) {
  auto node = make(Expression::Kind::kBetween, left->span);
  node->name_span = left->span;
  node->negated = negated;
  node->symmetric = accept_word("SYMMETRIC");
  if (!node->symmetric) accept_word("ASYMMETRIC");
  node->arguments.push_back(std::move(left));
  node->arguments.push_back(WEIR_TRY(expression(kPredicate)));
  WEIR_TRY(expect_word("AND"));
  node->arguments.push_back(WEIR_TRY(expression(kPredicate)));
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::postfix(ExpressionPtr primary) {
  for (;;) {
    if (is_symbol("[")) {
      auto node = make(Expression::Kind::kIndex, primary->span);
      node->name_span = take().span;
      node->arguments.push_back(std::move(primary));
      node->arguments.push_back(WEIR_TRY(expression()));
      WEIR_TRY(expect_symbol("]"));
      primary = WEIR_TRY(finish(std::move(node)));
    } else if (is_symbol(".") && primary->kind != Expression::Kind::kColumn) {
      take();
      auto node = make(Expression::Kind::kField, primary->span);
      node->arguments.push_back(std::move(primary));
      if (is_symbol("*")) return not_offered("all fields of a row (.*)", peek().span);
      node->name.parts.push_back(WEIR_TRY(identifier("a field's name")));
      primary = WEIR_TRY(finish(std::move(node)));
    } else {
      return primary;
    }
  }
}

Result<std::vector<Parser::ExpressionPtr>> Parser::expression_list() {
  std::vector<ExpressionPtr> list;
  do {
    list.push_back(WEIR_TRY(expression()));
  } while (accept_symbol(","));
  return list;
}

}  // namespace weir::sql
