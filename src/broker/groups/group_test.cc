#include "broker/groups/group.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::JoinGroupRequest;
using kafka::JoinGroupResponse;
using kafka::SyncGroupResponse;

// One group and its clients, with time standing still until it is moved.
class GroupTest : public testing::Test {
 protected:
  struct Client {
    std::string member_id;
    std::optional<std::string> instance_id;
    int32_t generation = -1;
    std::optional<JoinGroupResponse> joined;
    std::optional<SyncGroupResponse> synced;
    bool waits_for_sync = false;
    bool is_running = false;
  };

  void join(Client& client, std::vector<std::string> protocols = {"range"}, int16_t version = 9,
            std::string metadata = "topics") {
    JoinGroupRequest request;
    request.group_id = "g";
    request.member_id = client.member_id;
    request.group_instance_id = client.instance_id;
    request.session_timeout_ms = 10'000;
    request.rebalance_timeout_ms = 30'000;
    request.protocol_type = "consumer";
    for (auto& name : protocols) request.protocols.push_back({std::move(name), metadata});
    client.joined.reset();
    Answers answers;
    group.join(
        request, {"app", "/127.0.0.1", version}, now,
        [&client](JoinGroupResponse response) {
          client.joined = std::move(response);
          client.member_id = client.joined->member_id;
          if (client.joined->error_code == ApiError::kNone) {
            client.generation = client.joined->generation_id;
          }
        },
        answers);
    run(answers);
  }
  // As clients of today do: the first join only brings the id.
  void join_twice(Client& client, std::vector<std::string> protocols = {"range"}) {
    join(client, protocols);
    ASSERT_EQ(client.joined->error_code, ApiError::kMemberIdRequired);
    join(client, protocols);
  }
  void sync(Client& client, const std::vector<std::pair<Client*, std::string>>& assignments = {}) {
    kafka::SyncGroupRequest request;
    request.group_id = "g";
    request.member_id = client.member_id;
    request.group_instance_id = client.instance_id;
    request.generation_id = client.generation;
    for (const auto& [of, assignment] : assignments) {
      request.assignments.push_back({of->member_id, assignment});
    }
    client.synced.reset();
    Answers answers;
    group.sync(
        request, now, [&client](SyncGroupResponse response) { client.synced = response; }, answers);
    run(answers);
  }
  ApiError heartbeat(const Client& client) {
    kafka::HeartbeatRequest request;
    request.member_id = client.member_id;
    request.group_instance_id = client.instance_id;
    request.generation_id = client.generation;
    return group.heartbeat(request, now);
  }
  ApiError leave(const Client& client) {
    Answers answers;
    const ApiError error = group.leave(client.member_id, client.instance_id, now, answers);
    run(answers);
    return error;
  }
  void pass(int64_t ms) {
    now += ms;
    Answers answers;
    group.advance(now, answers);
    run(answers);
  }
  static void run(const Answers& answers) {
    for (const auto& each : answers) each();
  }
  // Two members in a stable group: `a` leads.
  void make_stable(Client& a, Client& b) {
    join_twice(a);
    sync(a, {{&a, "all"}});
    join(b);
    join(b);
    EXPECT_EQ(heartbeat(a), ApiError::kRebalanceInProgress);
    join(a);
    ASSERT_EQ(a.generation, 2);
    ASSERT_EQ(b.generation, 2);
    sync(b);
    sync(a, {{&a, "0"}, {&b, "1"}});
    ASSERT_EQ(b.synced->assignment, "1");
    ASSERT_EQ(group.state(), GroupState::kStable);
  }

  // One step of a client's life: looks at the answers it has and sends what follows.
  void live(Client& client) {
    if (client.joined.has_value()) {
      const auto error = client.joined->error_code;
      if (error == ApiError::kNone) {
        std::vector<std::pair<Client*, std::string>> assignments = {{&client, "x"}};
        client.joined.reset();
        client.waits_for_sync = true;
        return sync(client, assignments);
      }
      if (error != ApiError::kMemberIdRequired) client.member_id.clear();
      return join(client);
    }
    if (client.waits_for_sync) {
      if (!client.synced.has_value()) return;
      client.waits_for_sync = false;
      if (client.synced->error_code != ApiError::kNone) return rejoin(client);
      client.is_running = true;
      return;
    }
    if (!client.is_running) return;
    if (heartbeat(client) != ApiError::kNone) rejoin(client);
  }
  void rejoin(Client& client) {
    client.is_running = false;
    const ApiError error = heartbeat(client);
    if (error == ApiError::kUnknownMemberId || error == ApiError::kFencedInstanceId) {
      client.member_id.clear();
    }
    join(client);
  }

  std::vector<std::unique_ptr<Client>> graveyard;
  Random random{1};
  Group group{"g", {}, random};
  int64_t now = 1000;
};

TEST_F(GroupTest, TheFirstMemberWaitsForNobody) {
  Client a;
  join(a);
  EXPECT_EQ(a.joined->error_code, ApiError::kMemberIdRequired);
  EXPECT_TRUE(a.member_id.starts_with("app-"));
  join(a);
  ASSERT_TRUE(a.joined.has_value());
  EXPECT_EQ(a.joined->error_code, ApiError::kNone);
  EXPECT_EQ(a.joined->generation_id, 1);
  EXPECT_EQ(a.joined->leader, a.member_id);
  ASSERT_EQ(a.joined->members.size(), 1U);
  EXPECT_EQ(a.joined->members[0].metadata, "topics");
  EXPECT_EQ(group.state(), GroupState::kCompletingRebalance);
  sync(a, {{&a, "everything"}});
  EXPECT_EQ(a.synced->assignment, "everything");
  EXPECT_EQ(a.synced->protocol_name, "range");
  EXPECT_EQ(group.state(), GroupState::kStable);
  EXPECT_EQ(heartbeat(a), ApiError::kNone);
}

TEST_F(GroupTest, OldClientsJoinWithoutKnowingTheirId) {
  Client a;
  join(a, {"range"}, 3);
  EXPECT_EQ(a.joined->error_code, ApiError::kNone);
  EXPECT_EQ(a.joined->generation_id, 1);
}

TEST_F(GroupTest, ASecondMemberStartsARebalanceThatTheFirstHearsOfByHeartbeat) {
  Client a;
  Client b;
  make_stable(a, b);
  EXPECT_EQ(a.joined->members.size(), 2U);
  EXPECT_TRUE(b.joined->members.empty());
  EXPECT_EQ(b.joined->leader, a.member_id);
}

TEST_F(GroupTest, FollowersWaitForTheLeadersAssignment) {
  Client a;
  Client b;
  join_twice(a);
  join(b);
  join(b);
  EXPECT_FALSE(b.joined.has_value());
  join(a);
  ASSERT_TRUE(b.joined.has_value());
  sync(b);
  EXPECT_FALSE(b.synced.has_value());
  sync(a, {{&b, "b's"}});
  EXPECT_EQ(b.synced->assignment, "b's");
  EXPECT_EQ(a.synced->assignment, "");
}

TEST_F(GroupTest, AMemberThatDoesNotComeBackIsDroppedAfterTheRebalanceTimeout) {
  Client a;
  Client b;
  Client c;
  make_stable(a, b);
  join_twice(c);
  join(a);
  for (int i = 0; i < 5; ++i) {
    pass(5'900);
    EXPECT_EQ(heartbeat(b), ApiError::kRebalanceInProgress);
  }
  EXPECT_FALSE(a.joined.has_value());
  pass(1'000);
  ASSERT_TRUE(a.joined.has_value());
  EXPECT_EQ(a.generation, 3);
  EXPECT_EQ(a.joined->members.size(), 2U);
  EXPECT_EQ(heartbeat(b), ApiError::kUnknownMemberId);
}

TEST_F(GroupTest, ALostSessionStartsARebalance) {
  Client a;
  Client b;
  make_stable(a, b);
  pass(9'000);
  EXPECT_EQ(heartbeat(a), ApiError::kNone);
  pass(2'000);
  EXPECT_EQ(heartbeat(b), ApiError::kUnknownMemberId);
  EXPECT_EQ(heartbeat(a), ApiError::kRebalanceInProgress);
  join(a);
  EXPECT_EQ(a.generation, 3);
  EXPECT_EQ(a.joined->members.size(), 1U);
}

TEST_F(GroupTest, AnotherLeadsWhenTheLeaderIsGone) {
  Client a;
  Client b;
  make_stable(a, b);
  EXPECT_EQ(leave(a), ApiError::kNone);
  EXPECT_EQ(heartbeat(b), ApiError::kRebalanceInProgress);
  join(b);
  EXPECT_EQ(b.joined->leader, b.member_id);
  EXPECT_EQ(b.joined->members.size(), 1U);
}

TEST_F(GroupTest, ALeaderThatNeverAssignsIsDropped) {
  Client a;
  Client b;
  join_twice(a);
  join(b);
  join(b);
  join(a);
  sync(b);
  for (int i = 0; i < 4; ++i) {
    pass(8'000);
    if (i < 3) {
      EXPECT_EQ(heartbeat(a), ApiError::kNone);
    }
  }
  ASSERT_TRUE(b.synced.has_value());
  EXPECT_EQ(b.synced->error_code, ApiError::kRebalanceInProgress);
  EXPECT_EQ(heartbeat(a), ApiError::kUnknownMemberId);
  join(b);
  EXPECT_EQ(b.joined->leader, b.member_id);
}

TEST_F(GroupTest, TheLastOneLeavesAnEmptyGroup) {
  Client a;
  join_twice(a);
  EXPECT_EQ(leave(a), ApiError::kNone);
  EXPECT_EQ(group.state(), GroupState::kEmpty);
  EXPECT_FALSE(group.has_members());
  EXPECT_EQ(leave(a), ApiError::kUnknownMemberId);
  Client b;
  join_twice(b);
  EXPECT_GT(b.generation, a.generation);
}

TEST_F(GroupTest, GenerationsAndStrangersAreFenced) {
  Client a;
  Client b;
  make_stable(a, b);
  Client old = a;
  old.generation = 1;
  EXPECT_EQ(heartbeat(old), ApiError::kIllegalGeneration);
  sync(old);
  EXPECT_EQ(old.synced->error_code, ApiError::kIllegalGeneration);
  Client stranger;
  stranger.member_id = "nobody";
  join(stranger);
  EXPECT_EQ(stranger.joined->error_code, ApiError::kUnknownMemberId);
  EXPECT_EQ(heartbeat(stranger), ApiError::kUnknownMemberId);
}

TEST_F(GroupTest, CommitsAreForMembersOfThisGeneration) {
  kafka::OffsetCommitRequest commit;
  commit.group_id = "g";
  EXPECT_EQ(group.check_commit(commit, now), ApiError::kNone);  // no members: anybody
  Client a;
  join_twice(a);
  EXPECT_EQ(group.check_commit(commit, now), ApiError::kUnknownMemberId);
  commit.member_id = a.member_id;
  commit.generation_id_or_member_epoch = 1;
  EXPECT_EQ(group.check_commit(commit, now), ApiError::kRebalanceInProgress);
  sync(a);
  EXPECT_EQ(group.check_commit(commit, now), ApiError::kNone);
  commit.generation_id_or_member_epoch = 0;
  EXPECT_EQ(group.check_commit(commit, now), ApiError::kIllegalGeneration);
}

TEST_F(GroupTest, TheMostWantedProtocolThatAllKnowIsChosen) {
  Client a;
  Client b;
  Client c;
  join_twice(a, {"range", "roundrobin"});
  EXPECT_EQ(a.joined->protocol_name, "range");
  join(b, {"roundrobin", "range"});
  join(b, {"roundrobin", "range"});
  join(c, {"sticky", "roundrobin", "range"});
  join(c, {"sticky", "roundrobin", "range"});
  join(a, {"range", "roundrobin"});
  EXPECT_EQ(a.joined->protocol_name, "roundrobin");
  Client d;
  join(d, {"cooperative"});
  EXPECT_EQ(d.joined->error_code, ApiError::kInconsistentGroupProtocol);
}

TEST_F(GroupTest, AFollowerThatJoinsAgainUnchangedGetsTheSameGeneration) {
  Client a;
  Client b;
  make_stable(a, b);
  join(b);
  EXPECT_EQ(b.generation, 2);
  EXPECT_EQ(group.state(), GroupState::kStable);
  join(b, {"range"}, 9, "other topics");
  EXPECT_FALSE(b.joined.has_value());
  EXPECT_EQ(group.state(), GroupState::kPreparingRebalance);
}

TEST_F(GroupTest, AStaticMemberComesBackToItsAssignment) {
  Client a;
  Client b;
  a.instance_id = "one";
  b.instance_id = "two";
  join(a);
  EXPECT_EQ(a.joined->error_code, ApiError::kNone);  // static members get their id at once
  sync(a, {{&a, "all"}});
  join(b);
  join(a);
  sync(b);
  sync(a, {{&a, "0"}, {&b, "1"}});
  Client restarted;
  restarted.instance_id = "two";
  join(restarted);
  EXPECT_EQ(restarted.joined->error_code, ApiError::kNone);
  EXPECT_EQ(restarted.generation, b.generation);
  EXPECT_NE(restarted.member_id, b.member_id);
  sync(restarted);
  EXPECT_EQ(restarted.synced->assignment, "1");
  EXPECT_EQ(heartbeat(a), ApiError::kNone);
  EXPECT_EQ(heartbeat(b), ApiError::kFencedInstanceId);
  join(b);
  EXPECT_EQ(b.joined->error_code, ApiError::kFencedInstanceId);
}

TEST_F(GroupTest, AStaticLeaderThatComesBackDoesNotAssignAnew) {
  Client a;
  a.instance_id = "one";
  join(a);
  sync(a, {{&a, "all"}});
  Client modern;
  modern.instance_id = "one";
  join(modern);
  EXPECT_TRUE(modern.joined->skip_assignment);
  EXPECT_EQ(modern.joined->leader, modern.member_id);
  Client older;
  older.instance_id = "one";
  join(older, {"range"}, 6);
  EXPECT_FALSE(older.joined->skip_assignment);
  EXPECT_NE(older.joined->leader, older.member_id);
  EXPECT_TRUE(older.joined->members.empty());
  sync(older);
  EXPECT_EQ(older.synced->assignment, "all");
}

TEST_F(GroupTest, ToolsRemoveAStaticMemberByItsInstanceAlone) {
  Client a;
  a.instance_id = "one";
  join(a);
  Client tool;
  tool.instance_id = "one";
  EXPECT_EQ(leave(tool), ApiError::kNone);
  EXPECT_EQ(group.state(), GroupState::kEmpty);
  tool.instance_id = "two";
  EXPECT_EQ(leave(tool), ApiError::kUnknownMemberId);
}

TEST_F(GroupTest, AnIdThatIsNeverUsedHoldsARebalanceUpForASessionAtMost) {
  Client a;
  Client b;
  join_twice(a);
  join(b);  // told its id, then gone
  join(a, {"range"}, 9, "changed");
  EXPECT_FALSE(a.joined.has_value());
  pass(10'001);
  ASSERT_TRUE(a.joined.has_value());
  EXPECT_EQ(a.joined->members.size(), 1U);
}

TEST_F(GroupTest, ADuplicateJoinAnswersTheEarlierOne) {
  Client a;
  Client b;
  make_stable(a, b);
  Client c;
  join_twice(c);
  Client again = c;
  again.member_id = group.describe().members.back().member_id;
  for (const auto& member : group.describe().members) {
    if (member.member_id != a.member_id && member.member_id != b.member_id) {
      again.member_id = member.member_id;
    }
  }
  join(again);
  ASSERT_TRUE(c.joined.has_value());
  EXPECT_EQ(c.joined->error_code, ApiError::kRebalanceInProgress);
  EXPECT_FALSE(again.joined.has_value());
}

TEST_F(GroupTest, CloseAnswersEverybody) {
  Client a;
  Client b;
  join_twice(a);
  sync(a);
  join(b);
  join(b);
  EXPECT_FALSE(b.joined.has_value());
  Answers answers;
  group.close(ApiError::kCoordinatorNotAvailable, answers);
  run(answers);
  ASSERT_TRUE(b.joined.has_value());
  EXPECT_EQ(b.joined->error_code, ApiError::kCoordinatorNotAvailable);
  EXPECT_EQ(group.state(), GroupState::kDead);
}

TEST_F(GroupTest, SessionTimeoutsHaveBounds) {
  JoinGroupRequest request;
  request.group_id = "g";
  request.session_timeout_ms = 1;
  request.protocol_type = "consumer";
  request.protocols.push_back({"range", ""});
  Answers answers;
  JoinGroupResponse response;
  group.join(request, {"app", "", 9}, now, [&](JoinGroupResponse r) { response = r; }, answers);
  run(answers);
  EXPECT_EQ(response.error_code, ApiError::kInvalidSessionTimeout);
}

TEST_F(GroupTest, DescribeShowsWhatToolsPrint) {
  Client a;
  Client b;
  make_stable(a, b);
  const auto described = group.describe();
  EXPECT_EQ(described.group_state, "Stable");
  EXPECT_EQ(described.protocol_data, "range");
  ASSERT_EQ(described.members.size(), 2U);
  EXPECT_EQ(described.members[0].client_host, "/127.0.0.1");
  std::vector<std::string> assignments = {described.members[0].member_assignment,
                                          described.members[1].member_assignment};
  std::ranges::sort(assignments);
  EXPECT_EQ(assignments, (std::vector<std::string>{"0", "1"}));
}

// Random members that follow the protocol as clients do: whatever happens, requests are answered
// and the group settles with exactly the living members.
class CrowdTest : public GroupTest, public testing::WithParamInterface<uint64_t> {};

TEST_P(CrowdTest, Settles) {
  Random dice(GetParam());
  std::vector<std::unique_ptr<Client>> clients;
  for (int step = 0; step < 400; ++step) {
    const auto choice = dice.below(12);
    if (choice == 0 && clients.size() < 8) {
      clients.push_back(std::make_unique<Client>());
      if (dice.one_in(3)) clients.back()->instance_id = "static-" + std::to_string(step);
      join(*clients.back());
    } else if (choice == 1 && !clients.empty()) {
      const size_t gone = dice.below(clients.size());
      if (dice.one_in(2)) (void)leave(*clients[gone]);
      // The request may still be answered: keep the client, but let it do nothing any more.
      graveyard.push_back(std::move(clients[gone]));
      clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(gone));
    } else {
      pass(dice.between(1, 500));
      for (auto& client : clients) live(*client);
    }
  }
  for (int i = 0; i < 200; ++i) {
    pass(500);
    for (auto& client : clients) live(*client);
  }
  ASSERT_EQ(group.state(), clients.empty() ? GroupState::kEmpty : GroupState::kStable);
  EXPECT_EQ(group.describe().members.size(), clients.size());
  for (auto& client : clients) {
    EXPECT_EQ(client->generation, group.generation());
    EXPECT_EQ(heartbeat(*client), ApiError::kNone);
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, CrowdTest, testing::Range(uint64_t{1}, uint64_t{101}));

}  // namespace
}  // namespace weir::broker
