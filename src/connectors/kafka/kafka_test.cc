#include "connectors/kafka/kafka.h"

#include <gmock/gmock.h>

#include "broker/broker.h"
#include "broker/groups/coordinator.h"
#include "connectors/test_tables.h"
#include "kafka/record_builder.h"
#include "types/builder.h"

namespace weir::connectors {
namespace {

using exec::ReaderStart;
using plan::ScanColumn;
using types::LogicalType;

class KafkaTest : public testing::Test {
 protected:
  KafkaTest() {
    broker::BrokerOptions options;
    options.data_dir = join_path(folder_.path(), "broker");
    options.durability = broker::Durability::kOs;
    broker_ = std::move(broker::Broker::open(world_.context, options)).value();
    Environment environment = test_environment();
    environment.broker = broker_.get();
    environment.endpoints["real:9092"] = "10.0.0.1:9092";
    factory_ = std::make_unique<Factory>(std::move(environment));
  }

  void produce(const std::string& topic, std::vector<std::string> values,
               kafka::Compression compression = kafka::Compression::kNone, int32_t partition = 0) {
    ASSERT_TRUE(broker_->get_or_create_topic(topic).has_value());
    kafka::BatchOptions options;
    options.compression = compression;
    kafka::RecordBatchBuilder builder(options);
    for (const auto& value : values) {
      const std::vector<kafka::RecordHeader> headers = {{"h", "v"}};
      builder.add(1000, {}, value == "null" ? std::string_view{} : std::string_view(value),
                  headers);
    }
    const auto batch = builder.finish().value();
    ASSERT_TRUE(
        broker_->find_partition(topic, partition)->append_and_wait(batch->bytes()).has_value());
  }

  using Options = std::vector<std::pair<std::string, std::string>>;
  static sql::TableRef table(Options options) {
    options.emplace_back("connector", "kafka");
    if (std::ranges::none_of(options, [](const auto& entry) {
          return entry.first == "properties.bootstrap.servers";
        })) {
      options.emplace_back("properties.bootstrap.servers", "kafka:9092");
    }
    options.emplace_back("format", "json");
    return make_table({{"id", LogicalType::integer()}}, options);
  }

  Result<std::unique_ptr<exec::Source>> source(Options options, std::vector<ScanColumn> more = {}) {
    scan_ = scan_of(table(std::move(options)));
    for (auto& column : more) scan_.columns.push_back(std::move(column));
    return factory_->make_source(scan_, world_.settings, world_.context);
  }

  std::unique_ptr<exec::SplitReader> open(exec::Source& source, const exec::SplitInfo& split,
                                          const ReaderStart& start = {}) {
    exec::ReaderContext context{world_.context, world_.settings, 0, world_.waker};
    auto reader = source.open(split, start, context);
    EXPECT_TRUE(reader.has_value()) << (reader.has_value() ? "" : reader.error().to_string());
    return std::move(reader).value();
  }

  std::vector<std::string> read_all(Options options, std::vector<ScanColumn> more = {}) {
    options.emplace_back("scan.startup.mode", "earliest-offset");
    auto made = source(std::move(options), std::move(more));
    EXPECT_TRUE(made.has_value()) << (made.has_value() ? "" : made.error().to_string());
    std::vector<std::string> rows;
    const auto splits = (*made)->discover().value();
    for (const auto& split : splits) {
      for (auto& row : drain(*open(**made, split))) rows.push_back(std::move(row));
    }
    return rows;
  }

  std::unique_ptr<exec::Sink> sink(Options options) {
    sink_node_.table = table(std::move(options));
    auto made = factory_->make_sink(sink_node_, world_.settings, world_.context);
    EXPECT_TRUE(made.has_value()) << (made.has_value() ? "" : made.error().to_string());
    return std::move(made).value();
  }

  static types::BatchRef numbers(int32_t first, uint32_t count) {
    types::Values<int32_t> ids(count);
    for (uint32_t at = 0; at < count; ++at) ids[at] = first + static_cast<int32_t>(at);
    types::Batch::Parts parts;
    parts.rows = count;
    parts.columns = {types::finish_column(LogicalType::integer(), count, std::move(ids).take())};
    return types::Batch::make(std::move(parts));
  }

  // Writes the staged bytes where a checkpoint would and names them.
  exec::Delivery stage(const exec::StagedOutput& staged, uint64_t epoch) {
    exec::DeliveredPart part{0, staged.handle, staged.rows, {}};
    for (const auto& file : staged.files) {
      std::string content;
      for (const auto& buffer : file.content) content.append(buffer->text());
      const std::string path = join_path(
          folder_.path(), std::to_string(epoch) + "-" + std::to_string(part.files.size()));
      EXPECT_TRUE(write_file_atomic(system_env(), path, content).has_value());
      part.files.push_back({file.name, path, 0, content.size()});
    }
    return {"run-a", epoch, {part}};
  }

  TestFolder folder_;
  TestWorld world_;
  std::unique_ptr<broker::Broker> broker_;
  std::unique_ptr<Factory> factory_;
  plan::ScanNode scan_;
  plan::SinkNode sink_node_;
};

TEST_F(KafkaTest, ReadsTopicsByPatternWithTheirMetadata) {
  produce("clicks", {R"({"id":1})", "null", R"({"id":2})"});
  produce("orders", {R"({"id":3})"}, kafka::Compression::kZstd);
  produce("orders_old", {R"({"id":4})"});
  const auto kMeta = ScanColumn::Kind::kMetadata;
  const auto headers = LogicalType::map(LogicalType::string(), LogicalType::bytes());
  EXPECT_EQ(
      read_all({{"topic-pattern", "clicks|orders"}},
               {{kMeta, "topic", LogicalType::string()},
                {kMeta, "partition", LogicalType::integer()},
                {kMeta, "offset", LogicalType::bigint()},
                {kMeta, "timestamp", LogicalType::timestamp_ltz(3)},
                {kMeta, "timestamp-type", LogicalType::string()},
                {kMeta, "headers", headers}}),
      (std::vector<std::string>{"1, clicks, 0, 0, 1970-01-01T00:00:01Z, CreateTime, {h=[118]}",
                                "2, clicks, 0, 2, 1970-01-01T00:00:01Z, CreateTime, {h=[118]}",
                                "3, orders, 0, 0, 1970-01-01T00:00:01Z, CreateTime, {h=[118]}"}));
}

TEST_F(KafkaTest, GoesOnInTheMiddleOfARecordBatch) {
  produce("t", {R"({"id":1})", R"({"id":2})", R"({"id":3})"});
  produce("t", {R"({"id":4})"});
  auto made = source({{"topic", "t"}, {"scan.startup.mode", "earliest-offset"}}).value();
  const auto split = made->discover().value().at(0);
  auto reader = open(*made, split);
  auto poll = reader->poll(2);
  ASSERT_TRUE(poll.has_value());
  EXPECT_EQ(poll->batch->rows(), 2U);
  EXPECT_FALSE(poll->at_end);
  EXPECT_EQ(reader->position(), "2");
  EXPECT_EQ(reader->lag(), 2);
  auto again = open(*made, split, {ReaderStart::Kind::kResume, reader->position()});
  EXPECT_EQ(drain(*again, 1), (std::vector<std::string>{"3", "4"}));
  EXPECT_EQ(again->position(), "4");
}

TEST_F(KafkaTest, WakesTheLaneWhenRecordsCome) {
  auto made = source({{"topic", "t"}, {"scan.startup.mode", "latest-offset"}}).value();
  auto reader = open(*made, made->discover().value().at(0));
  auto poll = reader->poll(10);
  ASSERT_TRUE(poll.has_value());
  EXPECT_TRUE(poll->at_end);
  EXPECT_FALSE(poll->retry_after_ms.has_value());
  (void)world_.waker.consume();
  produce("t", {R"({"id":1})"});
  EXPECT_TRUE(world_.waker.wait(5'000'000'000));
  EXPECT_EQ(drain(*reader), (std::vector<std::string>{"1"}));
}

TEST_F(KafkaTest, StartsAndEndsWhereTheModesSay) {
  produce("t", {R"({"id":0})", R"({"id":1})", R"({"id":2})", R"({"id":3})"});
  auto made = source({{"topic", "t"},
                      {"scan.startup.mode", "specific-offsets"},
                      {"scan.startup.specific-offsets", "partition:0,offset:1"},
                      {"scan.bounded.mode", "specific-offsets"},
                      {"scan.bounded.specific-offsets", "partition:0,offset:3"}})
                  .value();
  EXPECT_TRUE(made->traits().bounded);
  const auto split = made->discover().value().at(0);
  EXPECT_EQ(drain(*open(*made, split)), (std::vector<std::string>{"1", "2"}));
  auto last = source({{"topic", "t"},
                      {"scan.startup.mode", "earliest-offset"},
                      {"scan.bounded.mode", "latest-offset"}})
                  .value();
  auto reader = open(*last, split);
  produce("t", {R"({"id":4})"});
  EXPECT_EQ(drain(*reader).size(), 4U);
}

TEST_F(KafkaTest, CommitsTheGroupsOffsetAtCheckpoints) {
  produce("t", {R"({"id":0})", R"({"id":1})"});
  auto made = source({{"topic", "t"}, {"properties.group.id", "g"}}).value();
  auto reader = open(*made, made->discover().value().at(0));
  EXPECT_EQ(drain(*reader).size(), 2U);
  reader->on_checkpoint(1, reader->position());
  const auto deadline = system_clock().monotonic_ms() + 5000;
  while (broker_->groups().committed("g").empty() && system_clock().monotonic_ms() < deadline) {
    system_clock().sleep_ns(1'000'000);
  }
  const auto committed = broker_->groups().committed("g");
  ASSERT_TRUE(committed.contains("t"));
  EXPECT_EQ(committed.at("t").at(0).offset, 2);
  // A new job of the same group starts there.
  produce("t", {R"({"id":2})"});
  auto next = source({{"topic", "t"}, {"properties.group.id", "g"}}).value();
  EXPECT_EQ(drain(*open(*next, next->discover().value().at(0))), (std::vector<std::string>{"2"}));
}

TEST_F(KafkaTest, KeepsBadRecordsWithTheirOffset) {
  produce("t", {R"({"id":0})", "nonsense", R"({"id":2})"});
  auto made = source({{"topic", "t"}, {"scan.startup.mode", "earliest-offset"}}).value();
  std::vector<exec::BadRecord> bad;
  EXPECT_EQ(drain(*open(*made, made->discover().value().at(0)), 4096, &bad).size(), 2U);
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].offset, 1);
  EXPECT_EQ(bad[0].raw, "nonsense");
}

TEST_F(KafkaTest, WritesAtLeastOnceAndIsDurableAtTheBarrier) {
  auto made = sink({{"topic", "out"}, {"properties.compression.type", "lz4"}});
  EXPECT_EQ(made->guarantee(), exec::DeliveryGuarantee::kAtLeastOnce);
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  ASSERT_TRUE(writer->write(numbers(0, 3)).has_value());
  EXPECT_TRUE(writer->prepare(1).value().empty());
  EXPECT_EQ(read_all({{"topic", "out"}}), (std::vector<std::string>{"0", "1", "2"}));
}

TEST_F(KafkaTest, DealsToAllPartitions) {
  ASSERT_TRUE(broker_->create_topic("out", 3, {}).has_value());
  auto made = sink({{"topic", "out"}, {"sink.partitioner", "round-robin"}});
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  ASSERT_TRUE(writer->write(numbers(0, 30)).has_value());
  ASSERT_TRUE(writer->prepare(1).has_value());
  for (int32_t partition = 0; partition < 3; ++partition) {
    EXPECT_EQ(broker_->find_partition("out", partition)->offsets().high_watermark, 10);
  }
}

TEST_F(KafkaTest, ExactlyOnceIsVisibleOnceDeliveredHoweverOften) {
  auto made = sink({{"topic", "out"}, {"sink.delivery-guarantee", "exactly-once"}});
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  auto committer =
      std::move(made->make_committer({world_.context, world_.settings, "sink-1", "run-a", 1}))
          .value();
  // More batches than the broker remembers of a producer.
  constexpr int32_t kBatches = 60;
  constexpr uint32_t kRows = 4096;
  for (int32_t at = 0; at < kBatches; ++at) {
    ASSERT_TRUE(writer->write(numbers(at * int32_t{kRows}, kRows)).has_value());
  }
  const auto first = stage(writer->prepare(1).value(), 1);
  ASSERT_TRUE(writer->write(numbers(-1, 1)).has_value());
  const auto second = stage(writer->prepare(2).value(), 2);
  EXPECT_EQ(broker_->find_partition("out", 0)->offsets().end, 0);

  ASSERT_TRUE(committer->deliver(first).has_value());
  constexpr int64_t kAll = int64_t{kBatches} * kRows;
  EXPECT_EQ(broker_->find_partition("out", 0)->offsets().high_watermark, kAll);
  ASSERT_TRUE(committer->deliver(first).has_value());
  ASSERT_TRUE(committer->deliver(second).has_value());
  ASSERT_TRUE(committer->deliver(first).has_value());
  ASSERT_TRUE(committer->deliver(second).has_value());
  EXPECT_EQ(broker_->find_partition("out", 0)->offsets().high_watermark, kAll + 1);
}

TEST_F(KafkaTest, AHalfDeliveredEpochIsCompleted) {
  auto made = sink({{"topic", "out"}, {"sink.delivery-guarantee", "exactly-once"}});
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  for (int32_t at = 0; at < 60; ++at) {
    ASSERT_TRUE(writer->write(numbers(at * 4096, 4096)).has_value());
  }
  const auto staged = stage(writer->prepare(1).value(), 1);
  const auto bytes = exec::read_staged(system_env(), staged.parts[0].files[0]).value();
  auto rest = bytes->bytes();
  size_t batches = 0;
  while (!rest.empty()) {
    rest = rest.subspan(kafka::batch_size(rest).value());
    ++batches;
  }
  ASSERT_GT(batches, 8U);  // beyond what the broker remembers
  const auto partition = broker_->find_partition("out", 0);
  rest = bytes->bytes();
  for (size_t at = 0; at + 1 < batches; ++at) {
    const size_t size = kafka::batch_size(rest).value();
    ASSERT_TRUE(partition->append_and_wait(rest.first(size)).has_value());
    rest = rest.subspan(size);
  }
  auto committer =
      std::move(made->make_committer({world_.context, world_.settings, "sink-1", "run-a", 1}))
          .value();
  ASSERT_TRUE(committer->deliver(staged).has_value());
  EXPECT_EQ(partition->offsets().high_watermark, 60 * 4096);
  const auto rows = read_all({{"topic", "out"}});
  for (size_t at = 0; at < rows.size(); ++at) ASSERT_EQ(rows[at], std::to_string(at));
}

TEST_F(KafkaTest, MistakesAreNamed) {
  const auto message = [&](Options options) {
    const auto made = source(std::move(options));
    return made.has_value() ? std::string() : made.error().to_string();
  };
  EXPECT_THAT(message({}), testing::HasSubstr("topic-pattern"));
  EXPECT_THAT(message({{"topic-pattern", "("}}), testing::HasSubstr("topic-pattern"));
  EXPECT_THAT(message({{"topic", "t"}, {"scan.startup.mode", "timestamp"}}),
              testing::HasSubstr("scan.startup.timestamp-millis"));
  EXPECT_THAT(message({{"topic", "t"},
                       {"scan.startup.mode", "specific-offsets"},
                       {"scan.startup.specific-offsets", "0:1"}}),
              testing::HasSubstr("partition:0,offset:42"));
  EXPECT_THAT(message({{"topic", "t"}, {"properties.bootstrap.servers", "real"}}),
              testing::HasSubstr("host:port"));
}

}  // namespace
}  // namespace weir::connectors
