#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "plan/registry_for_test.h"
#include "plan/session.h"

// Any text, through lexer, parser, binder and planner: no crash, and never an internal error.

std::vector<std::string> weir_fuzz_corpus() {
  const std::string tables =
      "CREATE TABLE t (a INT, b STRING, d AS a * 2, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - "
      "INTERVAL '5' SECOND) WITH ('connector'='datagen', 'fields.a.kind'='sequence');"
      "CREATE TABLE o (x BIGINT, s STRING NOT NULL) WITH ('connector'='print');";
  return {
      tables + "INSERT INTO o (x, s) SELECT a + 1, b FROM t WHERE a IN (1, 2) AND b LIKE 'x%'",
      tables + "WITH w AS (SELECT a FROM t) SELECT * FROM w UNION ALL SELECT d FROM t",
      tables +
          "SELECT window_start, COUNT(*), SUM(a) FILTER (WHERE a > 1) FROM TABLE(HOP(TABLE t, "
          "DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, "
          "window_end, b HAVING COUNT(*) > 1",
      tables +
          "CREATE VIEW v AS SELECT CASE WHEN a > 1 THEN 'x' ELSE b END AS c FROM t; SELECT "
          "COALESCE(c, 'z'), NULLIF(c, 'y') FROM v",
      tables +
          "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT a, b FROM t; INSERT INTO o VALUES "
          "(1, 'a'), (2, U&'\\00e9'); END;",
      tables +
          "CREATE TABLE l (z INT) LIKE t (EXCLUDING GENERATED EXCLUDING WATERMARKS); SHOW "
          "CREATE TABLE l; DESCRIBE t; SHOW TABLES LIKE 't%'; EXPLAIN SELECT a FROM l",
      "SET 'parallelism.default' = '4'; SET; RESET; ADD JAR 'x'; USE MODULES core; SELECT DATE "
      "'2024-01-01', TIMESTAMP '2024-01-01 00:00:00.123', INTERVAL '1-2' YEAR TO MONTH, 1e3, X'00'",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto statements = weir::plan::Session::parse_script(text, "fuzz.sql");
  const auto check = [](const weir::Error& error) {
    if (error.code() == weir::ErrorCode::kInternal) std::abort();
    (void)error.to_string();
  };
  if (!statements.has_value()) {
    check(statements.error());
    return 0;
  }
  weir::plan::Session session(weir::plan::registry_for_test());
  for (const auto& statement : *statements) {
    const auto outcome = session.execute(statement);
    if (!outcome.has_value()) check(outcome.error());
  }
  return 0;
}
