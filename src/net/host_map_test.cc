#include "net/host_map.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>

namespace weir::net {
namespace {

std::string resolve(const char* host, const char* port) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host, port, &hints, &found) != 0) return "none";
  const auto* address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &address->sin_addr, text, sizeof(text));
  const std::string out = fmt::format("{}:{}", text, ntohs(address->sin_port));
  ::freeaddrinfo(found);
  return out;
}

TEST(HostMapTest, MapsNamesAndPorts) {
  set_host_map({*parse_host_mapping("kafka:9092=127.0.0.1:41234"),
                *parse_host_mapping("kafka=127.0.0.2"), *parse_host_mapping("db=127.0.0.3:5")});
  EXPECT_EQ(resolve("kafka", "9092"), "127.0.0.1:41234");
  EXPECT_EQ(resolve("KAFKA", "9092"), "127.0.0.1:41234");
  EXPECT_EQ(resolve("kafka", "9093"), "127.0.0.2:9093");
  EXPECT_EQ(resolve("db", "77"), "127.0.0.3:5");
  EXPECT_EQ(resolve("127.0.0.9", "77"), "127.0.0.9:77");
  set_host_map({});
  EXPECT_EQ(resolve("127.0.0.1", "9092"), "127.0.0.1:9092");
}

TEST(HostMapTest, Parses) {
  for (const auto* text : {"kafka:9092=127.0.0.1:41234", "a=b", "a:1=b", "x=[::1]:5"}) {
    const auto mapping = parse_host_mapping(text);
    ASSERT_TRUE(mapping.has_value()) << text;
    EXPECT_EQ(to_string(*mapping), text);
  }
  for (const auto* text : {"", "a", "a:b=c", "a:0=c", "=c", "a=", "a:70000=b", "a=[::1", "::1=x",
                           "a b=c", "a=b\n", "a]:1=b", "[a]b]:1=c"}) {
    EXPECT_FALSE(parse_host_mapping(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace weir::net
