#include "store/query_request.h"

#include <gtest/gtest.h>

#include "net/http_text.h"

namespace weir::store {
namespace {

net::HttpRequest make(std::string_view target) {
  net::HttpRequest request;
  request.method = "POST";
  net::parse_target(target, request.path, request.query);
  return request;
}

TEST(QueryRequestTest, SortsNames) {
  const auto request = parse_query_request(
      make("/?query=SELECT%201&database=db&user=u&password=p&param_x=1&max_threads=2&compress=0&"
           "session_id=s&session_timeout=9999999&default_format=CSV&wait_end_of_query=1&query_id="),
      "made-up");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->query, "SELECT 1");
  EXPECT_EQ(request->credentials.user, "u");
  EXPECT_EQ(request->credentials.password, "p");
  EXPECT_EQ(request->query_id, "made-up");
  EXPECT_EQ(request->default_format, "CSV");
  EXPECT_EQ(request->session_timeout_s, 3600);
  EXPECT_TRUE(request->wait_end_of_query);
  EXPECT_FALSE(request->read_only);
  EXPECT_EQ(preparing_statements(*request),
            (std::vector<std::string>{"USE `db`", "SET param_x = '1'", "SET max_threads = '2'"}));
}

TEST(QueryRequestTest, QuotesWhatItPuts) {
  const auto request =
      parse_query_request(make("/?database=a%60;DROP&x=1%27,readonly=%270&param_y=%5C%27"), "id");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(preparing_statements(*request),
            (std::vector<std::string>{"USE `a\\`;DROP`", "SET param_y = '\\\\\\''",
                                      "SET x = '1\\',readonly=\\'0'"}));
  const auto evil = parse_query_request(make("/?x%3D1,readonly=0"), "id");
  ASSERT_FALSE(evil.has_value());
  EXPECT_EQ(evil.error().code, kUnknownSetting);
}

TEST(QueryRequestTest, TakesCredentialsFromHeaders) {
  auto basic = make("/");
  basic.headers.add("Authorization", "Basic " + net::base64_encode("a:b:c"));
  EXPECT_EQ(parse_query_request(basic, "")->credentials.password, "b:c");
  auto own = make("/");
  own.headers.add("X-ClickHouse-User", "k");
  own.headers.add("X-ClickHouse-Key", "v");
  EXPECT_EQ(parse_query_request(own, "")->credentials.user, "k");
  auto bearer = make("/");
  bearer.headers.add("Authorization", "Bearer x");
  EXPECT_EQ(parse_query_request(bearer, "").error().code, kAuthenticationFailed);
}

TEST(QueryRequestTest, Codings) {
  auto request = make("/");
  request.headers.add("Content-Encoding", "lz4");
  request.headers.add("Accept-Encoding", "gzip");
  EXPECT_EQ(parse_query_request(request, "")->body_coding, ContentCoding::kLz4);
  EXPECT_EQ(parse_query_request(request, "")->answer_coding, ContentCoding::kGzip);
  request.headers.set("Content-Encoding", "br");
  EXPECT_EQ(http_status_of(parse_query_request(request, "").error().code), 400U);
}

TEST(EngineErrorTest, ReadsTheNumber) {
  const auto error = engine_error("Code: 60. DB::Exception: no table. (UNKNOWN_TABLE)");
  EXPECT_EQ(error.code, 60);
  EXPECT_EQ(http_status_of(error.code), 404U);
  EXPECT_EQ(engine_error("something else").code, 1001);
  EXPECT_TRUE(engine_error("something else").text.starts_with("Code: 1001. DB::Exception: "));
}

}  // namespace
}  // namespace weir::store
