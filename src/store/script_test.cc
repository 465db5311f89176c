#include "store/script.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/http_server.h"

namespace weir::store {
namespace {

using boost::asio::awaitable;

// A server that remembers statements and refuses to make a thing twice.
class ScriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/weir-script-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    net::HttpRoutes routes;
    routes.add("POST", "/", [this](net::HttpExchange& exchange) -> awaitable<void> {
      const auto body = co_await exchange.read_all();
      statements_.push_back(*body);
      sessions_.push_back(exchange.request().target);
      auto response = net::http_text(200, "");
      if (body->starts_with("BAD")) {
        response =
            net::http_text(400, "Code: 62. DB::Exception: Syntax error: failed at position 5");
        response.headers.add("X-ClickHouse-Exception-Code", "62");
      } else if (body->starts_with("CREATE TABLE t") && ++made_ > 1) {
        response = net::http_text(500, "Code: 57. DB::Exception: Table t exists");
        response.headers.add("X-ClickHouse-Exception-Code", "57");
      }
      static_cast<void>(co_await exchange.reply(std::move(response)));
    });
    net::HttpServerOptions options;
    options.listen.part = "test";
    auto server = net::HttpServer::start(runtime_, std::move(options), std::move(routes));
    ASSERT_TRUE(server.has_value());
    server_ = std::move(*server);
  }
  void TearDown() override {
    server_->stop();
    runtime_.stop();
    static_cast<void>(system_env().remove_tree(folder_));
  }

  Result<ScriptOutcome> apply(std::string_view script) {
    statements_.clear();
    ScriptTarget target;
    target.port = server_->port();
    return apply_script(system_env(), target, script, "clickhouse.sql", folder_ + "/applied");
  }

  net::IoRuntime runtime_{"script-test", 1};
  std::unique_ptr<net::HttpServer> server_;
  std::vector<std::string> statements_;
  std::vector<std::string> sessions_;
  int made_ = 0;
  std::string folder_;
};

TEST_F(ScriptTest, RunsOnceAndAgainWhatIsHarmless) {
  const std::string script =
      "SET x = 1; CREATE TABLE t (a Int8);\nINSERT INTO t VALUES (1); INSERT INTO t VALUES (1)";
  const auto first = apply(script);
  ASSERT_TRUE(first.has_value()) << first.error().to_string();
  EXPECT_EQ(first->executed, 3U);
  EXPECT_EQ(statements_.size(), 4U);
  EXPECT_EQ(sessions_.front(), sessions_.back());
  const auto second = apply(script);
  ASSERT_TRUE(second.has_value()) << second.error().to_string();
  EXPECT_EQ(second->executed, 0U);
  EXPECT_EQ(second->unchanged, 3U);
  EXPECT_EQ(statements_, (std::vector<std::string>{"SET x = 1", "CREATE TABLE t (a Int8)"}));
  const auto third = apply(script + "; INSERT INTO t VALUES (2)");
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->executed, 1U);
}

TEST_F(ScriptTest, AChangedDefinitionIsAnError) {
  ASSERT_TRUE(apply("CREATE TABLE t (a Int8)").has_value());
  const auto changed = apply("CREATE TABLE t (a Int16)");
  ASSERT_FALSE(changed.has_value());
  EXPECT_NE(changed.error().hint().find("ALTER"), std::string::npos);
}

TEST_F(ScriptTest, ErrorsCarryTheirPlace) {
  const auto failed = apply("-- первый\nSELECT 1;\n  BAD syntax here; SELECT 2");
  ASSERT_FALSE(failed.has_value());
  ASSERT_TRUE(failed.error().position().has_value());
  EXPECT_EQ(failed.error().position()->file, "clickhouse.sql");
  EXPECT_EQ(failed.error().position()->line, 3);
  EXPECT_EQ(failed.error().position()->column, 7);
  EXPECT_EQ(statements_.size(), 2U);
}

}  // namespace
}  // namespace weir::store
