#include "plan/session.h"

#include <gtest/gtest.h>

#include "plan/registry_for_test.h"

namespace weir::plan {
namespace {

constexpr std::string_view kTables =
    "CREATE TABLE t (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH "
    "('connector'='datagen');"
    "CREATE TABLE o (x BIGINT, s STRING) WITH ('connector'='blackhole');";

// Executes a script and gives the last outcome.
Result<Outcome> execute(Session& session, std::string_view script) {
  const auto statements = WEIR_TRY(Session::parse_script(script));
  Result<Outcome> last = Outcome(Done{});
  for (const auto& statement : statements) {
    last = session.execute(statement);
    if (!last.has_value()) return last;
  }
  return last;
}

Plan plan_of(std::string_view script) {
  Session session(registry_for_test());
  auto outcome = execute(session, std::string(kTables) + std::string(script));
  EXPECT_TRUE(outcome.has_value()) << outcome.error().to_string();
  return std::get<Job>(*outcome).plan;
}

const Node& scan_below(const Node& node) {
  return node.inputs.empty() ? node : scan_below(*node.inputs[0]);
}

TEST(SessionTest, AFailedStatementLeavesTheSessionAsItWas) {
  Session session(registry_for_test());
  ASSERT_TRUE(execute(session, kTables).has_value());
  EXPECT_FALSE(execute(session, "CREATE TABLE u (a INT, a INT) WITH ('connector'='print')"));
  EXPECT_FALSE(execute(session, "SET 'parallelism.default' = 'many'"));
  EXPECT_EQ(session.catalog().tables("default_catalog", "default_database").value(),
            (std::vector<std::string>{"o", "t"}));
  EXPECT_EQ(session.settings().integer("parallelism.default"), 1);
}

TEST(SessionTest, TheSameSqlHasTheSameIdentities) {
  const auto first = plan_of("INSERT INTO o SELECT a, b FROM t WHERE a > 1");
  const auto again = plan_of("INSERT INTO o SELECT a, b FROM t WHERE a > 1");
  EXPECT_EQ(first.sinks[0]->identity, again.sinks[0]->identity);
  EXPECT_EQ(first.sinks[0]->identity.size(), 16U);
  const auto other = plan_of("INSERT INTO o SELECT a, b FROM t WHERE a > 2");
  EXPECT_NE(first.sinks[0]->identity, other.sinks[0]->identity);
  EXPECT_EQ(scan_below(*first.sinks[0]).identity, scan_below(*other.sinks[0]).identity);
}

TEST(SessionTest, AWindowKeepsItsIdentityWhenOnlyTheProjectionChanges) {
  constexpr std::string_view kFrom =
      " FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY b, window_start, "
      "window_end";
  const auto window_of = [](const Plan& plan) {
    const Node* node = plan.sinks[0].get();
    while (!std::holds_alternative<WindowAggregateNode>(node->body)) node = node->inputs[0].get();
    return node->identity;
  };
  const auto plain = plan_of("INSERT INTO o SELECT COUNT(*), b" + std::string(kFrom));
  const auto changed = plan_of("INSERT INTO o SELECT COUNT(*) + 1, b" + std::string(kFrom));
  const auto other = plan_of("INSERT INTO o SELECT SUM(a), b" + std::string(kFrom));
  EXPECT_EQ(window_of(plain), window_of(changed));
  EXPECT_NE(window_of(plain), window_of(other));
}

TEST(SessionTest, AStatementSetScansATableOnce) {
  const auto plan = plan_of(
      "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT a, b FROM t; INSERT INTO o SELECT a, b "
      "FROM "
      "t; END;");
  ASSERT_EQ(plan.sinks.size(), 2U);
  EXPECT_EQ(&scan_below(*plan.sinks[0]), &scan_below(*plan.sinks[1]));
  EXPECT_EQ(plan.sinks[1]->identity, plan.sinks[0]->identity + "#2");
}

TEST(SessionTest, OnlyTheColumnsThatAreUsedAreRead) {
  Session session(registry_for_test());
  const auto outcome = execute(session,
                               "CREATE TABLE w (a INT, b STRING, c AS a + 1) WITH "
                               "('connector'='datagen'); SELECT c FROM w");
  ASSERT_TRUE(outcome.has_value());
  const Node& scan = scan_below(*std::get<Query>(*outcome).plan.sinks[0]);
  ASSERT_EQ(std::get<ScanNode>(scan.body).columns.size(), 1U);
  EXPECT_EQ(std::get<ScanNode>(scan.body).columns[0].name, "a");
}

TEST(SessionTest, ASinkGetsExactlyItsColumns) {
  const auto plan = plan_of("INSERT INTO o (s) SELECT b FROM t");
  const Node& input = *plan.sinks[0]->inputs[0];
  ASSERT_EQ(input.schema.size(), 2U);
  EXPECT_EQ(input.schema[0].type, types::LogicalType::bigint());
  EXPECT_EQ(input.schema[1].type, types::LogicalType::string());
}

TEST(SessionTest, ValuesWithoutAFromHaveOneRow) {
  Session session(registry_for_test());
  const auto outcome = execute(session, "SELECT 1");
  ASSERT_TRUE(outcome.has_value());
  const Node& values = scan_below(*std::get<Query>(*outcome).plan.sinks[0]);
  EXPECT_EQ(std::get<ValuesNode>(values.body).rows.size(), 1U);
}

TEST(SessionTest, ATemporaryTableShadowsAPermanentOne) {
  Session session(registry_for_test());
  const auto outcome = execute(session,
                               "CREATE TABLE s (a INT) WITH ('connector'='datagen');"
                               "CREATE TEMPORARY TABLE s (b INT) WITH ('connector'='datagen');"
                               "DESCRIBE s");
  ASSERT_TRUE(outcome.has_value()) << outcome.error().to_string();
  EXPECT_EQ(std::get<ResultRows>(*outcome).rows[0][0], "b");
}

TEST(SessionTest, ABrokenTokenEndsEveryStatement) {
  for (const auto* text : {"SET a ' = 1", "SET a = 'x' '", "RESET x '", "ADD JAR x '",
                           "SELECT /*+ a '", "SELECT a FROM t /*+ x('"}) {
    EXPECT_FALSE(Session::parse_script(text).has_value()) << text;
  }
}

TEST(SessionTest, NestedPredicatesDoNotUnfoldWithoutEnd) {
  Session session(registry_for_test());
  std::string nested = "a = 1";
  for (int i = 0; i < 60; ++i) nested = "(" + nested + ") BETWEEN TRUE AND FALSE";
  const auto outcome = execute(session, std::string(kTables) + "SELECT " + nested + " FROM t");
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), ErrorCode::kInvalid) << outcome.error().to_string();
}

TEST(SessionTest, ViewsThatBecomeCircularAreRefused) {
  Session session(registry_for_test());
  const auto outcome = execute(session,
                               "CREATE TABLE s (a INT) WITH ('connector'='datagen');"
                               "CREATE VIEW v AS SELECT a FROM s; CREATE VIEW w AS SELECT a FROM v;"
                               "DROP VIEW v; CREATE VIEW v AS SELECT a FROM w; SELECT a FROM w");
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), ErrorCode::kNotFound) << outcome.error().to_string();
}

}  // namespace
}  // namespace weir::plan
