// Joining: from a JoinGroup request to the next generation.
#include <algorithm>

#include "base/check.h"
#include "broker/groups/group.h"

namespace weir::broker {

using kafka::ApiError;
using kafka::JoinGroupRequest;
using kafka::JoinGroupResponse;

namespace {

// Client ids go into member ids; a long one is cut there.
constexpr size_t kMaxClientIdInMemberId = 200;
// From this version of JoinGroup on a dynamic member is told its id before it may join (KIP-394).
constexpr int16_t kKnowsItsIdFrom = 4;
constexpr int16_t kSkipsAssignmentFrom = 9;

JoinGroupResponse refused(ApiError error, const std::string& member_id) {
  JoinGroupResponse response;
  response.error_code = error;
  response.member_id = member_id;
  return response;
}

int64_t rebalance_timeout(const JoinGroupRequest& request) {
  // Version 0 has no rebalance timeout: the session's counts.
  return request.rebalance_timeout_ms > 0 ? request.rebalance_timeout_ms
                                          : request.session_timeout_ms;
}

}  // namespace

const std::string* Group::Member::metadata(std::string_view protocol) const {
  const auto found = std::ranges::find(protocols, protocol, &JoinGroupRequest::Protocol::name);
  return found == protocols.end() ? nullptr : &found->metadata;
}

void Group::join(const JoinGroupRequest& request, const GroupClient& client, int64_t now_ms,
                 Done<JoinGroupResponse> done, Answers& answers) {
  const ApiError error = check_join(request);
  if (error != ApiError::kNone) {
    return answer(answers, std::move(done), refused(error, request.member_id));
  }
  Join join{request, client, now_ms, std::move(done), answers};
  request.member_id.empty() ? join_without_id(std::move(join)) : join_with_id(std::move(join));
}

ApiError Group::check_join(const JoinGroupRequest& request) const {
  if (state_ == GroupState::kDead) return ApiError::kCoordinatorNotAvailable;
  if (request.session_timeout_ms < limits_.min_session_timeout_ms ||
      request.session_timeout_ms > limits_.max_session_timeout_ms) {
    return ApiError::kInvalidSessionTimeout;
  }
  if (!supports(request)) return ApiError::kInconsistentGroupProtocol;
  const bool is_new = request.member_id.empty() || pending_.contains(request.member_id);
  const bool comes_back = request.group_instance_id && static_.contains(*request.group_instance_id);
  if (is_new && !comes_back && members_.size() >= limits_.max_members) {
    return ApiError::kGroupMaxSizeReached;
  }
  return ApiError::kNone;
}

bool Group::supports(const JoinGroupRequest& request) const {
  if (request.protocol_type.empty() || request.protocols.empty()) return false;
  if (members_.empty()) return true;
  if (request.protocol_type != protocol_type_) return false;
  // The sender's own former choice does not bind it.
  return std::ranges::any_of(request.protocols, [&](const JoinGroupRequest::Protocol& protocol) {
    return std::ranges::all_of(members_, [&](const auto& entry) {
      return entry.first == request.member_id || entry.second.metadata(protocol.name) != nullptr;
    });
  });
}

void Group::join_without_id(Join join) {
  const auto& instance = join.request.group_instance_id;
  if (instance.has_value()) {
    if (const auto known = static_.find(*instance); known != static_.end()) {
      return replace_static_member(std::string(known->second), std::move(join));
    }
    return add_member(*instance + "-" + random_.uuid(), std::move(join));
  }
  const std::string member_id =
      join.client.id.substr(0, kMaxClientIdInMemberId) + "-" + random_.uuid();
  if (join.client.version < kKnowsItsIdFrom) return add_member(member_id, std::move(join));
  pending_[member_id] = join.now_ms + join.request.session_timeout_ms;
  answer(join.answers, std::move(join.done), refused(ApiError::kMemberIdRequired, member_id));
}

void Group::join_with_id(Join join) {
  const std::string& member_id = join.request.member_id;
  const auto& instance = join.request.group_instance_id;
  if (!instance.has_value() && pending_.erase(member_id) > 0) {
    return add_member(member_id, std::move(join));
  }
  const auto refuse = [&](ApiError error) {
    answer(join.answers, std::move(join.done), refused(error, member_id));
  };
  if (instance.has_value()) {
    const auto known = static_.find(*instance);
    if (known == static_.end()) return refuse(ApiError::kUnknownMemberId);
    if (known->second != member_id) return refuse(ApiError::kFencedInstanceId);
  }
  Member* member = find(member_id);
  if (member == nullptr) return refuse(ApiError::kUnknownMemberId);
  const bool unchanged = member->protocols == join.request.protocols;
  switch (state_) {
    case GroupState::kPreparingRebalance: return update_and_rebalance(*member, std::move(join));
    case GroupState::kCompletingRebalance:
      // The answer to its join got lost: the same generation again.
      if (unchanged) return answer_current(*member, std::move(join));
      return update_and_rebalance(*member, std::move(join));
    case GroupState::kStable:
      // A leader that joins again wants new assignments.
      if (unchanged && member_id != leader_) return answer_current(*member, std::move(join));
      return update_and_rebalance(*member, std::move(join));
    case GroupState::kEmpty:
    case GroupState::kDead: return refuse(ApiError::kUnknownMemberId);
  }
}

void Group::add_member(const std::string& member_id, Join join) {
  if (members_.empty()) protocol_type_ = join.request.protocol_type;
  Member& member = members_[member_id];
  member.id = member_id;
  member.instance_id = join.request.group_instance_id;
  if (member.instance_id.has_value()) static_[*member.instance_id] = member_id;
  if (leader_.empty()) leader_ = member_id;
  update_and_rebalance(member, std::move(join));
}

void Group::set_member(Member& member, const Join& join) {
  member.client_id = join.client.id;
  member.client_host = join.client.host;
  member.session_timeout_ms = join.request.session_timeout_ms;
  member.rebalance_timeout_ms = static_cast<int32_t>(rebalance_timeout(join.request));
  member.protocols = join.request.protocols;
  member.deadline_ms = join.now_ms + member.session_timeout_ms;
}

void Group::update_and_rebalance(Member& member, Join join) {
  set_member(member, join);
  if (member.join_done) {
    // It asked again, from a new connection perhaps; the older request must end too.
    answer(join.answers, std::move(member.join_done),
           refused(ApiError::kRebalanceInProgress, member.id));
  }
  member.join_done = std::move(join.done);
  prepare_rebalance(join.now_ms, join.answers);
  complete_join_if_all_wait(join.now_ms, join.answers);
}

void Group::answer_current(Member& member, Join join) {
  member.deadline_ms = join.now_ms + member.session_timeout_ms;
  answer(join.answers, std::move(join.done), joined(member));
}

void Group::replace_static_member(const std::string& old_id, Join join) {
  const std::string new_id = *join.request.group_instance_id + "-" + random_.uuid();
  const std::string leader_before = leader_;
  auto node = members_.extract(old_id);
  node.key() = new_id;
  Member& member = members_.insert(std::move(node)).position->second;
  member.id = new_id;
  static_[*member.instance_id] = new_id;
  if (leader_ == old_id) leader_ = new_id;
  if (member.join_done) {
    answer(join.answers, std::move(member.join_done), refused(ApiError::kFencedInstanceId, old_id));
  }
  if (member.sync_done) {
    kafka::SyncGroupResponse fenced;
    fenced.error_code = ApiError::kFencedInstanceId;
    answer(join.answers, std::move(member.sync_done), fenced);
  }
  member.join_done = nullptr;
  member.sync_done = nullptr;
  if (state_ != GroupState::kStable) return update_and_rebalance(member, std::move(join));

  const std::string* metadata_before = member.metadata(protocol_name_);
  const std::string kept = metadata_before == nullptr ? std::string() : *metadata_before;
  set_member(member, join);
  const std::string* metadata_now = member.metadata(protocol_name_);
  if (select_protocol() != protocol_name_ || metadata_now == nullptr || *metadata_now != kept) {
    return update_and_rebalance(member, std::move(join));
  }
  // It gets its old assignment back and nobody else notices. A leader must not assign anew: one
  // that knows how is told to skip, one that does not takes the old id for somebody else's.
  JoinGroupResponse response = joined(member);
  if (leader_ == new_id && join.client.version >= kSkipsAssignmentFrom) {
    response.skip_assignment = true;
  } else {
    response.leader = leader_before;
    response.members.clear();
  }
  answer(join.answers, std::move(join.done), std::move(response));
}

void Group::prepare_rebalance(int64_t now_ms, Answers& answers) {
  if (state_ == GroupState::kPreparingRebalance) return;
  for (auto& [id, member] : members_) {
    if (!member.sync_done) continue;
    kafka::SyncGroupResponse again;
    again.error_code = ApiError::kRebalanceInProgress;
    answer(answers, std::move(member.sync_done), again);
    member.sync_done = nullptr;
    member.deadline_ms = now_ms + member.session_timeout_ms;
  }
  int64_t timeout_ms = 0;
  for (const auto& [id, member] : members_) {
    timeout_ms = std::max<int64_t>(timeout_ms, member.rebalance_timeout_ms);
  }
  state_ = GroupState::kPreparingRebalance;
  phase_deadline_ms_ = now_ms + timeout_ms;
}

void Group::complete_join_if_all_wait(int64_t now_ms, Answers& answers) {
  if (state_ != GroupState::kPreparingRebalance || !pending_.empty()) return;
  const bool all = std::ranges::all_of(
      members_, [](const auto& entry) { return static_cast<bool>(entry.second.join_done); });
  if (all) complete_join(now_ms, answers);
}

void Group::complete_join(int64_t now_ms, Answers& answers) {
  for (auto member = members_.begin(); member != members_.end();) {
    const auto next = std::next(member);
    // Static members keep their place until their session ends.
    if (!member->second.join_done && !member->second.instance_id) erase_member(member, answers);
    member = next;
  }
  const auto waits = [](const auto& entry) { return static_cast<bool>(entry.second.join_done); };
  const Member* leader = find(leader_);
  if (!members_.empty() && (leader == nullptr || !leader->join_done)) {
    const auto elected = std::ranges::find_if(members_, waits);
    if (elected == members_.end()) {
      // Only static members that are away: wait for their sessions to end.
      phase_deadline_ms_ = now_ms + members_.begin()->second.session_timeout_ms;
      return;
    }
    leader_ = elected->first;
  }
  next_generation(now_ms, answers);
}

void Group::next_generation(int64_t now_ms, Answers& answers) {
  ++generation_;
  if (members_.empty()) {
    state_ = GroupState::kEmpty;
    protocol_name_.clear();
    leader_.clear();
    return;
  }
  protocol_name_ = select_protocol();
  state_ = GroupState::kCompletingRebalance;
  int64_t timeout_ms = 0;
  for (auto& [id, member] : members_) {
    timeout_ms = std::max<int64_t>(timeout_ms, member.rebalance_timeout_ms);
    if (!member.join_done) continue;
    member.deadline_ms = now_ms + member.session_timeout_ms;
    answer(answers, std::move(member.join_done), joined(member));
    member.join_done = nullptr;
  }
  phase_deadline_ms_ = now_ms + timeout_ms;
}

std::string Group::select_protocol() const {
  WEIR_CHECK(!members_.empty(), "members choose a protocol");
  std::map<std::string_view, int> votes;
  for (const auto& [id, voter] : members_) {
    for (const auto& protocol : voter.protocols) {
      const bool all = std::ranges::all_of(members_, [&](const auto& entry) {
        return entry.second.metadata(protocol.name) != nullptr;
      });
      if (all) {
        ++votes[protocol.name];
        break;
      }
    }
  }
  const auto most =
      std::ranges::max_element(votes, {}, [](const auto& entry) { return entry.second; });
  return most == votes.end() ? std::string() : std::string(most->first);
}

std::vector<JoinGroupResponse::Member> Group::members_for_leader() const {
  std::vector<JoinGroupResponse::Member> members;
  for (const auto& [id, member] : members_) {
    const std::string* metadata = member.metadata(protocol_name_);
    members.push_back({id, member.instance_id, metadata == nullptr ? std::string() : *metadata});
  }
  return members;
}

JoinGroupResponse Group::joined(const Member& member) const {
  JoinGroupResponse response;
  response.generation_id = generation_;
  response.protocol_type = protocol_type_;
  response.protocol_name = protocol_name_;
  response.leader = leader_;
  response.member_id = member.id;
  if (member.id == leader_) response.members = members_for_leader();
  return response;
}

}  // namespace weir::broker
