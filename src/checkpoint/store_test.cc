#include "checkpoint/store.h"

#include <gtest/gtest.h>

#include "checkpoint/epoch_writer.h"
#include "checkpoint/forgetful_env.h"

namespace weir::checkpoint {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// A manifest with one piece that lies in a file of its own.
Manifest write_epoch(CheckpointStore& store, uint64_t epoch, std::string_view content) {
  const std::vector<std::span<const std::byte>> parts{bytes_of("##"), bytes_of(content)};
  const auto file = store.write_file(CheckpointStore::file_name(epoch, "state"), parts);
  EXPECT_TRUE(file.has_value());
  Manifest manifest;
  manifest.run_id = "run";
  manifest.epoch = epoch;
  manifest.files = {*file};
  OperatorEntry op;
  op.id = "op";
  op.pieces = {{0, epoch, "piece", {}, {0, 2, content.size(), checksum(bytes_of(content))}}};
  manifest.operators = {op};
  EXPECT_TRUE(store.write_manifest(manifest).has_value());
  return manifest;
}

TEST(CheckpointStore, FindsTheNewestAndReadsItsPieces) {
  ForgetfulEnv env(1);
  {
    auto store = CheckpointStore::open(env, "/job");
    ASSERT_TRUE(store.has_value());
    EXPECT_FALSE((*store)->newest(false)->manifest.has_value());
    write_epoch(**store, 9, "nine");
    write_epoch(**store, 10, "ten and more");
  }
  env.crash();
  auto store = CheckpointStore::open(env, "/job");
  auto newest = (*store)->newest(false);
  ASSERT_TRUE(newest.has_value());
  ASSERT_TRUE(newest->manifest.has_value());
  EXPECT_EQ(newest->manifest->epoch, 10U);
  const auto bytes =
      (*store)->read(*newest->manifest, newest->manifest->operators[0].pieces[0].place);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ((*bytes)->text(), "ten and more");
}

// Whatever call fails, and whatever the disk forgets: the old epoch or the new one is there, whole.
TEST(CheckpointStore, AnEpochIsThereWholeOrNotAtAll) {
  for (uint64_t call = 1; call < 30; ++call) {
    ForgetfulEnv env(call);
    auto store = CheckpointStore::open(env, "/job");
    write_epoch(**store, 1, "one");
    env.fail_after(call);
    const std::string content(1000, 'x');
    const std::vector<std::span<const std::byte>> parts{bytes_of(content)};
    const auto file = (*store)->write_file(CheckpointStore::file_name(2, "state"), parts);
    bool written = false;
    if (file) {
      Manifest manifest;
      manifest.epoch = 2;
      manifest.files = {*file};
      OperatorEntry op;
      op.pieces = {{0, 2, "piece", {}, {0, 0, content.size(), checksum(bytes_of(content))}}};
      manifest.operators = {op};
      written = (*store)->write_manifest(manifest).has_value();
    }
    store->reset();
    env.crash();
    store = CheckpointStore::open(env, "/job");
    auto newest = (*store)->newest(false);
    ASSERT_TRUE(newest.has_value()) << newest.error().to_string();
    ASSERT_TRUE(newest->manifest.has_value());
    if (written) {
      EXPECT_EQ(newest->manifest->epoch, 2U) << "a call said that it was durable";
    }
  }
}

TEST(EpochWriter, AStagedFileThatIsGoneEndsTheEpoch) {
  ForgetfulEnv env(1);
  auto store = CheckpointStore::open(env, "/job");
  EpochWriter writer(**store, std::nullopt);
  exec::LaneSnapshot snapshot;
  snapshot.epoch = 1;
  exec::StagedOutput output;
  output.handle = "part";
  output.sync_files = {"/sink/part"};
  snapshot.outputs.push_back({"sink", std::move(output)});
  std::vector<exec::LaneSnapshot> snapshots;
  snapshots.push_back(std::move(snapshot));
  const auto written = writer.write({"run", "job", 1, 0, 1, 1}, std::move(snapshots));
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(env.exists("/sink/part"));
  EXPECT_FALSE((*store)->newest(false)->manifest.has_value());
}

TEST(CheckpointStore, ADeliveredRecordThatIsDamagedCountsForNothing) {
  ForgetfulEnv env(1);
  auto store = CheckpointStore::open(env, "/job");
  ASSERT_TRUE((*store)->write_delivered({{"a", {"run 1", 7}}, {"b", {"run 2", 9}}}).has_value());
  auto marks = (*store)->read_delivered();
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks["a"].run_id, "run 1");
  EXPECT_EQ(marks["b"].epoch, 9U);
  env.flip("/job/delivered", 3);
  EXPECT_TRUE((*store)->read_delivered().empty());
}

TEST(CheckpointStore, RemovesWhatNoKeptManifestNames) {
  ForgetfulEnv env(1);
  auto store = CheckpointStore::open(env, "/job");
  for (uint64_t epoch = 1; epoch <= 4; ++epoch) {
    write_epoch(**store, epoch, "content");
    ASSERT_TRUE((*store)->clean({CheckpointStore::file_name(1, "state")}).has_value());
  }
  std::vector<std::string> left;
  for (const auto& path : env.paths()) left.push_back(file_name(path));
  EXPECT_EQ(left,
            (std::vector<std::string>{
                CheckpointStore::file_name(1, "state"), CheckpointStore::file_name(3, "manifest"),
                CheckpointStore::file_name(3, "state"), CheckpointStore::file_name(4, "manifest"),
                CheckpointStore::file_name(4, "state")}));
}

}  // namespace
}  // namespace weir::checkpoint
