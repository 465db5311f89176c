#include "broker/groups/offset_log.h"

#include <gtest/gtest.h>

#include <map>

namespace weir::broker {
namespace {

// Files in memory; writes fail half-way while `fails` is set, as on a full disk.
class FailingEnv final : public Env {
 public:
  struct Append final : AppendFile {
    Append(FailingEnv& owner, std::string& of) : env(owner), content(of) {}
    Status append(std::span<const std::byte> bytes) override {
      const size_t size = env.fails ? bytes.size() / 2 : bytes.size();
      content.append(reinterpret_cast<const char*>(bytes.data()), size);
      return env.fails ? Status(exhausted("no space")) : ok();
    }
    Status append_parts(std::span<const std::span<const std::byte>> parts) override {
      for (const auto part : parts) WEIR_TRY(append(part));
      return ok();
    }
    Status sync() override { return ok(); }
    [[nodiscard]] uint64_t size() const override { return content.size(); }
    FailingEnv& env;
    std::string& content;
  };
  struct Random final : RandomFile {
    explicit Random(const std::string& of) : content(of) {}
    Result<size_t> read(uint64_t offset, std::span<std::byte> out) const override {
      const size_t size = std::min<size_t>(out.size(), content.size() - offset);
      std::memcpy(out.data(), content.data() + offset, size);
      return size;
    }
    [[nodiscard]] Result<uint64_t> size() const override { return content.size(); }
    [[nodiscard]] int descriptor() const override { return -1; }
    const std::string& content;
  };

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    return std::make_unique<Append>(*this, files[path]);
  }
  Result<std::unique_ptr<RandomFile>> open_random(const std::string& path) override {
    if (!files.contains(path)) return not_found(path);
    return std::make_unique<Random>(files[path]);
  }
  Status truncate(const std::string& path, uint64_t size) override {
    files[path].resize(size);
    return ok();
  }
  Status rename(const std::string& from, const std::string& to) override {
    files[to] = std::move(files[from]);
    files.erase(from);
    return ok();
  }
  Status remove_file(const std::string& path) override {
    files.erase(path);
    return ok();
  }
  Status remove_tree(const std::string&) override { return ok(); }
  Status make_dirs(const std::string&) override { return ok(); }
  Status sync_dir(const std::string&) override { return ok(); }
  Result<std::vector<DirEntry>> list(const std::string&) override {
    return std::vector<DirEntry>();
  }
  [[nodiscard]] bool exists(const std::string& path) override { return files.contains(path); }
  Result<std::unique_ptr<FileLock>> lock(const std::string&) override {
    return std::unique_ptr<FileLock>();
  }
  Result<uint64_t> free_space(const std::string&) override { return uint64_t{0}; }

  std::map<std::string, std::string> files;
  bool fails = false;
};

class OffsetLogTest : public testing::Test {
 protected:
  void open(uint64_t min_rewrite_bytes = 1 << 20U) {
    log.reset();
    offsets.clear();
    auto opened = OffsetLog::open(
        context, {.dir = "d", .background = false, .min_rewrite_bytes = min_rewrite_bytes},
        [&](OffsetEntry entry) { offsets[entry.partition] = entry.committed.value().offset; },
        [&](ByteWriter& out) {
          for (const auto& [partition, offset] : offsets) entry(partition, offset).encode(out);
        });
    ASSERT_TRUE(opened.has_value()) << opened.error().to_string();
    log = std::move(*opened);
  }
  static OffsetEntry entry(int32_t partition, int64_t offset) {
    return {"group", "topic", partition, CommittedOffset{offset, -1, "", 0}};
  }
  bool write(int32_t partition, int64_t offset) {
    ByteWriter bytes;
    entry(partition, offset).encode(bytes);
    bool good = false;
    log->append(bytes.view(), [&](const Status& status) { good = status.has_value(); });
    log->flush();
    if (good) offsets[partition] = offset;
    return good;
  }

  FailingEnv env;
  ManualClock clock;
  Metrics metrics;
  Context context{env, clock, silent_logger(), metrics};
  std::map<int32_t, int64_t> offsets;
  std::unique_ptr<OffsetLog> log;
};

TEST_F(OffsetLogTest, AFullDiskRefusesAndLeavesNoRubbish) {
  open();
  EXPECT_TRUE(write(0, 10));
  env.fails = true;
  EXPECT_FALSE(write(0, 11));
  EXPECT_FALSE(write(1, 11));
  env.fails = false;
  EXPECT_TRUE(write(2, 12));
  open();
  EXPECT_EQ(offsets, (std::map<int32_t, int64_t>{{0, 10}, {2, 12}}));
}

TEST_F(OffsetLogTest, ARewriteThatFailsLosesNothing) {
  open(100);
  for (int64_t i = 0; i < 20; ++i) ASSERT_TRUE(write(0, i));
  const size_t small = env.files.at("d/offsets.log").size();
  EXPECT_LT(small, 400U);  // it was rewritten on the way
  for (int64_t i = 20; i < 60; ++i) {
    env.fails = i % 3 == 0;
    write(static_cast<int32_t>(i % 5), i);
  }
  env.fails = false;
  const auto before = offsets;
  open();
  EXPECT_EQ(offsets, before);
}

TEST_F(OffsetLogTest, AnEntryWithAWrongChecksumEndsTheFile) {
  open();
  ASSERT_TRUE(write(0, 10));
  const size_t good = env.files["d/offsets.log"].size();
  ASSERT_TRUE(write(1, 11));
  env.files["d/offsets.log"].back() ^= 1;
  open();
  EXPECT_EQ(offsets, (std::map<int32_t, int64_t>{{0, 10}}));
  EXPECT_EQ(env.files["d/offsets.log"].size(), good);
}

TEST_F(OffsetLogTest, ANewerVersionIsRefused) {
  open();
  log.reset();
  env.files["d/offsets.log"][8] = 2;
  const auto opened =
      OffsetLog::open(context, {.dir = "d", .background = false}, [](OffsetEntry) {}, {});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), ErrorCode::kUnsupported);
}

TEST_F(OffsetLogTest, NothingIsTakenAfterStop) {
  open();
  log->stop();
  bool refused = false;
  log->append({}, [&](const Status& status) { refused = !status.has_value(); });
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace weir::broker
