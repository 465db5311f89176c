#include "connectors/reject_topics.h"

#include <gmock/gmock.h>

#include "broker/broker.h"
#include "connectors/test_tables.h"
#include "kafka/record_reader.h"

namespace weir::connectors {
namespace {

exec::Reject reject_of(exec::RejectKind kind, std::string_view raw, const exec::SplitInfo& split) {
  exec::Reject reject;
  reject.kind = kind;
  reject.reason = "no JSON";
  reject.operator_name = "Scan";
  reject.split = &split;
  reject.offset = 42;
  reject.raw = raw;
  reject.wall_ms = 1000;
  return reject;
}

TEST(RejectTopics, TellWhatIsKnown) {
  const exec::SplitInfo split{"orders-3", "orders", 3, 0};
  auto reject = reject_of(exec::RejectKind::kBad, "a \"b\"", split);
  EXPECT_EQ(reject_json(reject, "job"),
            R"({"time":"1970-01-01T00:00:01.000Z","job":"job","operator":"Scan",)"
            R"("reason":"no JSON","topic":"orders","partition":3,"offset":42,"raw":"a \"b\""})");
  reject.raw = "\xff";
  EXPECT_THAT(reject_json(reject, "job"), testing::HasSubstr(R"("raw_base64":"/w==")"));
  reject.watermark_ms = 2000;
  EXPECT_THAT(reject_json(reject, "job"),
              testing::HasSubstr(R"("watermark":"1970-01-01T00:00:02.000Z")"));
  const std::string huge(size_t{1} << 20U, '\x01');
  reject.raw = huge;
  const auto cut = reject_json(reject, "job");
  EXPECT_THAT(cut, testing::HasSubstr(R"("raw_size":1048576)"));
  EXPECT_LT(cut.size(), size_t{2} << 20U);
}

TEST(RejectTopics, DeliverOnceToTheirTopics) {
  TestWorld world;
  TestFolder folder;
  broker::BrokerOptions options;
  options.data_dir = join_path(folder.path(), "broker");
  options.durability = broker::Durability::kOs;
  const auto broker = std::move(broker::Broker::open(world.context, options)).value();
  const auto sink = std::move(make_reject_topics(*broker, "job")).value();
  auto writer = std::move(sink->make_writer(world.sink_context("run-a"))).value();
  auto committer =
      std::move(sink->make_committer({world.context, world.settings, "rejects", "run-a", 1}))
          .value();
  EXPECT_TRUE(writer->prepare(1).value().empty());

  const exec::SplitInfo split{"orders-3", "orders", 3, 0};
  ASSERT_TRUE(writer->add(reject_of(exec::RejectKind::kBad, "one", split)).has_value());
  ASSERT_TRUE(writer->add(reject_of(exec::RejectKind::kBad, "two", split)).has_value());
  ASSERT_TRUE(writer->add(reject_of(exec::RejectKind::kLate, "late", split)).has_value());
  const auto staged = writer->prepare(2).value();
  EXPECT_EQ(staged.rows, 3U);
  exec::DeliveredPart part{0, staged.handle, staged.rows, {}};
  for (const auto& file : staged.files) {
    std::string content;
    for (const auto& buffer : file.content) content.append(buffer->text());
    const std::string path = join_path(folder.path(), std::to_string(part.files.size()));
    ASSERT_TRUE(write_file_atomic(system_env(), path, content).has_value());
    part.files.push_back({file.name, path, 0, content.size()});
  }
  for (int time = 0; time < 2; ++time) {
    ASSERT_TRUE(committer->deliver({"run-a", 2, {part}}).has_value());
  }
  const auto dead = broker->find_partition(kDeadLetterTopic, 0);
  EXPECT_EQ(dead->offsets().high_watermark, 2);
  EXPECT_EQ(broker->find_partition(kLateRowTopic, 0)->offsets().high_watermark, 1);

  const auto read = dead->read(0, 1 << 20U).value();
  kafka::RecordColumns records;
  kafka::RecordReader reader;
  const auto header = kafka::RecordBatchHeader::read(read.records).value();
  ASSERT_TRUE(reader.append(header, read.records, read.buffer, records).has_value());
  EXPECT_THAT(records.values[1], testing::HasSubstr(R"("raw":"two")"));
}

}  // namespace
}  // namespace weir::connectors
