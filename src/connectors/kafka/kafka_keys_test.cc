// Records with keys: columns that lie in the key, in the value, or in both.
#include <gmock/gmock.h>

#include "broker/broker.h"
#include "connectors/kafka/kafka.h"
#include "connectors/test_tables.h"
#include "kafka/record_builder.h"
#include "types/builder.h"

namespace weir::connectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using types::LogicalType;
using Options = std::vector<std::pair<std::string, std::string>>;

class KafkaKeysTest : public testing::Test {
 protected:
  KafkaKeysTest() {
    broker::BrokerOptions options;
    options.data_dir = join_path(folder_.path(), "broker");
    options.durability = broker::Durability::kOs;
    broker_ = std::move(broker::Broker::open(world_.context, options)).value();
    Environment environment = test_environment();
    environment.broker = broker_.get();
    factory_ = std::make_unique<Factory>(std::move(environment));
  }

  static sql::TableRef table(Options options) {
    options.emplace_back("connector", "kafka");
    options.emplace_back("topic", "t");
    options.emplace_back("properties.bootstrap.servers", "kafka:9092");
    options.emplace_back("scan.startup.mode", "earliest-offset");
    options.emplace_back("value.format", "json");
    options.emplace_back("key.format", "json");
    return make_table({{"k_id", LogicalType::integer()}, {"name", LogicalType::string()}}, options);
  }

  void produce(std::vector<std::pair<std::string, std::string>> records) {
    ASSERT_TRUE(broker_->get_or_create_topic("t").has_value());
    kafka::RecordBatchBuilder builder;
    const auto text = [](const std::string& from) {
      return from == "null" ? std::string_view() : std::string_view(from);
    };
    for (const auto& [key, value] : records) builder.add(1, text(key), text(value));
    const auto batch = builder.finish().value();
    ASSERT_TRUE(broker_->find_partition("t", 0)->append_and_wait(batch->bytes()).has_value());
  }

  std::vector<std::string> read(Options options, std::vector<exec::BadRecord>* bad = nullptr) {
    const auto scan = scan_of(table(std::move(options)));
    auto made = factory_->make_source(scan, world_.settings, world_.context);
    EXPECT_TRUE(made.has_value()) << (made.has_value() ? "" : made.error().to_string());
    exec::ReaderContext context{world_.context, world_.settings, 0, world_.waker};
    const auto split = (*made)->discover().value().at(0);
    auto reader = (*made)->open(split, {}, context).value();
    return drain(*reader, 4096, bad);
  }

  std::string failure(Options options) {
    const auto scan = scan_of(table(std::move(options)));
    const auto made = factory_->make_source(scan, world_.settings, world_.context);
    return made.has_value() ? std::string() : made.error().to_string();
  }

  TestFolder folder_;
  TestWorld world_;
  std::unique_ptr<broker::Broker> broker_;
  std::unique_ptr<Factory> factory_;
};

Options except_key() {
  return {
      {"key.fields", "k_id"}, {"key.fields-prefix", "k_"}, {"value.fields-include", "EXCEPT_KEY"}};
}

TEST_F(KafkaKeysTest, ColumnsOfTheKeyAndOfTheValueMeet) {
  produce({{R"({"id":1})", R"({"name":"a"})"}, {R"({"id":2})", R"({"name":"b"})"}});
  EXPECT_THAT(read(except_key()), ElementsAre("1, a", "2, b"));
}

TEST_F(KafkaKeysTest, ARowNeedsBoth) {
  produce({{R"({"id":1})", R"({"name":"a"})"},
           {"null", R"({"name":"no key"})"},
           {R"({"id":3})", "null"},
           {"nonsense", R"({"name":"bad key"})"},
           {R"({"id":5})", "bad value"},
           {R"({"id":6})", R"({"name":"f"})"}});
  std::vector<exec::BadRecord> bad;
  EXPECT_THAT(read(except_key(), &bad), ElementsAre("1, a", "6, f"));
  ASSERT_EQ(bad.size(), 3U);
  std::ranges::sort(bad, {}, &exec::BadRecord::offset);
  EXPECT_EQ(bad[0].offset, 1);
  EXPECT_TRUE(bad[0].ignored);  // Flink leaves it out too
  EXPECT_EQ(bad[1].offset, 3);
  EXPECT_THAT(bad[1].reason, HasSubstr("the key"));
  EXPECT_FALSE(bad[1].ignored);
  EXPECT_EQ(bad[2].offset, 4);
  EXPECT_EQ(bad[2].raw, "bad value");
}

TEST_F(KafkaKeysTest, WhatLiesInBothComesFromTheValue) {
  produce({{R"({"k_id":1})", R"({"k_id":7,"name":"a"})"}, {"null", R"({"k_id":8})"}});
  EXPECT_THAT(read({{"key.fields", "k_id"}}), ElementsAre("7, a"));
}

TEST_F(KafkaKeysTest, TheSinkWritesKeysAndChoosesPartitionsByThem) {
  ASSERT_TRUE(broker_->create_topic("t", 4, {}).has_value());
  plan::SinkNode node{table(except_key())};
  auto sink = factory_->make_sink(node, world_.settings, world_.context).value();
  auto writer = std::move(sink->make_writer(world_.sink_context("run"))).value();
  types::Values<int32_t> ids(8);
  for (uint32_t at = 0; at < 8; ++at) ids[at] = static_cast<int32_t>(at % 4);
  types::Batch::Parts parts;
  parts.rows = 8;
  parts.columns = {types::finish_column(LogicalType::integer(), 8, std::move(ids).take()),
                   types::make_constant(LogicalType::string(), std::string("n"), 8)};
  ASSERT_TRUE(writer->write(types::Batch::make(std::move(parts))).has_value());
  ASSERT_TRUE(writer->prepare(1).has_value());
  int64_t total = 0;
  for (int32_t partition = 0; partition < 4; ++partition) {
    const auto end = broker_->find_partition("t", partition)->offsets().high_watermark;
    EXPECT_EQ(end % 2, 0) << "equal keys in one partition";
    total += end;
  }
  EXPECT_EQ(total, 8);
  const auto scan = scan_of(table(except_key()));
  auto source = factory_->make_source(scan, world_.settings, world_.context).value();
  exec::ReaderContext context{world_.context, world_.settings, 0, world_.waker};
  std::vector<std::string> rows;
  const auto splits = source->discover().value();
  for (const auto& split : splits) {
    auto reader = source->open(split, {}, context).value();
    for (auto& row : drain(*reader)) rows.push_back(std::move(row));
  }
  std::ranges::sort(rows);
  EXPECT_THAT(rows, ElementsAre("0, n", "0, n", "1, n", "1, n", "2, n", "2, n", "3, n", "3, n"));
}

TEST_F(KafkaKeysTest, MistakesAreNamed) {
  EXPECT_THAT(failure({}), HasSubstr("requires the declaration of one or more of key fields"));
  EXPECT_THAT(failure({{"key.fields", "k_idd"}}), HasSubstr("k_id"));
  EXPECT_THAT(failure({{"key.fields", "k_id"}, {"key.fields-prefix", "k_"}}),
              HasSubstr("EXCEPT_KEY"));
  EXPECT_THAT(failure({{"key.fields", "name"},
                       {"key.fields-prefix", "k_"},
                       {"value.fields-include", "EXCEPT_KEY"}}),
              HasSubstr("must be prefixed"));
}

}  // namespace
}  // namespace weir::connectors
