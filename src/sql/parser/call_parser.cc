#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// Function calls, plain ones and those that the SQL standard gave a syntax of their own.

namespace weir::sql {
namespace {

// Reserved words that are functions all the same; any other reserved word is no function's name.
constexpr std::string_view kNotFunctions[] = {
    "SELECT", "FROM", "WHERE", "GROUP",  "HAVING", "ORDER", "AND",    "OR",  "ON",   "AS",
    "WHEN",   "THEN", "ELSE",  "VALUES", "UNION",  "WITH",  "INSERT", "END", "INTO", "BY",
};

}  // namespace

Result<Parser::ExpressionPtr> Parser::call() {
  const Token& token = peek();
  auto node = make(Expression::Kind::kCall, token.span);
  node->name_span = token.span;
  node->text = to_upper_ascii(token.text);
  for (const auto word : kNotFunctions) {
    if (token.kind == Token::Kind::kWord && node->text == word) return unexpected("an expression");
  }
  take();
  WEIR_TRY(expect_symbol("("));
  bool done = false;
  if (token.kind == Token::Kind::kWord) {
    auto special = WEIR_TRY(special_call(node, done));
    if (done) return special;
  }
  return plain_call(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::special_call(Node node, bool& done) {
  done = true;
  const std::string& name = node->text;
  if (name == "EXTRACT") return extract_call(std::move(node));
  if (name == "TRIM") return trim_call(std::move(node));
  if (name == "POSITION") return separated_call(std::move(node), {"IN", "FROM"});
  if (name == "SUBSTRING") return separated_call(std::move(node), {"FROM", "FOR"});
  if (name == "OVERLAY") return separated_call(std::move(node), {"PLACING", "FROM", "FOR"});
  if (name == "FLOOR" || name == "CEIL" || name == "CEILING") {
    return separated_call(std::move(node), {"TO"});
  }
  if (name == "TIMESTAMPADD" || name == "TIMESTAMPDIFF") return unit_first_call(std::move(node));
  done = false;
  return ExpressionPtr{};
}

Result<Parser::ExpressionPtr> Parser::time_unit() {
  const Token& token = peek();
  auto node = make(Expression::Kind::kTimeUnit, token.span);
  if (token.kind != Token::Kind::kWord) return unexpected("a unit of time");
  auto unit = to_upper_ascii(token.text);
  if (unit.starts_with("SQL_TSI_")) unit.erase(0, std::string_view("SQL_TSI_").size());
  if (unit == "DAYOFWEEK") unit = "DOW";
  if (unit == "DAYOFYEAR") unit = "DOY";
  static constexpr std::string_view kUnits[] = {
      "YEAR",    "QUARTER",    "MONTH",       "WEEK",        "DAY",        "HOUR",  "MINUTE",
      "SECOND",  "DOW",        "DOY",         "ISODOW",      "ISOYEAR",    "EPOCH", "DECADE",
      "CENTURY", "MILLENNIUM", "MILLISECOND", "MICROSECOND", "NANOSECOND",
  };
  for (const auto known : kUnits) {
    if (unit != known) continue;
    take();
    node->text = unit;
    return finish(std::move(node));
  }
  return unexpected("a unit of time (YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, ...)");
}

// EXTRACT(unit FROM time)
Result<Parser::ExpressionPtr> Parser::extract_call(Node node) {
  node->arguments.push_back(WEIR_TRY(time_unit()));
  WEIR_TRY(expect_word("FROM"));
  node->arguments.push_back(WEIR_TRY(expression()));
  WEIR_TRY(expect_symbol(")"));
  return finish(std::move(node));
}

// TRIM([BOTH | LEADING | TRAILING] [characters] [FROM] text): LEADING is LTRIM, TRAILING is RTRIM.
Result<Parser::ExpressionPtr> Parser::trim_call(Node node) {
  bool said = true;
  if (accept_word("LEADING")) {
    node->text = "LTRIM";
  } else if (accept_word("TRAILING")) {
    node->text = "RTRIM";
  } else {
    said = accept_word("BOTH");
  }
  if (said && accept_word("FROM")) {
    node->arguments.push_back(WEIR_TRY(expression()));
  } else {
    auto first = WEIR_TRY(expression());
    if (accept_word("FROM")) {
      node->arguments.push_back(WEIR_TRY(expression()));
      node->arguments.push_back(std::move(first));
    } else {
      node->arguments.push_back(std::move(first));
    }
  }
  WEIR_TRY(expect_symbol(")"));
  return finish(std::move(node));
}

// A call whose arguments may stand between words instead of commas: POSITION(a IN b),
// SUBSTRING(s FROM 2 FOR 3), FLOOR(t TO HOUR).
Result<Parser::ExpressionPtr> Parser::separated_call(
    Node node, std::initializer_list<std::string_view> words) {
  // Binds tighter than IN, so that POSITION(a IN b) is not read as a predicate.
  constexpr int kAbovePredicates = 35;
  node->arguments.push_back(WEIR_TRY(expression(kAbovePredicates)));
  for (const auto word : words) {
    if (!accept_word(word)) continue;
    node->arguments.push_back(word == "TO" ? WEIR_TRY(time_unit())
                                           : WEIR_TRY(expression(kAbovePredicates)));
  }
  while (accept_symbol(",")) node->arguments.push_back(WEIR_TRY(expression()));
  WEIR_TRY(expect_symbol(")"));
  return finish(std::move(node));
}

// TIMESTAMPDIFF(unit, a, b)
Result<Parser::ExpressionPtr> Parser::unit_first_call(Node node) {
  node->arguments.push_back(WEIR_TRY(time_unit()));
  while (accept_symbol(",")) node->arguments.push_back(WEIR_TRY(expression()));
  WEIR_TRY(expect_symbol(")"));
  return finish(std::move(node));
}

Result<Parser::ExpressionPtr> Parser::plain_call(Node node) {
  if (accept_symbol(")")) return call_tail(std::move(node));
  if (is_symbol("*")) {
    node->arguments.push_back(WEIR_TRY(finish(make(Expression::Kind::kStar, take().span))));
  } else {
    node->distinct = accept_word("DISTINCT");
    if (!node->distinct) accept_word("ALL");
    node->arguments = WEIR_TRY(expression_list());
    if (peek().kind == Token::Kind::kWord) {
      return not_offered(
          fmt::format("{} inside the arguments of {}", to_upper_ascii(peek().text), node->text),
          peek().span);
    }
  }
  WEIR_TRY(expect_symbol(")"));
  return call_tail(std::move(node));
}

// FILTER (WHERE ...) and what is not offered behind a call.
Result<Parser::ExpressionPtr> Parser::call_tail(Node node) {
  if (is_words({"WITHIN", "GROUP"})) return not_offered("WITHIN GROUP", peek().span);
  if (accept_word("FILTER")) {
    WEIR_TRY(expect_symbol("("));
    WEIR_TRY(expect_word("WHERE"));
    node->filter = WEIR_TRY(expression());
    WEIR_TRY(expect_symbol(")"));
  }
  if (is_word("OVER")) return not_offered("OVER (...)", span_from(node->span).to(peek().span));
  return finish(std::move(node));
}

}  // namespace weir::sql
