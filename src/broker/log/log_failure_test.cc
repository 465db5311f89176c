// The log on a disk that fills up or fails to sync.
#include <gtest/gtest.h>

#include <filesystem>

#include "broker/log/segmented_log.h"
#include "kafka/record_builder.h"

namespace weir::broker {
namespace {

using kafka::ApiError;

// The machine's files; while `is_full` a write stops half-way, while `fails_sync` syncs fail.
class FailingDisk final : public Env {
 public:
  struct Append final : AppendFile {
    Append(FailingDisk& owner, std::unique_ptr<AppendFile> real)
        : disk(owner), file(std::move(real)) {}
    Status append(std::span<const std::byte> bytes) override {
      if (!disk.is_full) return file->append(bytes);
      WEIR_TRY(file->append(bytes.first(bytes.size() / 2)));
      return exhausted("no space");
    }
    Status append_parts(std::span<const std::span<const std::byte>> parts) override {
      for (const auto part : parts) WEIR_TRY(append(part));
      return ok();
    }
    Status sync() override { return disk.fails_sync ? Status(io_error("lost")) : file->sync(); }
    [[nodiscard]] uint64_t size() const override { return file->size(); }
    FailingDisk& disk;
    std::unique_ptr<AppendFile> file;
  };

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    auto file = WEIR_TRY(real.open_append(path));
    return std::make_unique<Append>(*this, std::move(file));
  }
  Result<std::unique_ptr<RandomFile>> open_random(const std::string& path) override {
    return real.open_random(path);
  }
  Status truncate(const std::string& path, uint64_t size) override {
    return real.truncate(path, size);
  }
  Status rename(const std::string& from, const std::string& to) override {
    return real.rename(from, to);
  }
  Status remove_file(const std::string& path) override { return real.remove_file(path); }
  Status remove_tree(const std::string& path) override { return real.remove_tree(path); }
  Status make_dirs(const std::string& path) override { return real.make_dirs(path); }
  Status sync_dir(const std::string& path) override { return real.sync_dir(path); }
  Result<std::vector<DirEntry>> list(const std::string& path) override { return real.list(path); }
  [[nodiscard]] bool exists(const std::string& path) override { return real.exists(path); }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    return real.lock(path);
  }
  Result<uint64_t> free_space(const std::string& path) override { return real.free_space(path); }

  Env& real = system_env();
  bool is_full = false;
  bool fails_sync = false;
};

class LogFailureTest : public ::testing::Test {
 protected:
  LogFailureTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-log-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
  }
  ~LogFailureTest() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<SegmentedLog> open() {
    return *SegmentedLog::open(context_, {dir_, "t-0", config_, true});
  }
  // One record of an idempotent producer.
  static BufferRef produced(int32_t sequence) {
    kafka::BatchOptions options;
    options.producer_id = 1;
    options.producer_epoch = 0;
    options.base_sequence = sequence;
    kafka::RecordBatchBuilder builder(options);
    builder.add(1000 + sequence, "key", "value");
    return *builder.finish();
  }

  std::string dir_;
  FailingDisk disk_;
  Metrics metrics_;
  ManualClock clock_{1'700'000'000'000'000};
  Context context_{.env = disk_, .clock = clock_, .log = silent_logger(), .metrics = metrics_};
  TopicConfig config_;
};

TEST_F(LogFailureTest, AFullDiskRefusesAppendsReadsGoOnAndSpaceHealsIt) {
  auto log = open();
  EXPECT_EQ(log->append(produced(0)->bytes()).result.base_offset, 0);
  ASSERT_TRUE(log->sync().has_value());
  disk_.is_full = true;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(log->append(produced(1)->bytes()).result.error, ApiError::kKafkaStorageError);
    EXPECT_FALSE(log->read(0, 1000)->records.empty());
  }
  disk_.is_full = false;
  EXPECT_EQ(log->append(produced(1)->bytes()).result.base_offset, 1);
  ASSERT_TRUE(log->sync().has_value());
  log = open();
  EXPECT_EQ(log->offsets().end, 2);
  EXPECT_EQ(log->bytes_cut_at_open(), 0U);
}

TEST_F(LogFailureTest, AFailedSyncGoesBackToWhatWasVisibleAndTheProducerSendsAgain) {
  auto log = open();
  (void)log->append(produced(0)->bytes());
  ASSERT_TRUE(log->sync().has_value());
  const uint64_t generation = log->state().second;
  (void)log->append(produced(1)->bytes());
  disk_.fails_sync = true;
  EXPECT_FALSE(log->sync().has_value());
  disk_.fails_sync = false;
  // A sync that succeeds after one that failed proves nothing.
  EXPECT_FALSE(log->sync().has_value());
  EXPECT_EQ(log->offsets().high_watermark, 1);
  const auto again = log->append(produced(1)->bytes());
  EXPECT_EQ(again.result.base_offset, 1);
  EXPECT_TRUE(again.wrote);
  EXPECT_GT(log->state().second, generation);
  ASSERT_TRUE(log->sync().has_value());
  EXPECT_EQ(log->offsets().high_watermark, 2);
}

TEST_F(LogFailureTest, AFailedSyncAcrossASegmentsEndGoesBackToo) {
  config_.segment_bytes = 100;  // a segment a batch
  auto log = open();
  (void)log->append(produced(0)->bytes());
  ASSERT_TRUE(log->sync().has_value());
  for (int i = 1; i < 4; ++i) (void)log->append(produced(i)->bytes());
  disk_.fails_sync = true;
  EXPECT_FALSE(log->sync().has_value());
  disk_.fails_sync = false;
  EXPECT_EQ(log->append(produced(1)->bytes()).result.base_offset, 1);
  ASSERT_TRUE(log->sync().has_value());
  EXPECT_EQ(log->offsets().high_watermark, 2);
  log = open();
  EXPECT_EQ(log->offsets().end, 2);
}

}  // namespace
}  // namespace weir::broker
