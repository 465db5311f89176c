// Group: the state machine of one consumer group, Kafka's classic protocol.
//
//     Empty ──join──▶ PreparingRebalance ──all joined, or time is up──▶ CompletingRebalance
//       ▲                ▲         ▲                                       │ leader's assignment
//       │ all left       │ join, leave, session lost                       ▼
//       └────────────────┴─────────┴──────────────────────────────────── Stable
//
// Members join and wait; when all known members wait (or the longest rebalance timeout has passed,
// which drops the dynamic members that stayed away) the generation goes up by one, one protocol
// that all support is chosen by vote, and the joins are answered. The leader, the first member to
// join, hands in everybody's assignment with its SyncGroup, which answers the others'. There is no
// initial delay: the first member does not wait for others.
// Static members (with a group.instance.id) keep their place and assignment when they come back
// within the session timeout under a new member id; whoever used the old id is fenced.
//
// Pure: no I/O, no clock (times are monotonic milliseconds that the caller passes in), no lock (the
// coordinator has one). Answers that are due are put into `answers`; the caller runs them after its
// lock is released. Every join and sync is answered exactly once, at the latest by close().
// Source: KIP-62, KIP-345 (static members), KIP-394 (members know their id before they join),
// KIP-814 (skip assignment); behaviour compared with Apache Kafka's classic coordinator.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/random.h"
#include "kafka/messages.h"

namespace weir::broker {

enum class GroupState { kEmpty, kPreparingRebalance, kCompletingRebalance, kStable, kDead };
// As Kafka's tools print it: "PreparingRebalance".
[[nodiscard]] std::string_view group_state_name(GroupState state);

struct GroupLimits {
  int32_t min_session_timeout_ms = 100;
  int32_t max_session_timeout_ms = 30 * 60 * 1000;
  size_t max_members = 5'000;
};

// Who sends a request.
struct GroupClient {
  std::string id;    // the client id of the request's header
  std::string host;  // where it comes from
  int16_t version;   // of the request
};

template <typename Response>
using Done = std::function<void(Response)>;
using Answers = std::vector<std::function<void()>>;

template <typename Response>
void answer(Answers& answers, Done<Response> done, std::type_identity_t<Response> response) {
  answers.emplace_back(
      [done = std::move(done), response = std::move(response)] { done(response); });
}

class Group {
 public:
  // `random` makes member ids and outlives the group.
  Group(std::string id, const GroupLimits& limits, Random& random);

  void join(const kafka::JoinGroupRequest& request, const GroupClient& client, int64_t now_ms,
            Done<kafka::JoinGroupResponse> done, Answers& answers);
  void sync(const kafka::SyncGroupRequest& request, int64_t now_ms,
            Done<kafka::SyncGroupResponse> done, Answers& answers);
  [[nodiscard]] kafka::ApiError heartbeat(const kafka::HeartbeatRequest& request, int64_t now_ms);
  // One member of a LeaveGroup request.
  [[nodiscard]] kafka::ApiError leave(const std::string& member_id,
                                      const std::optional<std::string>& instance_id, int64_t now_ms,
                                      Answers& answers);
  // May this request commit offsets now? A member's commit counts as a sign of life.
  [[nodiscard]] kafka::ApiError check_commit(const kafka::OffsetCommitRequest& request,
                                             int64_t now_ms);
  // Drops members whose time is up and ends rebalances that took too long.
  void advance(int64_t now_ms, Answers& answers);
  // The group is gone: state kDead, all waiting requests are answered with `error`.
  void close(kafka::ApiError error, Answers& answers);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] GroupState state() const { return state_; }
  [[nodiscard]] int32_t generation() const { return generation_; }
  [[nodiscard]] const std::string& protocol_type() const { return protocol_type_; }
  [[nodiscard]] bool has_members() const { return !members_.empty() || !pending_.empty(); }
  [[nodiscard]] kafka::DescribeGroupsResponse::Group describe() const;

 private:
  struct Member {
    std::string id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string client_host;
    int32_t session_timeout_ms = 0;
    int32_t rebalance_timeout_ms = 0;
    std::vector<kafka::JoinGroupRequest::Protocol> protocols;
    std::string assignment;
    int64_t deadline_ms = 0;                   // without a sign of life until then it is dropped
    Done<kafka::JoinGroupResponse> join_done;  // empty: not waiting
    Done<kafka::SyncGroupResponse> sync_done;  // empty: not waiting

    [[nodiscard]] bool is_waiting() const { return join_done || sync_done; }
    [[nodiscard]] const std::string* metadata(std::string_view protocol) const;
  };
  using Members = std::map<std::string, Member>;
  struct Join {
    const kafka::JoinGroupRequest& request;
    const GroupClient& client;
    int64_t now_ms;
    Done<kafka::JoinGroupResponse> done;
    Answers& answers;
  };

  [[nodiscard]] kafka::ApiError check_join(const kafka::JoinGroupRequest& request) const;
  void join_without_id(Join join);
  void join_with_id(Join join);
  void add_member(const std::string& member_id, Join join);
  void replace_static_member(const std::string& old_id, Join join);
  void update_and_rebalance(Member& member, Join join);
  void set_member(Member& member, const Join& join);
  void answer_current(Member& member, Join join);

  [[nodiscard]] bool supports(const kafka::JoinGroupRequest& request) const;
  [[nodiscard]] std::string select_protocol() const;
  [[nodiscard]] std::vector<kafka::JoinGroupResponse::Member> members_for_leader() const;
  [[nodiscard]] kafka::JoinGroupResponse joined(const Member& member) const;
  [[nodiscard]] Member* find(const std::string& member_id);
  // Known, not fenced, of this generation; the member when all is well.
  [[nodiscard]] kafka::ApiError check_member(const std::string& member_id,
                                             const std::optional<std::string>& instance_id,
                                             int32_t generation, Member*& member);

  void prepare_rebalance(int64_t now_ms, Answers& answers);
  void complete_join_if_all_wait(int64_t now_ms, Answers& answers);
  void complete_join(int64_t now_ms, Answers& answers);
  void next_generation(int64_t now_ms, Answers& answers);
  void remove_member(const std::string& member_id, int64_t now_ms, Answers& answers);
  void erase_member(Members::iterator member, Answers& answers);
  void member_left(int64_t now_ms, Answers& answers);

  std::string id_;
  GroupLimits limits_;
  Random& random_;
  GroupState state_ = GroupState::kEmpty;
  int32_t generation_ = 0;
  std::string protocol_type_;
  std::string protocol_name_;
  std::string leader_;
  Members members_;                            // by id
  std::map<std::string, std::string> static_;  // instance id -> member id
  std::map<std::string, int64_t> pending_;     // ids given out, not yet joined with; deadline
  int64_t phase_deadline_ms_ = 0;              // of the rebalance phase that runs
};

}  // namespace weir::broker
