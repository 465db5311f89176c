#include "store/statement.h"

#include <gtest/gtest.h>

#include "store/sql_scanner.h"

namespace weir::store {
namespace {

std::vector<std::string> tokens(std::string_view text) {
  std::vector<std::string> out;
  SqlScanner scanner(text);
  for (SqlToken token = scanner.next(); token.kind != SqlTokenKind::kEnd; token = scanner.next()) {
    out.emplace_back(token.text);
  }
  return out;
}

TEST(SqlScannerTest, KnowsQuotesAndComments) {
  EXPECT_EQ(tokens("a -- ; b\n /* ; ' */ 'it''s \\' ;' # x\n`q;\\``\"d\"\"d\""),
            (std::vector<std::string>{"a", "'it''s \\' ;'", "`q;\\``", "\"d\"\"d\""}));
  EXPECT_EQ(
      tokens("SELECT $$a;b$$, $x$ $$ ; $x$, 1.5"),
      (std::vector<std::string>{"SELECT", "$$a;b$$", ",", "$x$ $$ ; $x$", ",", "1", ".", "5"}));
  EXPECT_EQ(tokens("\xEF\xBB\xBFтаблица\xC2\xA0x ‘a;b’"),
            (std::vector<std::string>{"таблица", "x", "‘a;b’"}));
  EXPECT_EQ(tokens("a /* /* ' */ ' */ b"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(SqlScanner("'open").next().kind, SqlTokenKind::kUnfinished);
  EXPECT_EQ(SqlScanner("/* open").next().kind, SqlTokenKind::kUnfinished);
  EXPECT_EQ(SqlScanner("`a\\`b``c`").next().name(), "a`b`c");
}

TEST(InsertHeadTest, FindsRows) {
  const auto head = [](std::string_view text) { return parse_insert_head(text, true); };
  const auto values = head("insert into db.`values` (a, format) VALUES (1,2)");
  EXPECT_EQ(values.kind, InsertKind::kRows);
  EXPECT_EQ(values.sql, "insert into db.`values` (a, format) ");
  EXPECT_EQ(values.format, "Values");
  const std::string_view json = "INSERT INTO TABLE format SETTINGS x=1 FORMAT JSONEachRow \r\n{}";
  EXPECT_EQ(head(json).format, "JSONEachRow");
  EXPECT_EQ(json.substr(head(json).rows_at), "{}");
  const std::string_view blank = "INSERT INTO t FORMAT TSV\n\nx";
  EXPECT_EQ(blank.substr(head(blank).rows_at), "\nx");
  EXPECT_EQ(head("INSERT INTO FUNCTION remote('h', a, b) (x) FORMAT TSV\n1").kind,
            InsertKind::kRows);
  EXPECT_EQ(head("INSERT INTO t SELECT 1 FORMAT TSV").kind, InsertKind::kNone);
  EXPECT_EQ(head("INSERT INTO t (SELECT 1)").kind, InsertKind::kNone);
  EXPECT_EQ(head("INSERT INTO t WITH a AS (SELECT 1) SELECT * FROM a").kind, InsertKind::kNone);
  EXPECT_EQ(head("-- INSERT INTO t FORMAT TSV\nSELECT 1").kind, InsertKind::kNone);
  EXPECT_EQ(head("/* c */ INSERT INTO t FORMAT /* d */ TSV").kind, InsertKind::kRows);
}

TEST(InsertHeadTest, WaitsForMore) {
  const std::string text = "INSERT INTO t (a, b) FORMAT JSONEachRow\n{\"a\":1}";
  const size_t rows_at = parse_insert_head(text, true).rows_at;
  for (size_t size = 0; size <= rows_at; ++size) {
    EXPECT_EQ(parse_insert_head(std::string_view(text).substr(0, size), false).kind,
              InsertKind::kIncomplete)
        << size;
  }
  EXPECT_EQ(parse_insert_head(text, false).kind, InsertKind::kRows);
}

TEST(FormatClauseTest, FindsTheLast) {
  EXPECT_EQ(format_clause("SELECT 1 FORMAT JSON"), "JSON");
  EXPECT_EQ(format_clause("SELECT 1 format `CSV` ; -- x"), "CSV");
  EXPECT_EQ(format_clause("SELECT 1 FORMAT TSV SETTINGS max_threads = 1"), "TSV");
  EXPECT_EQ(format_clause("SELECT format FROM t"), "");
  EXPECT_EQ(format_clause("SELECT ' FORMAT JSON'"), "");
  EXPECT_EQ(format_clause("SELECT format('{}', 'a')"), "");
}

TEST(CheckAllowedTest, RefusesFilesAndPrograms) {
  for (const auto* sql :
       {"SELECT 1 INTO OUTFILE 'x'", "select 1 into/**/outfile 'x'",
        "INSERT INTO t FROM INFILE 'x'", "SELECT file('/etc/passwd')", "SELECT `file`('x')",
        "SELECT * FROM \"file\" ('x')", "CREATE TABLE t (x Int8) ENGINE = File(TSV)",
        "CREATE TABLE t (x Int8) ENGINE `Url`('x')", "CREATE DATABASE d ENGINE=Filesystem('/')",
        "CREATE TABLE t (k Int8) ENGINE=EmbeddedRocksDB(0,'/x') PRIMARY KEY k",
        "CREATE DICTIONARY d (a String) PRIMARY KEY a SOURCE(EXECUTABLE(command 'id'))",
        "CREATE DICTIONARY d (a String) PRIMARY KEY a SOURCE ( `http` (url 'x'))"}) {
    EXPECT_FALSE(check_allowed(sql).has_value()) << sql;
  }
  for (const auto* sql :
       {"SELECT 'INTO OUTFILE'", "SELECT file, infile FROM t -- file('x')",
        "CREATE TABLE t (x Int8) ENGINE = MergeTree ORDER BY x",
        "CREATE TABLE t (k Int8) ENGINE=EmbeddedRocksDB PRIMARY KEY k",
        "CREATE DICTIONARY d (a String) PRIMARY KEY a SOURCE(CLICKHOUSE(TABLE 't'))",
        "SELECT engine, source FROM t"}) {
    EXPECT_TRUE(check_allowed(sql).has_value()) << sql;
  }
}

TEST(SplitScriptTest, Splits) {
  const std::string script =
      "\xEF\xBB\xBF-- 日本語; comment\nCREATE TABLE IF NOT EXISTS a (x String); ;\n"
      "/* ; */ INSERT INTO a VALUES ('x;y'), ($$;$$);\n"
      "INSERT INTO a FORMAT TSV\nr;1\nr2\n\nSELECT ';' -- без конца";
  const auto statements = split_script(script, "clickhouse.sql");
  ASSERT_TRUE(statements.has_value());
  ASSERT_EQ(statements->size(), 4U);
  EXPECT_EQ((*statements)[0].text, "CREATE TABLE IF NOT EXISTS a (x String)");
  EXPECT_EQ((*statements)[0].first_words, "CREATE TABLE");
  EXPECT_TRUE((*statements)[0].if_not_exists);
  EXPECT_EQ((*statements)[1].text, "INSERT INTO a VALUES ('x;y'), ($$;$$)");
  EXPECT_EQ((*statements)[2].text, "INSERT INTO a FORMAT TSV\nr;1\nr2");
  EXPECT_EQ((*statements)[3].text, "SELECT ';'");
  const auto position = position_of(script, (*statements)[1].offset, "f");
  EXPECT_EQ(position.line, 3);
  EXPECT_EQ(position.column, 9);
  EXPECT_TRUE(split_script(" -- nothing\n;;", "f")->empty());
}

TEST(SplitScriptTest, PointsAtAnOpenQuote) {
  const auto statements = split_script("SELECT 1;\n  SELECT 'a", "f.sql");
  ASSERT_FALSE(statements.has_value());
  EXPECT_EQ(statements.error().position()->line, 2);
  EXPECT_EQ(statements.error().position()->column, 10);
}

TEST(QuoteTest, Escapes) {
  EXPECT_EQ(quote_string("a'b\\"), "'a\\'b\\\\'");
  EXPECT_EQ(quote_identifier("a`b"), "`a\\`b`");
}

}  // namespace
}  // namespace weir::store
