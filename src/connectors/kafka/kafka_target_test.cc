#include "connectors/kafka/kafka_target.h"

#include <gmock/gmock.h>

#include "broker/broker.h"
#include "connectors/kafka/kafka.h"
#include "connectors/test_tables.h"

namespace weir::connectors {
namespace {

class KafkaTargetTest : public testing::Test {
 protected:
  KafkaTargetTest() {
    broker::BrokerOptions options;
    options.data_dir = join_path(folder_.path(), "broker");
    options.durability = broker::Durability::kOs;
    broker_ = std::move(broker::Broker::open(world_.context, options)).value();
    environment_ = test_environment();
    environment_.broker = broker_.get();
  }

  // "embedded", the servers, or the error.
  std::string target(const std::string& servers) {
    const auto table = make_table({}, {{"properties.bootstrap.servers", servers}});
    const TableOptions options(*table, kafka_connector().info);
    const auto found = find_target(environment_, options);
    if (!found.has_value()) return found.error().to_string();
    return found->embedded ? "embedded" : found->servers;
  }

  TestFolder folder_;
  TestWorld world_;
  std::unique_ptr<broker::Broker> broker_;
  Environment environment_;
};

TEST_F(KafkaTargetTest, NamesOfComposeFilesAreTheEmbeddedBroker) {
  EXPECT_EQ(target("kafka:9092"), "embedded");
  EXPECT_EQ(target("redpanda:9092, kafka:9092"), "embedded");
  EXPECT_EQ(target("kafka:29092"), "kafka:29092");
  EXPECT_EQ(target("kafka.example.org:9092"), "kafka.example.org:9092");
}

TEST_F(KafkaTargetTest, WithoutAnEmbeddedBrokerAllIsOutside) {
  environment_.broker = nullptr;
  EXPECT_EQ(target("kafka:9092"), "kafka:9092");
  environment_.endpoints["kafka:9092"] = "embedded";
  EXPECT_THAT(target("kafka:9092"), testing::HasSubstr("no broker runs here"));
}

TEST_F(KafkaTargetTest, EndpointsComeFirst) {
  environment_.endpoints["kafka:9092"] = "10.0.0.1:19092";
  environment_.endpoints["other"] = "10.0.0.2";
  environment_.endpoints["mine:1"] = "embedded";
  EXPECT_EQ(target("kafka:9092"), "10.0.0.1:19092");
  EXPECT_EQ(target("other:9093,kafka:9092"), "10.0.0.2:9093,10.0.0.1:19092");
  EXPECT_EQ(target("mine:1"), "embedded");
}

TEST_F(KafkaTargetTest, MistakesAreNamed) {
  EXPECT_THAT(target("kafka.example.org"), testing::HasSubstr("host:port"));
  EXPECT_THAT(target("a:b"), testing::HasSubstr("host:port"));
  EXPECT_THAT(target(" , "), testing::HasSubstr("names no server"));
}

}  // namespace
}  // namespace weir::connectors
