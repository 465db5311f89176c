#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// Flink's types, as they are written in column definitions and casts.

namespace weir::sql {

using types::LogicalType;

Result<LogicalType> Parser::type() {
  auto type = WEIR_TRY(type_without_nullability());
  if (accept_words({"NOT", "NULL"})) return type.with_nullable(false);
  accept_word("NULL");
  return type;
}

Result<LogicalType> Parser::element_type() {
  WEIR_TRY(expect_symbol("<"));
  auto element = WEIR_TRY(type());
  WEIR_TRY(expect_symbol(">"));
  return element;
}

Result<LogicalType> Parser::type_without_nullability() {
  const Nesting nesting(*this);
  const Token& token = peek();
  if (nesting.too_deep()) return error_at(token.span, "this type is nested too deeply");
  if (token.kind != Token::Kind::kWord) return unexpected("a type");
  const std::string word = to_upper_ascii(token.text);
  static const std::pair<std::string_view, LogicalType> kSimple[] = {
      {"BOOLEAN", LogicalType::boolean()},   {"TINYINT", LogicalType::tinyint()},
      {"SMALLINT", LogicalType::smallint()}, {"INT", LogicalType::integer()},
      {"INTEGER", LogicalType::integer()},   {"BIGINT", LogicalType::bigint()},
      {"FLOAT", LogicalType::float32()},     {"DATE", LogicalType::date()},
      {"STRING", LogicalType::string()},     {"BYTES", LogicalType::bytes()},
  };
  LogicalType type;
  bool found = false;
  for (const auto& [name, simple] : kSimple) {
    if (word != name) continue;
    take();
    type = simple;
    found = true;
  }
  if (found) {
  } else if (word == "DOUBLE") {
    take();
    accept_word("PRECISION");
    type = LogicalType::float64();
  } else if (word == "DECIMAL" || word == "DEC" || word == "NUMERIC") {
    take();
    int64_t precision = 10;
    int64_t scale = 0;
    if (accept_symbol("(")) {
      precision = WEIR_TRY(small_integer("the precision of a DECIMAL", 1, 38));
      if (accept_symbol(",")) {
        scale = WEIR_TRY(small_integer("the scale of a DECIMAL", 0, precision));
      }
      WEIR_TRY(expect_symbol(")"));
    }
    type = LogicalType::decimal(static_cast<int>(precision), static_cast<int>(scale));
  } else if (word == "CHAR" || word == "CHARACTER" || word == "VARCHAR" || word == "BINARY" ||
             word == "VARBINARY") {
    take();
    type = WEIR_TRY(character_type(word));
  } else if (word == "TIME" || word == "TIMESTAMP" || word == "TIMESTAMP_LTZ") {
    take();
    type = WEIR_TRY(temporal_type(word));
  } else if (word == "INTERVAL") {
    type = WEIR_TRY(interval_type());
  } else if (word == "ROW") {
    type = WEIR_TRY(row_type());
  } else if (word == "ARRAY") {
    take();
    type = LogicalType::array(WEIR_TRY(element_type()));
  } else if (word == "MULTISET") {
    take();
    type = LogicalType::multiset(WEIR_TRY(element_type()));
  } else if (word == "MAP") {
    take();
    WEIR_TRY(expect_symbol("<"));
    auto key = WEIR_TRY(this->type());
    WEIR_TRY(expect_symbol(","));
    auto value = WEIR_TRY(this->type());
    WEIR_TRY(expect_symbol(">"));
    type = LogicalType::map(std::move(key), std::move(value));
  } else if (word == "RAW" || word == "VARIANT" || word == "BITMAP" || word == "STRUCTURED") {
    return not_offered(fmt::format("the type {}", word), token.span);
  } else {
    return error_at(token.span, fmt::format("syntax error: unknown type \"{}\"", token.text));
  }
  while (is_word("ARRAY") || is_word("MULTISET")) {  // the standard's postfix: INT ARRAY
    type = is_word("ARRAY") ? LogicalType::array(std::move(type))
                            : LogicalType::multiset(std::move(type));
    take();
  }
  return type;
}

Result<LogicalType> Parser::character_type(std::string_view word) {
  const bool binary = word.ends_with("BINARY");
  const bool varying = word.starts_with("VAR") || accept_word("VARYING");
  int64_t length = 1;
  if (accept_symbol("(")) {
    length = WEIR_TRY(small_integer("the length", 1, LogicalType::kMaxLength));
    WEIR_TRY(expect_symbol(")"));
  } else if (varying) {
    length = LogicalType::kMaxLength;  // as Flink's planner has it: a bare VARCHAR is a STRING
  }
  const auto characters = static_cast<int32_t>(length);
  if (binary) return varying ? LogicalType::varbinary(characters) : LogicalType::binary(characters);
  return varying ? LogicalType::varchar(characters) : LogicalType::chars(characters);
}

Result<LogicalType> Parser::temporal_type(std::string_view word) {
  const bool time = word == "TIME";
  int64_t precision = time ? 0 : 6;
  if (accept_symbol("(")) {
    precision = WEIR_TRY(small_integer(fmt::format("the precision of a {}", word), 0, 9));
    WEIR_TRY(expect_symbol(")"));
  }
  const int digits = static_cast<int>(precision);
  if (word == "TIMESTAMP_LTZ") return LogicalType::timestamp_ltz(digits);
  const Span span = peek().span;
  if (accept_word("WITHOUT")) {
    WEIR_TRY(expect_words({"TIME", "ZONE"}));
  } else if (accept_word("WITH")) {
    if (!time && accept_words({"LOCAL", "TIME", "ZONE"})) return LogicalType::timestamp_ltz(digits);
    return not_offered(fmt::format("{} WITH TIME ZONE", word), span.to(peek().span));
  }
  return time ? LogicalType::time(digits) : LogicalType::timestamp(digits);
}

// INTERVAL DAY TO SECOND(3), INTERVAL YEAR TO MONTH and their parts.
Result<LogicalType> Parser::interval_type() {
  take();
  const auto unit = [&](std::string& into) -> Status {
    for (const auto* word : {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}) {
      if (!accept_word(word)) continue;
      into = word;
      if (accept_symbol("(")) {
        (void)WEIR_TRY(small_integer("the precision", 0, 9));
        WEIR_TRY(expect_symbol(")"));
      }
      return ok();
    }
    return unexpected("a unit of time (YEAR, MONTH, DAY, HOUR, MINUTE or SECOND)");
  };
  std::string from;
  std::string to;
  const Span span = peek().span;
  WEIR_TRY(unit(from));
  if (accept_word("TO")) WEIR_TRY(unit(to));
  const auto of_months = [](const std::string& name) { return name == "YEAR" || name == "MONTH"; };
  if (!to.empty() && of_months(from) != of_months(to)) {
    return error_at(span_from(span), "an interval is of years and months, or of days to seconds");
  }
  return of_months(from) ? LogicalType::interval_year_month() : LogicalType::interval_day_time();
}

// ROW<a INT, b STRING 'comment'> or ROW(a INT, b STRING)
Result<LogicalType> Parser::row_type() {
  take();
  std::vector<types::Field> fields;
  const bool round = is_symbol("(");
  if (!round && accept_symbol("<>")) return LogicalType::row({});
  WEIR_TRY(expect_symbol(round ? "(" : "<"));
  const std::string_view end = round ? ")" : ">";
  while (!is_symbol(end)) {
    types::Field field;
    field.name = WEIR_TRY(identifier("a field's name")).name;
    field.type = WEIR_TRY(type());
    if (peek().kind == Token::Kind::kString) take();
    fields.push_back(std::move(field));
    if (!accept_symbol(",")) break;
  }
  WEIR_TRY(expect_symbol(end));
  return LogicalType::row(std::move(fields));
}

}  // namespace weir::sql
