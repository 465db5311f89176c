#include "sql/statement.h"

#include <gtest/gtest.h>

#include "sql/ast/statement.h"
#include "sql/lexer.h"
#include "sql/reserved_words.h"

namespace weir::sql {
namespace {

std::vector<ParsedStatement> parse(std::string_view text) {
  auto parsed = parse_script(text, "s.sql");
  EXPECT_TRUE(parsed.has_value()) << parsed.error().to_string();
  return parsed.has_value() ? std::move(*parsed) : std::vector<ParsedStatement>{};
}

SourcePosition error_position(std::string_view text) {
  const auto parsed = parse_script(text, "s.sql");
  EXPECT_FALSE(parsed.has_value());
  if (parsed.has_value() || !parsed.error().position().has_value()) return {};
  return *parsed.error().position();
}

TEST(ScriptTest, SplitsAtSemicolonsOutsideStringsAndComments) {
  const auto statements =
      parse("-- first; комментарий\nSELECT 'a;b' /* ; 中文 */ ;;\n SELECT `x;y` FROM t -- end;");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].text, "SELECT 'a;b'");
  EXPECT_EQ(statements[0].line, 2);
  EXPECT_EQ(statements[1].line, 3);
}

TEST(ScriptTest, AStatementSetIsOneStatement) {
  for (const auto* text :
       {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT "
        "2; END; SELECT 1",
        "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; "
        "END; SELECT 1;"}) {
    const auto statements = parse(text);
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_TRUE(statements[0].is_job());
    EXPECT_EQ(std::get<ast::StatementSet>(statements[0].statement->body).inserts.size(), 2U);
    EXPECT_TRUE(statements[1].is_query());
  }
}

TEST(ScriptTest, ErrorsStandAtTheTokenInCodePoints) {
  EXPECT_EQ(error_position("SELECT 1;\n SELECT 'é' x y").column, 15);
  EXPECT_EQ(error_position("SELECT 1;\n SELECT 'é' x y").line, 2);
  EXPECT_EQ(error_position("SELECT a FROM order").length, 5);
  EXPECT_EQ(error_position("SELECT \xFF").line, 1);
}

TEST(ScriptTest, AnEarlierMistakeIsToldBeforeABrokenString) {
  EXPECT_EQ(error_position("SELECT FROM t; SELECT 'open").column, 8);
}

TEST(ScriptTest, DepthIsBounded) {
  const std::string open(100'000, '(');
  EXPECT_FALSE(parse_script("SELECT " + open, "").has_value());
  std::string sum = "SELECT 1";
  for (int i = 0; i < 10'000; ++i) sum += " + 1";
  EXPECT_FALSE(parse_script(sum, "").has_value());
  std::string type = "CREATE TABLE t (a ";
  for (int i = 0; i < 10'000; ++i) type += "ARRAY<";
  EXPECT_FALSE(parse_script(type, "").has_value());
}

TEST(ParserTest, ReadsEveryType) {
  const auto statements = parse(
      "CREATE TABLE t (a CHAR(3), b VARCHAR, c VARCHAR(5) NOT NULL, d STRING, e BYTES, f BINARY(2),"
      " g DECIMAL, h DEC(5), i NUMERIC(5, 2), j TINYINT, k SMALLINT, l INTEGER, m BIGINT, n FLOAT,"
      " o DOUBLE PRECISION, p DATE, q TIME(3), r TIMESTAMP, s TIMESTAMP(3) WITH LOCAL TIME ZONE,"
      " u TIMESTAMP_LTZ(0), v ARRAY<ARRAY<INT NOT NULL>>, w MAP<STRING, ROW<`x` INT, y STRING>>,"
      " x MULTISET<INT>, y INTERVAL DAY TO SECOND(3), z INTERVAL YEAR TO MONTH, aa BOOLEAN,"
      " ab ROW(a INT, b INT) , ac INT ARRAY) WITH ('connector' = 'x')");
  ASSERT_EQ(statements.size(), 1U);
  const auto& columns = std::get<ast::CreateTable>(statements[0].statement->body).columns;
  std::vector<std::string> types;
  for (const auto& column : columns) types.push_back(column.type.to_string());
  EXPECT_EQ(types[1], "STRING");
  EXPECT_EQ(types[2], "VARCHAR(5) NOT NULL");
  EXPECT_EQ(types[6], "DECIMAL(10, 0)");
  EXPECT_EQ(types[8], "DECIMAL(5, 2)");
  EXPECT_EQ(types[17], "TIMESTAMP(6)");
  EXPECT_EQ(types[18], "TIMESTAMP_LTZ(3)");
  EXPECT_EQ(types[20], "ARRAY<ARRAY<INT NOT NULL>>");
  EXPECT_EQ(types[21], "MAP<STRING, ROW<`x` INT, `y` STRING>>");
  EXPECT_EQ(types[27], "ARRAY<INT>");
}

TEST(ParserTest, BindingPowers) {
  const auto statements = parse("SELECT a OR b AND NOT c = d + e * f || g");
  const auto& query = *std::get<ast::QueryStatement>(statements[0].statement->body).query;
  const auto& top = *query.select.items[0].expression;
  EXPECT_EQ(top.kind, ast::Expression::Kind::kOr);
  const auto& conjunction = *top.arguments[1];
  EXPECT_EQ(conjunction.kind, ast::Expression::Kind::kAnd);
  const auto& negation = *conjunction.arguments[1];
  EXPECT_EQ(negation.text, "NOT");
  const auto& equal = *negation.arguments[0];
  EXPECT_EQ(equal.text, "=");
  EXPECT_EQ(equal.arguments[1]->text, "+");
  EXPECT_EQ(equal.arguments[1]->arguments[1]->text, "||");
}

TEST(LexerTest, StringsNamesAndHints) {
  const auto source =
      SourceText::make("'it''s' `a``b` U&'\\00e9\\+01F600' X'4a' /*+ OPTIONS */", "");
  ASSERT_TRUE(source.has_value());
  const auto list = tokenize(**source);
  ASSERT_EQ(list.tokens.size(), 8U);
  EXPECT_EQ(list.tokens[0].text, "it's");
  EXPECT_EQ(list.tokens[1].text, "a`b");
  EXPECT_EQ(list.tokens[2].text, "é😀");
  EXPECT_EQ(list.tokens[3].text, "J");
  EXPECT_EQ(list.tokens[4].kind, Token::Kind::kHintBegin);
  EXPECT_EQ(list.tokens[6].kind, Token::Kind::kHintEnd);
}

TEST(ReservedWordsTest, AreFlinks) {
  for (const auto* word : {"timestamp", "VALUE", "User", "date", "order", "method", "language"}) {
    EXPECT_TRUE(is_reserved_word(word)) << word;
  }
  for (const auto* word : {"name", "topic", "id", "type", "key", "status", "amount", "week"}) {
    EXPECT_FALSE(is_reserved_word(word)) << word;
  }
}

}  // namespace
}  // namespace weir::sql
