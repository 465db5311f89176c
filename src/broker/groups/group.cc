// What is not joining: assignments, signs of life, leaving, time.
#include "broker/groups/group.h"

#include <algorithm>

namespace weir::broker {

using kafka::ApiError;

namespace {

kafka::SyncGroupResponse refused(ApiError error) {
  kafka::SyncGroupResponse response;
  response.error_code = error;
  return response;
}

}  // namespace

std::string_view group_state_name(GroupState state) {
  switch (state) {
    case GroupState::kEmpty: return "Empty";
    case GroupState::kPreparingRebalance: return "PreparingRebalance";
    case GroupState::kCompletingRebalance: return "CompletingRebalance";
    case GroupState::kStable: return "Stable";
    case GroupState::kDead: return "Dead";
  }
  return "";
}

Group::Group(std::string id, const GroupLimits& limits, Random& random)
    : id_(std::move(id)), limits_(limits), random_(random) {}

Group::Member* Group::find(const std::string& member_id) {
  const auto found = members_.find(member_id);
  return found == members_.end() ? nullptr : &found->second;
}

ApiError Group::check_member(const std::string& member_id,
                             const std::optional<std::string>& instance_id, int32_t generation,
                             Member*& member) {
  if (state_ == GroupState::kDead) return ApiError::kCoordinatorNotAvailable;
  if (instance_id.has_value()) {
    const auto known = static_.find(*instance_id);
    if (known == static_.end()) return ApiError::kUnknownMemberId;
    if (known->second != member_id) return ApiError::kFencedInstanceId;
  }
  member = find(member_id);
  if (member == nullptr) return ApiError::kUnknownMemberId;
  return generation == generation_ ? ApiError::kNone : ApiError::kIllegalGeneration;
}

void Group::sync(const kafka::SyncGroupRequest& request, int64_t now_ms,
                 Done<kafka::SyncGroupResponse> done, Answers& answers) {
  Member* member = nullptr;
  ApiError error =
      check_member(request.member_id, request.group_instance_id, request.generation_id, member);
  const bool other_protocol =
      (request.protocol_type.has_value() && *request.protocol_type != protocol_type_) ||
      (request.protocol_name.has_value() && *request.protocol_name != protocol_name_);
  if (error == ApiError::kNone && other_protocol) error = ApiError::kInconsistentGroupProtocol;
  if (error == ApiError::kNone && state_ == GroupState::kPreparingRebalance) {
    error = ApiError::kRebalanceInProgress;
  }
  if (error != ApiError::kNone) return answer(answers, std::move(done), refused(error));

  member->deadline_ms = now_ms + member->session_timeout_ms;
  if (member->sync_done) {
    answer(answers, std::move(member->sync_done), refused(ApiError::kRebalanceInProgress));
  }
  member->sync_done = std::move(done);
  if (state_ == GroupState::kCompletingRebalance) {
    if (member->id != leader_) return;
    for (auto& [id, each] : members_) each.assignment.clear();
    for (const auto& assigned : request.assignments) {
      if (Member* of = find(assigned.member_id); of != nullptr)
        of->assignment = assigned.assignment;
    }
    state_ = GroupState::kStable;
  }
  for (auto& [id, each] : members_) {
    if (!each.sync_done) continue;
    kafka::SyncGroupResponse response;
    response.protocol_type = protocol_type_;
    response.protocol_name = protocol_name_;
    response.assignment = each.assignment;
    each.deadline_ms = now_ms + each.session_timeout_ms;
    answer(answers, std::move(each.sync_done), std::move(response));
    each.sync_done = nullptr;
  }
}

ApiError Group::heartbeat(const kafka::HeartbeatRequest& request, int64_t now_ms) {
  Member* member = nullptr;
  const ApiError error =
      check_member(request.member_id, request.group_instance_id, request.generation_id, member);
  if (error != ApiError::kNone) return error;
  member->deadline_ms = now_ms + member->session_timeout_ms;
  return state_ == GroupState::kPreparingRebalance ? ApiError::kRebalanceInProgress
                                                   : ApiError::kNone;
}

ApiError Group::leave(const std::string& member_id, const std::optional<std::string>& instance_id,
                      int64_t now_ms, Answers& answers) {
  if (state_ == GroupState::kDead) return ApiError::kCoordinatorNotAvailable;
  std::string leaving = member_id;
  if (instance_id.has_value()) {
    const auto known = static_.find(*instance_id);
    if (known == static_.end()) return ApiError::kUnknownMemberId;
    // Tools name the instance alone.
    if (!member_id.empty() && known->second != member_id) return ApiError::kFencedInstanceId;
    leaving = known->second;
  }
  if (pending_.erase(leaving) > 0) {
    complete_join_if_all_wait(now_ms, answers);
    return ApiError::kNone;
  }
  if (find(leaving) == nullptr) return ApiError::kUnknownMemberId;
  remove_member(leaving, now_ms, answers);
  return ApiError::kNone;
}

ApiError Group::check_commit(const kafka::OffsetCommitRequest& request, int64_t now_ms) {
  if (state_ == GroupState::kDead) return ApiError::kCoordinatorNotAvailable;
  const int32_t generation = request.generation_id_or_member_epoch;
  // Consumers that assign partitions themselves commit without being members.
  if (generation < 0 && state_ == GroupState::kEmpty) return ApiError::kNone;
  if (generation < 0 && request.member_id.empty() && !request.group_instance_id) {
    return ApiError::kUnknownMemberId;
  }
  Member* member = nullptr;
  const ApiError error =
      check_member(request.member_id, request.group_instance_id, generation, member);
  if (error != ApiError::kNone) return error;
  member->deadline_ms = now_ms + member->session_timeout_ms;
  return state_ == GroupState::kCompletingRebalance ? ApiError::kRebalanceInProgress
                                                    : ApiError::kNone;
}

void Group::erase_member(Members::iterator member, Answers& answers) {
  Member& gone = member->second;
  if (gone.join_done) {
    kafka::JoinGroupResponse response;
    response.error_code = ApiError::kUnknownMemberId;
    response.member_id = gone.id;
    answer(answers, std::move(gone.join_done), std::move(response));
  }
  if (gone.sync_done) {
    answer(answers, std::move(gone.sync_done), refused(ApiError::kUnknownMemberId));
  }
  if (gone.instance_id.has_value()) static_.erase(*gone.instance_id);
  const bool was_leader = gone.id == leader_;
  members_.erase(member);
  if (was_leader) leader_ = members_.empty() ? std::string() : members_.begin()->first;
}

void Group::member_left(int64_t now_ms, Answers& answers) {
  if (state_ == GroupState::kStable || state_ == GroupState::kCompletingRebalance) {
    prepare_rebalance(now_ms, answers);
  }
  complete_join_if_all_wait(now_ms, answers);
}

void Group::remove_member(const std::string& member_id, int64_t now_ms, Answers& answers) {
  erase_member(members_.find(member_id), answers);
  member_left(now_ms, answers);
}

void Group::advance(int64_t now_ms, Answers& answers) {
  bool lost = std::erase_if(pending_, [&](const auto& id) { return id.second <= now_ms; }) > 0;
  for (auto member = members_.begin(); member != members_.end();) {
    const auto next = std::next(member);
    // Whoever waits for an answer of ours cannot send heartbeats.
    if (!member->second.is_waiting() && member->second.deadline_ms <= now_ms) {
      erase_member(member, answers);
      lost = true;
    }
    member = next;
  }
  if (lost) member_left(now_ms, answers);
  if (phase_deadline_ms_ > now_ms) return;
  if (state_ == GroupState::kPreparingRebalance) {
    pending_.clear();
    complete_join(now_ms, answers);
  } else if (state_ == GroupState::kCompletingRebalance) {
    // Whoever has not asked for its assignment by now is gone, the leader most likely.
    for (auto member = members_.begin(); member != members_.end();) {
      const auto next = std::next(member);
      if (!member->second.sync_done) erase_member(member, answers);
      member = next;
    }
    member_left(now_ms, answers);
  }
}

void Group::close(ApiError error, Answers& answers) {
  for (auto& [id, member] : members_) {
    if (member.join_done) {
      kafka::JoinGroupResponse response;
      response.error_code = error;
      response.member_id = id;
      answer(answers, std::move(member.join_done), std::move(response));
    }
    if (member.sync_done) answer(answers, std::move(member.sync_done), refused(error));
  }
  members_.clear();
  static_.clear();
  pending_.clear();
  leader_.clear();
  state_ = GroupState::kDead;
}

kafka::DescribeGroupsResponse::Group Group::describe() const {
  kafka::DescribeGroupsResponse::Group group;
  group.group_id = id_;
  group.group_state = group_state_name(state_);
  group.protocol_type = protocol_type_;
  const bool stable = state_ == GroupState::kStable;
  if (stable) group.protocol_data = protocol_name_;
  for (const auto& [id, member] : members_) {
    auto& described = group.members.emplace_back();
    described.member_id = id;
    described.group_instance_id = member.instance_id;
    described.client_id = member.client_id;
    described.client_host = member.client_host;
    if (!stable) continue;
    described.member_assignment = member.assignment;
    if (const auto* metadata = member.metadata(protocol_name_)) {
      described.member_metadata = *metadata;
    }
  }
  return group;
}

}  // namespace weir::broker
