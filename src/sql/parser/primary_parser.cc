#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// What stands between operators: literals, names, parentheses, CASE, CAST, constructors.

namespace weir::sql {

Result<Parser::ExpressionPtr> Parser::primary() {
  switch (peek().kind) {
    case Token::Kind::kInteger:
    case Token::Kind::kDecimal:
    case Token::Kind::kApproximate:
    case Token::Kind::kString:
    case Token::Kind::kBinary: return literal();
    case Token::Kind::kQuotedName: return is_symbol("(", 1) ? call() : column();
    case Token::Kind::kWord: return word_primary();
    case Token::Kind::kSymbol:
      if (is_symbol("(")) return parenthesized();
      return unexpected("an expression");
    case Token::Kind::kEnd:
    case Token::Kind::kHintBegin:
    case Token::Kind::kHintEnd:
    case Token::Kind::kError: return unexpected("an expression");
  }
  return unexpected("an expression");
}

Result<Parser::ExpressionPtr> Parser::literal() {
  const Token& token = peek();
  auto kind = Expression::Kind::kString;
  if (token.kind == Token::Kind::kInteger) kind = Expression::Kind::kInteger;
  if (token.kind == Token::Kind::kDecimal) kind = Expression::Kind::kDecimal;
  if (token.kind == Token::Kind::kApproximate) kind = Expression::Kind::kApproximate;
  if (token.kind == Token::Kind::kBinary) kind = Expression::Kind::kBinary;
  auto node = make(kind, token.span);
  node->text = take().text;
  // As in the SQL standard, neighbouring strings on different lines are one.
  while (kind == Expression::Kind::kString && peek().kind == Token::Kind::kString) {
    node->text += take().text;
  }
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::parenthesized() {
  const Span begin = peek().span;
  if (is_word("SELECT", 1) || is_word("WITH", 1)) {
    auto node = make(Expression::Kind::kSubquery, begin);
    take();
    node->query = WEIR_TRY(query());
    WEIR_TRY(expect_symbol(")"));
    return finish(std::move(node));
  }
  take();
  auto items = WEIR_TRY(expression_list());
  WEIR_TRY(expect_symbol(")"));
  if (items.size() > 1) {
    auto node = make(Expression::Kind::kRow, begin);
    node->arguments = std::move(items);
    return finish(std::move(node));
  }
  for (const auto* unit : {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}) {
    if (is_word(unit)) return not_offered("the difference of two times as an interval", begin);
  }
  return std::move(items.front());
}

Result<Parser::ExpressionPtr> Parser::word_primary() {
  const Span begin = peek().span;
  for (const auto* word : {"TRUE", "FALSE", "NULL", "UNKNOWN"}) {
    if (!is_word(word)) continue;
    take();
    const std::string_view text = word;
    const bool is_null = text == "NULL" || text == "UNKNOWN";
    auto node = make(is_null ? Expression::Kind::kNull : Expression::Kind::kBoolean, begin);
    node->text = text;
    return finish(std::move(node));
  }
  if (is_word("CASE")) return case_expression();
  if (is_word("CAST") || is_word("TRY_CAST")) return cast_expression();
  const bool string_next = peek(1).kind == Token::Kind::kString;
  if (is_word("INTERVAL") && (string_next || is_symbol("-", 1) || is_symbol("+", 1))) {
    return interval_literal();
  }
  if (string_next && is_word("DATE")) return temporal_literal(Expression::Kind::kDate);
  if (string_next && is_word("TIME")) return temporal_literal(Expression::Kind::kTime);
  if (string_next && is_word("TIMESTAMP")) return temporal_literal(Expression::Kind::kTimestamp);
  if (is_word("ARRAY") && is_symbol("[", 1)) return constructor("ARRAY");
  if (is_word("MAP") && is_symbol("[", 1)) return constructor("MAP");
  if (is_word("ROW") && is_symbol("(", 1)) return constructor("ROW");
  if (is_word("EXISTS") && is_symbol("(", 1)) return not_offered("EXISTS", begin);
  if (is_symbol("(", 1)) return call();
  for (const auto* word :
       {"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"}) {
    if (!is_word(word)) continue;
    auto node = make(Expression::Kind::kCall, begin);
    node->name_span = begin;
    node->text = word;
    take();
    return finish(std::move(node));
  }
  return column();
}

Result<Parser::ExpressionPtr> Parser::column() {
  auto node = make(Expression::Kind::kColumn, peek().span);
  node->name = WEIR_TRY(qualified_name("an expression"));
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::case_expression() {
  auto node = make(Expression::Kind::kCase, take().span);
  if (!is_word("WHEN")) node->operand = WEIR_TRY(expression());
  if (!is_word("WHEN")) return unexpected("WHEN");
  while (accept_word("WHEN")) {
    node->arguments.push_back(WEIR_TRY(expression()));
    if (is_symbol(",")) return not_offered("more than one value in a WHEN", peek().span);
    WEIR_TRY(expect_word("THEN"));
    node->arguments.push_back(WEIR_TRY(expression()));
  }
  if (accept_word("ELSE")) {
    node->has_else = true;
    node->arguments.push_back(WEIR_TRY(expression()));
  }
  WEIR_TRY(expect_word("END"));
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::cast_expression() {
  const auto kind = is_word("CAST") ? Expression::Kind::kCast : Expression::Kind::kTryCast;
  auto node = make(kind, peek().span);
  node->name_span = take().span;
  WEIR_TRY(expect_symbol("("));
  node->arguments.push_back(WEIR_TRY(expression()));
  WEIR_TRY(expect_word("AS"));
  node->type = WEIR_TRY(type_without_nullability());
  WEIR_TRY(expect_symbol(")"));
  return finish(std::move(node));
}

// INTERVAL [+|-] '1 02' DAY [(p)] TO HOUR
Result<Parser::ExpressionPtr> Parser::interval_literal() {
  auto node = make(Expression::Kind::kInterval, take().span);
  if (accept_symbol("-")) {
    node->negated = true;
  } else {
    accept_symbol("+");
  }
  node->text = WEIR_TRY(string_literal("the interval in single quotes"));
  const auto unit = [&](std::string& into) -> Status {
    auto word = to_upper_ascii(peek().text);
    if (word.size() > 1 && word.ends_with('S')) word.pop_back();
    for (const auto* known :
         {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"}) {
      if (peek().kind != Token::Kind::kWord || word != known) continue;
      take();
      into = word;
      if (accept_symbol("(")) {
        (void)WEIR_TRY(small_integer("the precision", 0, 10));
        if (accept_symbol(",")) (void)WEIR_TRY(small_integer("the precision", 0, 9));
        WEIR_TRY(expect_symbol(")"));
      }
      return ok();
    }
    return unexpected("a unit of time (YEAR, MONTH, DAY, HOUR, MINUTE or SECOND)");
  };
  WEIR_TRY(unit(node->unit));
  if (accept_word("TO")) WEIR_TRY(unit(node->unit_to));
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::temporal_literal(Expression::Kind kind) {
  auto node = make(kind, take().span);
  node->text = take().text;
  return finish(std::move(node));
}

// ARRAY[...], MAP[...] and ROW(...).
Result<Parser::ExpressionPtr> Parser::constructor(std::string name) {
  const auto kind = name == "ROW" ? Expression::Kind::kRow : Expression::Kind::kCall;
  auto node = make(kind, peek().span);
  node->name_span = take().span;
  node->text = std::move(name);
  const bool brackets = is_symbol("[");
  take();
  const std::string_view end = brackets ? "]" : ")";
  if (!is_symbol(end)) node->arguments = WEIR_TRY(expression_list());
  WEIR_TRY(expect_symbol(end));
  return finish(std::move(node));
}

}  // namespace weir::sql
