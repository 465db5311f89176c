#include "connectors/filesystem/filesystem.h"

#include <gmock/gmock.h>

#include "connectors/test_tables.h"
#include "types/builder.h"

namespace weir::connectors {
namespace {

using exec::ReaderStart;
using types::LogicalType;

class FilesystemTest : public testing::Test {
 protected:
  FilesystemTest() : factory_(test_environment()) {}

  void write_file(const std::string& name, std::string_view content) {
    const std::string path = join_path(folder_.path(), name);
    ASSERT_TRUE(system_env().make_dirs(parent_path(path)).has_value());
    ASSERT_TRUE(write_file_atomic(system_env(), path, content).has_value());
  }

  sql::TableRef table(std::vector<std::pair<std::string, std::string>> options = {}) {
    options.emplace_back("connector", "filesystem");
    options.emplace_back("path", "file://" + folder_.path() + "/");
    options.emplace_back("format", "json");
    return make_table({{"id", LogicalType::integer()}, {"s", LogicalType::string()}}, options);
  }

  std::unique_ptr<exec::Source> source(std::vector<plan::ScanColumn> more = {}) {
    scan_ = scan_of(table());
    for (auto& column : more) scan_.columns.push_back(std::move(column));
    return std::move(factory_.make_source(scan_, world_.settings, world_.context)).value();
  }

  std::unique_ptr<exec::SplitReader> open(exec::Source& source, const exec::SplitInfo& split,
                                          const ReaderStart& start = {}) {
    exec::ReaderContext context{world_.context, world_.settings, 0, world_.waker};
    return std::move(source.open(split, start, context)).value();
  }

  std::vector<std::string> all_rows() {
    auto made = source();
    std::vector<std::string> rows;
    const auto splits = made->discover().value();
    for (const auto& split : splits) {
      for (auto& row : drain(*open(*made, split))) rows.push_back(std::move(row));
    }
    return rows;
  }

  std::unique_ptr<exec::Sink> sink() {
    sink_node_.table = table();
    return std::move(factory_.make_sink(sink_node_, world_.settings, world_.context)).value();
  }

  std::unique_ptr<exec::SinkCommitter> committer(exec::Sink& sink) {
    return std::move(sink.make_committer({world_.context, world_.settings, "sink-1", "run-a", 1}))
        .value();
  }

  static types::BatchRef batch(int32_t id) {
    types::Values<int32_t> ids(1);
    ids[0] = id;
    types::Batch::Parts parts;
    parts.rows = 1;
    parts.columns = {types::finish_column(LogicalType::integer(), 1, std::move(ids).take()),
                     types::make_constant(LogicalType::string(), std::string("x"), 1)};
    return types::Batch::make(std::move(parts));
  }

  static exec::Delivery delivery(const exec::StagedOutput& staged, uint64_t epoch) {
    return {"run-a", epoch, {{0, staged.handle, staged.rows, {}}}};
  }

  std::vector<std::string> names() {
    std::vector<std::string> names;
    const auto entries = system_env().list(folder_.path()).value();
    for (const auto& entry : entries) {
      names.push_back(entry.name);
    }
    return names;
  }

  TestFolder folder_;
  TestWorld world_;
  Factory factory_;
  plan::ScanNode scan_;
  plan::SinkNode sink_node_;
};

TEST_F(FilesystemTest, ReadsLinesOfAllFilesButHiddenOnes) {
  write_file("a.json", "{\"id\":1,\"s\":\"one\"}\n\n{\"id\":2,\"s\":\"two\"}\r\n");
  write_file("sub/b.json", "{\"id\":3,\"s\":\"a longer string than twelve\"}");
  write_file(".hidden", "{\"id\":4}\n");
  write_file("_also", "{\"id\":5}\n");
  EXPECT_THAT(all_rows(),
              testing::UnorderedElementsAre("1, one", "2, two", "3, a longer string than twelve"));
}

TEST_F(FilesystemTest, GoesOnAtItsPosition) {
  write_file("a.json", "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
  auto made = source();
  const auto split = made->discover().value().at(0);
  auto reader = open(*made, split);
  auto poll = reader->poll(1);
  ASSERT_TRUE(poll.has_value());
  ASSERT_NE(poll->batch, nullptr);
  EXPECT_FALSE(poll->finished);
  EXPECT_EQ(reader->position(), "9");
  auto again = open(*made, split, {ReaderStart::Kind::kResume, reader->position()});
  EXPECT_EQ(drain(*again, 1), (std::vector<std::string>{"2, null", "3, null"}));
}

TEST_F(FilesystemTest, ReadsLinesLongerThanABlock) {
  const std::string text(size_t{3} << 20U, 'x');
  write_file("a.json", "{\"id\":1}\n{\"id\":2,\"s\":\"" + text + "\"}\n{\"id\":3}\n");
  const auto rows = all_rows();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1], "2, " + text);
}

TEST_F(FilesystemTest, KeepsBadLinesWithTheirPlace) {
  write_file("a.json", "{\"id\":1}\nnonsense\n{\"id\":3}\n");
  auto made = source();
  std::vector<exec::BadRecord> bad;
  const auto rows = drain(*open(*made, made->discover().value().at(0)), 4096, &bad);
  EXPECT_EQ(rows, (std::vector<std::string>{"1, null", "3, null"}));
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].offset, 9);
  EXPECT_EQ(bad[0].raw, "nonsense");
}

TEST_F(FilesystemTest, TellsWhereRowsComeFrom) {
  write_file("a.json", "{\"id\":1}\n");
  auto made = source({{plan::ScanColumn::Kind::kMetadata, "file.name", LogicalType::string()},
                      {plan::ScanColumn::Kind::kMetadata, "file.size", LogicalType::bigint()}});
  EXPECT_EQ(drain(*open(*made, made->discover().value().at(0))),
            (std::vector<std::string>{"1, null, a.json, 9"}));
}

TEST_F(FilesystemTest, RowsAreVisibleOnceDelivered) {
  auto made = sink();
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  ASSERT_TRUE(writer->write(batch(1)).has_value());
  const auto staged = writer->prepare(7).value();
  EXPECT_EQ(staged.rows, 1U);
  ASSERT_EQ(staged.sync_files.size(), 1U);
  EXPECT_TRUE(system_env().exists(staged.sync_files[0]));
  EXPECT_TRUE(all_rows().empty());

  auto committed = committer(*made);
  // Twice: a delivery may come again.
  ASSERT_TRUE(committed->deliver(delivery(staged, 7)).has_value());
  ASSERT_TRUE(committed->deliver(delivery(staged, 7)).has_value());
  EXPECT_EQ(all_rows(), (std::vector<std::string>{"1, x"}));
  EXPECT_EQ(names(), (std::vector<std::string>{"part-run-a-0-7"}));
  EXPECT_TRUE(writer->prepare(8).value().empty());
}

TEST_F(FilesystemTest, CrashBetweenPrepareAndDelivery) {
  auto made = sink();
  exec::StagedOutput durable;
  {
    auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
    ASSERT_TRUE(writer->write(batch(1)).has_value());
    durable = writer->prepare(1).value();
    ASSERT_TRUE(writer->write(batch(2)).has_value());
    (void)writer->prepare(2).value();  // staged, but the epoch never became durable
    ASSERT_TRUE(writer->write(batch(3)).has_value());
  }
  auto committed = committer(*made);
  ASSERT_TRUE(committed->recover("run-a", 2).has_value());
  ASSERT_TRUE(committed->deliver(delivery(durable, 1)).has_value());
  EXPECT_EQ(all_rows(), (std::vector<std::string>{"1, x"}));

  // The rows of epoch 2 come again from the sources.
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  ASSERT_TRUE(writer->write(batch(2)).has_value());
  const auto again = writer->prepare(2).value();
  ASSERT_TRUE(committed->deliver(delivery(again, 2)).has_value());
  EXPECT_THAT(all_rows(), testing::UnorderedElementsAre("1, x", "2, x"));
  EXPECT_EQ(names().size(), 2U);
}

TEST_F(FilesystemTest, AFreshStartLeavesNothingHidden) {
  auto made = sink();
  auto writer = std::move(made->make_writer(world_.sink_context("run-a"))).value();
  ASSERT_TRUE(writer->write(batch(1)).has_value());
  (void)writer->prepare(1).value();
  ASSERT_TRUE(committer(*made)->recover("", 1).has_value());
  EXPECT_TRUE(names().empty());
}

TEST_F(FilesystemTest, AStagedFileThatIsGoneIsAnError) {
  auto made = sink();
  const exec::Delivery lost{"run-a", 1, {{0, "part-run-a-0-1", 1, {}}}};
  const auto delivered = committer(*made)->deliver(lost);
  ASSERT_FALSE(delivered.has_value());
  EXPECT_EQ(delivered.error().code(), ErrorCode::kCorrupt);
}

TEST(LocalPath, TakesPlainPathsAndFileUrls) {
  EXPECT_EQ(local_path("/tmp/x/").value(), "/tmp/x");
  EXPECT_EQ(local_path("file:///tmp/x").value(), "/tmp/x");
  EXPECT_EQ(local_path("file:/tmp/x").value(), "/tmp/x");
  EXPECT_FALSE(local_path("s3://bucket/x").has_value());
}

}  // namespace
}  // namespace weir::connectors
