#include "server/config.h"

#include <gtest/gtest.h>

namespace weir::server {
namespace {

TEST(ConfigTest, ReadsEveryKey) {
  const auto config = parse_config(
      "endpoints:\n  kafka:9092: embedded\n  clickhouse:8123: 10.0.0.5:8123\n"
      "ports:\n  kafka: 0\n  clickhouse: 18123\n"
      "topics:\n  orders:\n    partitions: 6\n  clicks:\n"
      "defaults:\n  partitions: 3\n  durability: os\n",
      "weir.yaml");
  ASSERT_TRUE(config.has_value()) << config.error().to_string();
  EXPECT_EQ(config->endpoints.at("kafka:9092"), kEmbedded);
  EXPECT_EQ(config->endpoints.at("clickhouse:8123"), "10.0.0.5:8123");
  EXPECT_EQ(config->kafka_port, 0);
  EXPECT_EQ(config->clickhouse_port, 18123);
  EXPECT_EQ(config->topics.at("orders").partitions, 6);
  EXPECT_EQ(config->topics.at("clicks").partitions, 3);
  EXPECT_FALSE(config->fsync);
}

TEST(ConfigTest, AnEmptyFileIsTheDefaults) {
  const auto config = parse_config("", "weir.yaml");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->kafka_port, 9092);
  EXPECT_TRUE(config->fsync);
}

TEST(ConfigTest, MistakesHaveAPositionAndAHint) {
  const auto slip = parse_config("topics:\n  orders:\n    partition: 6\n", "weir.yaml");
  ASSERT_FALSE(slip.has_value());
  EXPECT_EQ(slip.error().to_string(),
            "weir.yaml:3:5: error: topics.orders knows no \"partition\"\n"
            "hint: did you mean \"partitions\"?");
  const auto range = parse_config("ports:\n  kafka: 70000\n", "weir.yaml");
  ASSERT_FALSE(range.has_value());
  EXPECT_EQ(range.error().to_string(),
            "weir.yaml:2:10: error: ports.kafka must be a whole number from 0 to 65535");
  const auto endpoint = parse_config("endpoints:\n  kafka:9092: here:there\n", "weir.yaml");
  ASSERT_FALSE(endpoint.has_value());
  EXPECT_EQ(endpoint.error().to_string(),
            "weir.yaml:2:15: error: cannot map endpoint \"kafka:9092\" to \"here:there\"\n"
            "hint: write  host:port: embedded  or  host:port: other-host:port");
  EXPECT_FALSE(parse_config("a: [1\n", "weir.yaml").has_value());
  EXPECT_FALSE(parse_config("just text", "weir.yaml").has_value());
}

}  // namespace
}  // namespace weir::server
