#include "net/http_text.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

TEST(HttpText, DecodesTargets) {
  std::string path;
  QueryParams query;
  parse_target("/a%20b/+?query=SELECT+%271%27%2B2&x&=v&y=", path, query);
  EXPECT_EQ(path, "/a b/+");
  EXPECT_EQ(query_param(query, "query"), "SELECT '1'+2");
  EXPECT_TRUE(has_query_param(query, "x"));
  EXPECT_FALSE(has_query_param(query, "z"));
  parse_target("http://localhost:1/p?a=b#frag", path, query);
  EXPECT_EQ(path, "/p");
  EXPECT_EQ(query_param(query, "a"), "b");
  parse_target("http://localhost:1", path, query);
  EXPECT_EQ(path, "/");
}

TEST(HttpText, KeepsMalformedEscapes) {
  EXPECT_EQ(percent_decode("100%", false), "100%");
  EXPECT_EQ(percent_decode("%4", false), "%4");
  EXPECT_EQ(percent_decode("%zz%41", false), "%zzA");
}

TEST(HttpText, Base64) {
  // The vectors of RFC 4648, section 10.
  for (const auto& [plain, coded] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64_encode(plain), coded);
    EXPECT_EQ(base64_decode(coded).value(), plain);
  }
  EXPECT_FALSE(base64_decode("Zg=").has_value());
  EXPECT_FALSE(base64_decode("Zg=v").has_value());
  EXPECT_FALSE(base64_decode("Z===").has_value());
  EXPECT_FALSE(base64_decode("Zg==Zg==").has_value());
}

TEST(HttpText, BasicAuthorization) {
  const auto pair = parse_basic_authorization("basic " + base64_encode("user:pa:ss"));
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->first, "user");
  EXPECT_EQ(pair->second, "pa:ss");
  EXPECT_FALSE(parse_basic_authorization("Bearer x").has_value());
  EXPECT_FALSE(parse_basic_authorization("Basic " + base64_encode("nocolon")).has_value());
}

TEST(HttpText, RefusesForeignHosts) {
  for (const auto* host : {"localhost", "LOCALHOST:8123", "127.0.0.1:1", "127.9.9.9", "[::1]:80"}) {
    EXPECT_TRUE(host_is_allowed(host_of_authority(host), {})) << host;
  }
  for (const auto* host : {"evil.com", "127.0.0.1.evil.com", "localhost.evil.com:80", "",
                           "evil.com@localhost", "[::1", "a:b:c"}) {
    EXPECT_FALSE(host_is_allowed(host_of_authority(host), {})) << host;
  }
  EXPECT_TRUE(host_is_allowed("clickhouse", {"ClickHouse"}));
  EXPECT_TRUE(host_is_allowed("anything", {"*"}));
  EXPECT_TRUE(origin_is_allowed("http://localhost:3000", {}));
  EXPECT_FALSE(origin_is_allowed("null", {}));
  EXPECT_FALSE(origin_is_allowed("http://evil.com", {}));
  EXPECT_FALSE(origin_is_allowed("http://localhost.evil.com", {}));
}

TEST(HttpHeadersTest, CompareWithoutCase) {
  HttpHeaders headers;
  headers.add("Content-Type", "a");
  headers.add("content-type", "b");
  EXPECT_EQ(headers.get("CONTENT-TYPE"), "a");
  headers.set("CONTENT-type", "c");
  EXPECT_EQ(headers.all().size(), 1U);
  EXPECT_EQ(headers.get("content-type"), "c");
  EXPECT_FALSE(headers.has("x"));
}

}  // namespace
}  // namespace weir::net
