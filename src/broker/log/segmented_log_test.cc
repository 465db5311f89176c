#include "broker/log/segmented_log.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/bytes.h"
#include "kafka/record_builder.h"
#include "kafka/record_reader.h"

namespace weir::broker {
namespace {

using kafka::ApiError;

class SegmentedLogTest : public ::testing::Test {
 protected:
  SegmentedLogTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-log-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
  }
  ~SegmentedLogTest() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<SegmentedLog> open(TopicConfig config = {}, bool when_synced = false) {
    auto log = SegmentedLog::open(context_, {dir_, "t-0", config, when_synced});
    EXPECT_TRUE(log.has_value()) << log.error().to_string();
    return *std::move(log);
  }

  static BufferRef batch(int records, int64_t first_time_ms, kafka::BatchOptions options = {}) {
    kafka::RecordBatchBuilder builder(options);
    for (int i = 0; i < records; ++i) {
      builder.add(first_time_ms + i, "key", fmt::format("value {}", first_time_ms + i));
    }
    return *builder.finish();
  }
  static BufferRef produced(int64_t producer, int16_t epoch, int32_t sequence, int records = 1) {
    kafka::BatchOptions options;
    options.producer_id = producer;
    options.producer_epoch = epoch;
    options.base_sequence = sequence;
    return batch(records, 1000 + sequence, options);
  }

  // All records from `offset` on, as text.
  static std::vector<std::string> values(SegmentedLog& log, int64_t offset, size_t max_bytes) {
    std::vector<std::string> all;
    const int64_t end = log.offsets().high_watermark;
    while (offset < end) {
      const auto result = log.read(offset, max_bytes);
      EXPECT_TRUE(result.has_value()) << result.error().to_string();
      if (!result.has_value() || result->records.empty()) break;
      auto rest = result->records;
      kafka::RecordReader reader;
      kafka::RecordColumns records;
      while (!rest.empty()) {
        const auto header = kafka::RecordBatchHeader::read(rest);
        EXPECT_TRUE(header.has_value());
        EXPECT_TRUE(kafka::check_crc(rest.first(header->size())).has_value());
        EXPECT_TRUE(reader.append(*header, rest.first(header->size()), result->buffer, records)
                        .has_value());
        rest = rest.subspan(header->size());
      }
      for (size_t i = 0; i < records.size(); ++i) {
        if (records.offsets[i] < offset) continue;
        EXPECT_EQ(records.offsets[i], offset + static_cast<int64_t>(all.size() - counted_));
        all.emplace_back(records.values[i]);
      }
      counted_ = all.size();
      offset = result->next_offset;
    }
    counted_ = 0;
    return all;
  }

  static inline size_t counted_ = 0;
  std::string dir_;
  Metrics metrics_;
  ManualClock clock_{1'700'000'000'000'000};
  Context context_{
      .env = system_env(), .clock = clock_, .log = silent_logger(), .metrics = metrics_};
};

TEST_F(SegmentedLogTest, ReadsBackFromEveryOffsetAcrossSegments) {
  TopicConfig config;
  config.segment_bytes = 2000;
  auto log = open(config);
  for (int i = 0; i < 100; ++i) {
    const auto appended = log->append(batch(3, 1000 + i * 3)->bytes());
    ASSERT_EQ(appended.result.error, ApiError::kNone) << appended.result.message;
    EXPECT_EQ(appended.result.base_offset, i * 3);
  }
  for (const size_t max_bytes : {size_t{1}, size_t{150}, size_t{100'000}}) {
    for (int64_t offset = 0; offset < 300; offset += 7) {
      const auto read = values(*log, offset, max_bytes);
      ASSERT_EQ(read.size(), static_cast<size_t>(300 - offset));
      EXPECT_EQ(read.front(), fmt::format("value {}", 1000 + offset));
      EXPECT_EQ(read.back(), "value 1299");
    }
  }
  EXPECT_TRUE(log->read(300, 100)->records.empty());
  EXPECT_EQ(log->read(301, 100).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(log->offset_for_time(1100)->offset, 100);
  EXPECT_EQ(log->offset_for_time(2000)->offset, -1);
  EXPECT_EQ(log->offset_of_max_time()->offset, 299);
}

TEST_F(SegmentedLogTest, RecordsAreInvisibleUntilTheyAreSynced) {
  auto log = open({}, true);
  (void)log->append(batch(2, 1)->bytes());
  EXPECT_EQ(log->offsets().high_watermark, 0);
  EXPECT_EQ(log->offsets().end, 2);
  EXPECT_TRUE(log->read(0, 100)->records.empty());
  ASSERT_TRUE(log->sync().has_value());
  EXPECT_EQ(log->offsets().high_watermark, 2);
  EXPECT_EQ(values(*log, 0, 100).size(), 2U);
}

TEST_F(SegmentedLogTest, CutsATornTailAtEveryByte) {
  const auto last = batch(2, 5000);
  uint64_t whole = 0;
  {
    auto log = open();
    for (int i = 0; i < 5; ++i) (void)log->append(batch(2, 1000 + 2 * i)->bytes());
    whole = log->size_bytes();
    (void)log->append(last->bytes());
  }
  const std::string path = offset_path(dir_, 0, kLogSuffix);
  const std::string file = *read_file(system_env(), path);
  for (uint64_t size = whole; size < file.size(); ++size) {
    std::filesystem::resize_file(path, 0);
    {
      const auto out = *system_env().open_append(path);
      ASSERT_TRUE(out->append(std::as_bytes(std::span(file).first(size))).has_value());
    }
    auto log = open();
    EXPECT_EQ(log->offsets().end, 10);
    EXPECT_EQ(log->bytes_cut_at_open(), size - whole);
    EXPECT_EQ(log->append(last->bytes()).result.base_offset, 10);
    EXPECT_EQ(values(*log, 0, 1000).size(), 12U);
  }
}

TEST_F(SegmentedLogTest, CutsATailWithAWrongChecksum) {
  uint64_t whole = 0;
  {
    auto log = open();
    (void)log->append(batch(2, 1)->bytes());
    whole = log->size_bytes();
    (void)log->append(batch(2, 3)->bytes());
  }
  const std::string path = offset_path(dir_, 0, kLogSuffix);
  std::string file = *read_file(system_env(), path);
  file.back() = static_cast<char>(file.back() ^ 1);
  ASSERT_TRUE(write_file_atomic(system_env(), path, file).has_value());
  auto log = open();
  EXPECT_EQ(log->offsets().end, 2);
  EXPECT_EQ(log->size_bytes(), whole);
}

TEST_F(SegmentedLogTest, AnswersRepeatedBatchesAndRefusesGapsAlsoAfterARestart) {
  for (const bool clean_stop : {false, true, false}) {
    auto log = open();
    const int64_t producer = log->offsets().end + 7;
    const int64_t first = log->append(produced(producer, 0, 0, 2)->bytes()).result.base_offset;
    EXPECT_EQ(log->append(produced(producer, 0, 2)->bytes()).result.base_offset, first + 2);
    const auto repeated = log->append(produced(producer, 0, 0, 2)->bytes());
    EXPECT_EQ(repeated.result.base_offset, first);
    EXPECT_FALSE(repeated.wrote);
    EXPECT_EQ(log->append(produced(producer, 0, 9)->bytes()).result.error,
              ApiError::kOutOfOrderSequenceNumber);
    if (clean_stop) {
      ASSERT_TRUE(log->close().has_value());
    }
    log = open();
    EXPECT_EQ(log->append(produced(producer, 0, 2)->bytes()).result.base_offset, first + 2);
    EXPECT_EQ(log->append(produced(producer, 0, 3)->bytes()).result.base_offset, first + 3);
    EXPECT_EQ(log->append(produced(producer, 1, 0)->bytes()).result.base_offset, first + 4);
    EXPECT_EQ(log->append(produced(producer, 0, 4)->bytes()).result.error,
              ApiError::kInvalidProducerEpoch);
    EXPECT_EQ(log->offsets().end, first + 5);
  }
}

TEST_F(SegmentedLogTest, RemovesOldSegmentsBySizeAndByTime) {
  TopicConfig config;
  config.segment_bytes = 1000;
  config.retention_bytes = 3000;
  auto log = open(config);
  const int64_t now_ms = clock_.wall_ms();
  for (int i = 0; i < 100; ++i) (void)log->append(batch(1, now_ms)->bytes());
  ASSERT_TRUE(log->sync().has_value());
  EXPECT_GT(*log->apply_retention(), 0U);
  EXPECT_GE(log->size_bytes(), 3000U);
  EXPECT_LT(log->size_bytes(), 4100U);
  const int64_t start = log->offsets().start;
  EXPECT_GT(start, 0);
  EXPECT_EQ(log->read(start - 1, 10).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(values(*log, start, 500).size(), static_cast<size_t>(100 - start));
  clock_.advance_ns((config.retention_ms + 1) * 1'000'000);
  EXPECT_GT(*log->apply_retention(), 0U);
  EXPECT_EQ(log->offsets().start, 100);
  log = open(config);
  EXPECT_EQ(log->offsets().start, 100);
  EXPECT_EQ(log->append(batch(1, now_ms)->bytes()).result.base_offset, 100);
}

}  // namespace
}  // namespace weir::broker
