#include "broker/groups/coordinator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace weir::broker {
namespace {

using kafka::ApiError;

class CoordinatorTest : public testing::Test {
 protected:
  CoordinatorTest() {
    dir = (std::filesystem::temp_directory_path() /
           fmt::format("weir_groups_{}_{}", ::getpid(),
                       testing::UnitTest::GetInstance()->current_test_info()->name()))
              .string();
    std::filesystem::remove_all(dir);
    open();
  }
  ~CoordinatorTest() override {
    groups.reset();
    std::filesystem::remove_all(dir);
  }
  void open() {
    groups.reset();
    auto opened =
        GroupCoordinator::open(context, {.dir = dir, .background = false, .random_seed = 1});
    ASSERT_TRUE(opened.has_value()) << opened.error().to_string();
    groups = std::move(*opened);
  }
  static kafka::OffsetCommitRequest request(const std::string& group, const std::string& topic,
                                            int32_t partition, int64_t offset) {
    kafka::OffsetCommitRequest commit;
    commit.group_id = group;
    auto& committed = commit.topics.emplace_back();
    committed.name = topic;
    committed.partitions.push_back({partition, offset, 3, "note"});
    return commit;
  }
  ApiError commit(const kafka::OffsetCommitRequest& commit) {
    std::optional<kafka::OffsetCommitResponse> answered;
    groups->commit(commit, [&](kafka::OffsetCommitResponse response) { answered = response; });
    if (!answered.has_value()) groups->flush();
    return answered.value().topics[0].partitions[0].error_code;
  }
  int64_t committed(const std::string& group, const std::string& topic, int32_t partition = 0) {
    const auto offsets = groups->committed(group);
    const auto found = offsets.find(topic);
    if (found == offsets.end() || !found->second.contains(partition)) return -1;
    return found->second.at(partition).offset;
  }
  ApiError remove(const std::string& group) {
    ApiError error{};
    groups->remove({group}, [&](kafka::DeleteGroupsResponse response) {
      error = response.results[0].error_code;
    });
    groups->flush();
    return error;
  }
  kafka::JoinGroupResponse join(const std::string& group, const std::string& member = "") {
    kafka::JoinGroupRequest join;
    join.group_id = group;
    join.member_id = member;
    join.session_timeout_ms = 10'000;
    join.rebalance_timeout_ms = 10'000;
    join.protocol_type = "consumer";
    join.protocols.push_back({"range", "m"});
    kafka::JoinGroupResponse response;
    groups->join(join, {"app", "/127.0.0.1", 3},
                 [&](kafka::JoinGroupResponse joined) { response = std::move(joined); });
    return response;
  }
  void pass_ms(int64_t ms) {
    clock.advance_ns(ms * 1'000'000);
    groups->advance();
    groups->flush();
  }

  ManualClock clock{1'700'000'000'000'000};
  Metrics metrics;
  Context context{system_env(), clock, silent_logger(), metrics};
  std::string dir;
  std::unique_ptr<GroupCoordinator> groups;
};

TEST_F(CoordinatorTest, CommitsSurviveARestart) {
  EXPECT_EQ(commit(request("g", "orders", 0, 10)), ApiError::kNone);
  EXPECT_EQ(commit(request("g", "orders", 0, 20)), ApiError::kNone);
  EXPECT_EQ(commit(request("g", "orders", 7, 5)), ApiError::kNone);
  open();
  EXPECT_EQ(committed("g", "orders", 0), 20);
  EXPECT_EQ(committed("g", "orders", 7), 5);
  const auto offsets = groups->committed("g");
  EXPECT_EQ(offsets.at("orders").at(0), (CommittedOffset{20, 3, "note", clock.wall_ms()}));
  ASSERT_EQ(groups->list().size(), 1U);
  EXPECT_EQ(groups->list()[0].group_state, "Empty");
}

TEST_F(CoordinatorTest, ACommitIsSeenOnlyWhenItIsDurable) {
  bool answered = false;
  groups->commit(request("g", "orders", 0, 10), [&](const auto&) { answered = true; });
  EXPECT_FALSE(answered);
  EXPECT_EQ(committed("g", "orders"), -1);
  groups->flush();
  EXPECT_TRUE(answered);
  EXPECT_EQ(committed("g", "orders"), 10);
}

TEST_F(CoordinatorTest, LongMetadataIsRefusedForItsPartitionAlone) {
  auto both = request("g", "orders", 0, 10);
  both.topics[0].partitions.push_back({1, 11, -1, std::string(5000, 'x')});
  kafka::OffsetCommitResponse answered;
  groups->commit(both, [&](kafka::OffsetCommitResponse response) { answered = response; });
  groups->flush();
  EXPECT_EQ(answered.topics[0].partitions[0].error_code, ApiError::kNone);
  EXPECT_EQ(answered.topics[0].partitions[1].error_code, ApiError::kOffsetMetadataTooLarge);
  EXPECT_EQ(committed("g", "orders", 1), -1);
}

TEST_F(CoordinatorTest, ATornTailIsCutAndTheRestStays) {
  ASSERT_EQ(commit(request("g", "orders", 0, 10)), ApiError::kNone);
  ASSERT_EQ(commit(request("g", "orders", 0, 20)), ApiError::kNone);
  const std::string path = dir + "/offsets.log";
  groups.reset();
  const auto size = std::filesystem::file_size(path);
  for (uint64_t cut = 1; cut < 20; ++cut) {
    std::filesystem::resize_file(path, size - cut);
    open();
    EXPECT_EQ(committed("g", "orders"), 10) << cut;
    ASSERT_EQ(commit(request("g", "orders", 0, 20)), ApiError::kNone);
    groups.reset();
    EXPECT_EQ(std::filesystem::file_size(path), size);
  }
}

TEST_F(CoordinatorTest, AForeignFileIsRefused) {
  groups.reset();
  ASSERT_TRUE(write_file_atomic(system_env(), dir + "/offsets.log", "something else").has_value());
  const auto opened = GroupCoordinator::open(context, {.dir = dir, .background = false});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
}

TEST_F(CoordinatorTest, TheFileIsRewrittenWhenItHasGrown) {
  auto many = request("g", "orders", 0, 0);
  for (int32_t i = 1; i < 500; ++i) many.topics[0].partitions.push_back({i, 0, -1, "note"});
  for (int64_t offset = 1; offset <= 200; ++offset) {
    for (auto& partition : many.topics[0].partitions) partition.committed_offset = offset;
    ASSERT_EQ(commit(many), ApiError::kNone);
  }
  EXPECT_LT(std::filesystem::file_size(dir + "/offsets.log"), 2U << 20U);
  open();
  EXPECT_EQ(committed("g", "orders", 0), 200);
  EXPECT_EQ(committed("g", "orders", 499), 200);
}

TEST_F(CoordinatorTest, RemovedGroupsStayRemoved) {
  ASSERT_EQ(commit(request("g", "orders", 0, 10)), ApiError::kNone);
  EXPECT_EQ(remove("unknown"), ApiError::kGroupIdNotFound);
  EXPECT_EQ(remove("g"), ApiError::kNone);
  EXPECT_EQ(committed("g", "orders"), -1);
  EXPECT_EQ(groups->describe("g").group_state, "Dead");
  open();
  EXPECT_TRUE(groups->list().empty());
}

TEST_F(CoordinatorTest, AGroupWithMembersIsNotRemoved) {
  EXPECT_EQ(join("g").error_code, ApiError::kNone);
  EXPECT_EQ(remove("g"), ApiError::kNonEmptyGroup);
  EXPECT_EQ(join("", "").error_code, ApiError::kInvalidGroupId);
  EXPECT_EQ(join("nobody", "member").error_code, ApiError::kUnknownMemberId);
}

TEST_F(CoordinatorTest, OffsetsOfADeletedTopicAreForgotten) {
  ASSERT_EQ(commit(request("g", "orders", 0, 10)), ApiError::kNone);
  ASSERT_EQ(commit(request("g", "clicks", 0, 10)), ApiError::kNone);
  groups->forget_topic("orders");
  groups->flush();
  EXPECT_EQ(committed("g", "orders"), -1);
  open();
  EXPECT_EQ(committed("g", "orders"), -1);
  EXPECT_EQ(committed("g", "clicks"), 10);
}

TEST_F(CoordinatorTest, OldOffsetsOfEmptyGroupsAreForgotten) {
  constexpr int64_t kDayMs = 24LL * 3600 * 1000;
  ASSERT_EQ(commit(request("g", "orders", 0, 10)), ApiError::kNone);
  pass_ms(6 * kDayMs);
  ASSERT_EQ(commit(request("g", "clicks", 0, 10)), ApiError::kNone);
  pass_ms(2 * kDayMs);
  EXPECT_EQ(committed("g", "orders"), -1);
  EXPECT_EQ(committed("g", "clicks"), 10);
  pass_ms(6 * kDayMs);
  groups->advance();
  EXPECT_TRUE(groups->list().empty());
}

TEST_F(CoordinatorTest, TimeEndsSessions) {
  EXPECT_EQ(join("g").generation_id, 1);
  EXPECT_EQ(groups->describe("g").members.size(), 1U);
  pass_ms(10'001);
  EXPECT_TRUE(groups->list().empty());
}

TEST_F(CoordinatorTest, StopAnswersAndRefuses) {
  const auto first = join("g");
  EXPECT_EQ(first.error_code, ApiError::kNone);
  bool answered = false;
  groups->commit(request("simple", "orders", 0, 10), [&](kafka::OffsetCommitResponse response) {
    answered = true;
    EXPECT_EQ(response.topics[0].partitions[0].error_code, ApiError::kNone);
  });
  groups->stop();
  EXPECT_TRUE(answered);
  EXPECT_EQ(join("g").error_code, ApiError::kCoordinatorNotAvailable);
  open();
  EXPECT_EQ(committed("simple", "orders"), 10);
}

TEST_F(CoordinatorTest, AThreadWritesInTheBackground) {
  groups.reset();
  groups = std::move(*GroupCoordinator::open(context, {.dir = dir}));
  std::atomic<int> answered{0};
  for (int64_t i = 0; i < 200; ++i) {
    groups->commit(request("g", "orders", 0, i), [&](const auto&) { ++answered; });
  }
  groups->stop();
  EXPECT_EQ(answered, 200);
  EXPECT_EQ(committed("g", "orders"), 199);
}

}  // namespace
}  // namespace weir::broker
