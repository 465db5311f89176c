#include "broker/groups/coordinator.h"

#include <utility>

#include "base/check.h"

namespace weir::broker {

using kafka::ApiError;

namespace {

constexpr int64_t kRetentionCheckMs = 60'000;

void run(const Answers& answers) {
  for (const auto& each : answers) each();
}

kafka::OffsetCommitResponse same_answer_for_all(const kafka::OffsetCommitRequest& request,
                                                ApiError error) {
  kafka::OffsetCommitResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    for (const auto& partition : topic.partitions) {
      answered.partitions.push_back({partition.partition_index, error});
    }
  }
  return response;
}

}  // namespace

GroupCoordinator::GroupCoordinator(const Context& context, GroupOptions options)
    : context_(context),
      options_(std::move(options)),
      random_(options_.random_seed != 0 ? options_.random_seed : secure_random_seed()) {}

Result<std::unique_ptr<GroupCoordinator>> GroupCoordinator::open(const Context& context,
                                                                 GroupOptions options) {
  std::unique_ptr<GroupCoordinator> coordinator(new GroupCoordinator(context, std::move(options)));
  auto* raw = coordinator.get();
  const auto& kept = raw->options_;
  raw->log_ = WEIR_TRY(OffsetLog::open(
      context, {.dir = kept.dir, .fsync = kept.fsync, .background = kept.background},
      [raw](OffsetEntry entry) { raw->replay(std::move(entry)); },
      [raw](ByteWriter& out) { raw->snapshot(out); }));
  const int64_t now_ms = context.clock.wall_ms();
  for (auto& [id, entry] : raw->groups_) entry->empty_since_ms = now_ms;
  return coordinator;
}

GroupCoordinator::~GroupCoordinator() { stop(); }

void GroupCoordinator::replay(OffsetEntry entry) {
  if (!entry.topic.has_value()) {
    groups_.erase(entry.group);
    return;
  }
  auto& group = groups_[entry.group];
  if (group == nullptr) {
    group = std::make_unique<Entry>(entry.group, options_.limits, random_);
  }
  if (entry.committed.has_value()) {
    group->offsets[*entry.topic][entry.partition] = std::move(*entry.committed);
    return;
  }
  const auto topic = group->offsets.find(*entry.topic);
  if (topic == group->offsets.end()) return;
  topic->second.erase(entry.partition);
  if (topic->second.empty()) group->offsets.erase(topic);
}

void GroupCoordinator::snapshot(ByteWriter& out) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : groups_) {
    for (const auto& [topic, partitions] : entry->offsets) {
      for (const auto& [partition, committed] : partitions) {
        OffsetEntry{id, topic, partition, committed}.encode(out);
      }
    }
  }
}

GroupCoordinator::Entry* GroupCoordinator::find(const std::string& group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? nullptr : found->second.get();
}

GroupCoordinator::Entry* GroupCoordinator::find_or_add(const std::string& group) {
  if (Entry* entry = find(group); entry != nullptr) return entry;
  if (groups_.size() >= options_.max_groups) return nullptr;
  auto& entry = groups_[group];
  entry = std::make_unique<Entry>(group, options_.limits, random_);
  entry->empty_since_ms = context_.clock.wall_ms();
  return entry.get();
}

void GroupCoordinator::join(const kafka::JoinGroupRequest& request, const GroupClient& client,
                            Done<kafka::JoinGroupResponse> done) {
  Answers answers;
  kafka::JoinGroupResponse refused;
  refused.member_id = request.member_id;
  {
    const std::lock_guard lock(mutex_);
    // Only somebody new starts a group.
    Entry* entry = nullptr;
    if (stopped_) {
      refused.error_code = ApiError::kCoordinatorNotAvailable;
    } else if (request.group_id.empty()) {
      refused.error_code = ApiError::kInvalidGroupId;
    } else if (request.member_id.empty()) {
      entry = find_or_add(request.group_id);
      if (entry == nullptr) refused.error_code = ApiError::kGroupMaxSizeReached;
    } else {
      entry = find(request.group_id);
      if (entry == nullptr) refused.error_code = ApiError::kUnknownMemberId;
    }
    if (entry == nullptr) {
      answer(answers, std::move(done), refused);
    } else {
      const int64_t now_ms = context_.clock.monotonic_ms();
      entry->group.join(request, client, now_ms, std::move(done), answers);
    }
  }
  run(answers);
}

void GroupCoordinator::sync(const kafka::SyncGroupRequest& request,
                            Done<kafka::SyncGroupResponse> done) {
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(request.group_id);
    if (stopped_ || entry == nullptr) {
      kafka::SyncGroupResponse refused;
      refused.error_code =
          stopped_ ? ApiError::kCoordinatorNotAvailable : ApiError::kUnknownMemberId;
      answer(answers, std::move(done), refused);
    } else {
      entry->group.sync(request, context_.clock.monotonic_ms(), std::move(done), answers);
    }
  }
  run(answers);
}

kafka::HeartbeatResponse GroupCoordinator::heartbeat(const kafka::HeartbeatRequest& request) {
  const std::lock_guard lock(mutex_);
  kafka::HeartbeatResponse response;
  Entry* entry = find(request.group_id);
  response.error_code = entry == nullptr
                            ? ApiError::kUnknownMemberId
                            : entry->group.heartbeat(request, context_.clock.monotonic_ms());
  return response;
}

kafka::LeaveGroupResponse GroupCoordinator::leave(const kafka::LeaveGroupRequest& request,
                                                  int16_t version) {
  constexpr int16_t kNamesMembersFrom = 3;
  kafka::LeaveGroupResponse response;
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(request.group_id);
    const int64_t now_ms = context_.clock.monotonic_ms();
    const auto leave_one = [&](const std::string& member_id,
                               const std::optional<std::string>& instance_id) {
      if (entry == nullptr) return ApiError::kUnknownMemberId;
      return entry->group.leave(member_id, instance_id, now_ms, answers);
    };
    if (version < kNamesMembersFrom) {
      response.error_code = leave_one(request.member_id, std::nullopt);
    } else {
      for (const auto& member : request.members) {
        response.members.push_back({member.member_id, member.group_instance_id,
                                    leave_one(member.member_id, member.group_instance_id)});
      }
    }
  }
  run(answers);
  return response;
}

ApiError GroupCoordinator::check_commit(const kafka::OffsetCommitRequest& request, Entry*& entry) {
  if (stopped_) return ApiError::kCoordinatorNotAvailable;
  entry = find(request.group_id);
  if (entry == nullptr) {
    if (request.generation_id_or_member_epoch >= 0) return ApiError::kIllegalGeneration;
    entry = find_or_add(request.group_id);
    if (entry == nullptr) return ApiError::kGroupMaxSizeReached;
  }
  return entry->group.check_commit(request, context_.clock.monotonic_ms());
}

ByteWriter GroupCoordinator::encode_commit(const kafka::OffsetCommitRequest& request,
                                           int64_t commit_time_ms,
                                           kafka::OffsetCommitResponse& response) const {
  ByteWriter entries;
  for (size_t i = 0; i < request.topics.size(); ++i) {
    const auto& topic = request.topics[i];
    for (size_t j = 0; j < topic.partitions.size(); ++j) {
      const auto& partition = topic.partitions[j];
      const std::string metadata = partition.committed_metadata.value_or("");
      if (metadata.size() > options_.max_metadata_bytes) {
        response.topics[i].partitions[j].error_code = ApiError::kOffsetMetadataTooLarge;
        continue;
      }
      const CommittedOffset committed{partition.committed_offset, partition.committed_leader_epoch,
                                      metadata, commit_time_ms};
      OffsetEntry{request.group_id, topic.name, partition.partition_index, committed}.encode(
          entries);
    }
  }
  return entries;
}

void GroupCoordinator::commit(const kafka::OffsetCommitRequest& request,
                              Done<kafka::OffsetCommitResponse> done) {
  kafka::OffsetCommitResponse response;
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = nullptr;
    const ApiError error = check_commit(request, entry);
    response = same_answer_for_all(request, error);
    if (error == ApiError::kNone) {
      const int64_t now_ms = context_.clock.wall_ms();
      const ByteWriter entries = encode_commit(request, now_ms, response);
      if (entries.size() > 0) {
        ++entry->pending_writes;
        // Under the lock, so that the log has commits and removals in the order of the decisions.
        log_->append(entries.view(), [this, request, now_ms, done = std::move(done),
                                      response](const Status& status) mutable {
          commit_written(request, now_ms, status.has_value(), response);
          done(std::move(response));
        });
        return;
      }
    }
  }
  done(std::move(response));
}

void GroupCoordinator::commit_written(const kafka::OffsetCommitRequest& request,
                                      int64_t commit_time_ms, bool is_durable,
                                      kafka::OffsetCommitResponse& response) {
  const std::lock_guard lock(mutex_);
  Entry* entry = find(request.group_id);
  WEIR_CHECK(entry != nullptr, "a group with a commit on its way stays");
  --entry->pending_writes;
  for (size_t i = 0; i < request.topics.size(); ++i) {
    for (size_t j = 0; j < request.topics[i].partitions.size(); ++j) {
      auto& error = response.topics[i].partitions[j].error_code;
      if (error != ApiError::kNone) continue;
      if (!is_durable) {
        error = ApiError::kCoordinatorNotAvailable;
        continue;
      }
      const auto& partition = request.topics[i].partitions[j];
      entry->offsets[request.topics[i].name][partition.partition_index] = {
          partition.committed_offset, partition.committed_leader_epoch,
          partition.committed_metadata.value_or(""), commit_time_ms};
    }
  }
}

GroupOffsets GroupCoordinator::committed(const std::string& group) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = find(group);
  return entry == nullptr ? GroupOffsets() : entry->offsets;
}

std::vector<kafka::ListGroupsResponse::Group> GroupCoordinator::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<kafka::ListGroupsResponse::Group> groups;
  for (const auto& [id, entry] : groups_) {
    groups.push_back({id, entry->group.protocol_type(),
                      std::string(group_state_name(entry->group.state())), "classic"});
  }
  return groups;
}

kafka::DescribeGroupsResponse::Group GroupCoordinator::describe(const std::string& group) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = find(group);
  if (entry != nullptr) return entry->group.describe();
  kafka::DescribeGroupsResponse::Group unknown;
  unknown.group_id = group;
  unknown.group_state = group_state_name(GroupState::kDead);
  return unknown;
}

void GroupCoordinator::remove(const std::vector<std::string>& groups,
                              Done<kafka::DeleteGroupsResponse> done) {
  kafka::DeleteGroupsResponse response;
  {
    const std::lock_guard lock(mutex_);
    ByteWriter entries;
    for (const auto& id : groups) {
      const ApiError error = check_remove(id);
      response.results.push_back({id, error});
      if (error != ApiError::kNone) continue;
      Entry* entry = find(id);
      Answers none;  // without members nobody waits
      entry->group.close(ApiError::kCoordinatorNotAvailable, none);
      ++entry->pending_writes;
      OffsetEntry{id, std::nullopt, 0, std::nullopt}.encode(entries);
    }
    if (entries.size() > 0) {
      log_->append(entries.view(),
                   [this, done = std::move(done), response](const Status& status) mutable {
                     for (auto& result : response.results) {
                       if (result.error_code != ApiError::kNone) continue;
                       remove_written(result.group_id, status.has_value());
                       if (!status.has_value()) {
                         result.error_code = ApiError::kCoordinatorNotAvailable;
                       }
                     }
                     done(std::move(response));
                   });
      return;
    }
  }
  done(std::move(response));
}

ApiError GroupCoordinator::check_remove(const std::string& group) const {
  if (stopped_) return ApiError::kCoordinatorNotAvailable;
  const Entry* entry = find(group);
  if (entry == nullptr || entry->group.state() == GroupState::kDead) {
    return ApiError::kGroupIdNotFound;
  }
  return entry->group.has_members() ? ApiError::kNonEmptyGroup : ApiError::kNone;
}

void GroupCoordinator::remove_written(const std::string& group, bool is_durable) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(group);
  if (is_durable) {
    groups_.erase(found);
    return;
  }
  // It lives on, with its offsets.
  auto revived = std::make_unique<Entry>(group, options_.limits, random_);
  revived->offsets = std::move(found->second->offsets);
  revived->pending_writes = found->second->pending_writes - 1;
  revived->empty_since_ms = found->second->empty_since_ms;
  found->second = std::move(revived);
}

void GroupCoordinator::forget(const std::vector<OffsetEntry>& entries) {
  if (entries.empty()) return;
  ByteWriter bytes;
  for (const auto& entry : entries) entry.encode(bytes);
  log_->append(bytes.view(), [this, entries](const Status& status) {
    if (!status.has_value()) return;
    const std::lock_guard lock(mutex_);
    for (const auto& entry : entries) {
      if (groups_.contains(entry.group)) replay(entry);
    }
  });
}

void GroupCoordinator::forget_topic(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  std::vector<OffsetEntry> entries;
  for (const auto& [id, entry] : groups_) {
    const auto found = entry->offsets.find(topic);
    if (found == entry->offsets.end()) continue;
    for (const auto& [partition, committed] : found->second) {
      entries.push_back({id, topic, partition, std::nullopt});
    }
  }
  forget(entries);
}

std::vector<OffsetEntry> GroupCoordinator::old_offsets(int64_t now_ms) const {
  std::vector<OffsetEntry> old;
  for (const auto& [id, entry] : groups_) {
    if (entry->group.has_members() || entry->pending_writes > 0) continue;
    if (now_ms - entry->empty_since_ms <= options_.offsets_retention_ms) continue;
    for (const auto& [topic, partitions] : entry->offsets) {
      for (const auto& [partition, committed] : partitions) {
        if (now_ms - committed.commit_time_ms > options_.offsets_retention_ms) {
          old.push_back({id, topic, partition, std::nullopt});
        }
      }
    }
  }
  return old;
}

void GroupCoordinator::drop_unused_groups() {
  std::erase_if(groups_, [](const auto& item) {
    const Entry& entry = *item.second;
    return !entry.group.has_members() && entry.group.state() == GroupState::kEmpty &&
           entry.offsets.empty() && entry.pending_writes == 0;
  });
}

void GroupCoordinator::advance() {
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    const int64_t now_ms = context_.clock.monotonic_ms();
    const int64_t wall_ms = context_.clock.wall_ms();
    for (auto& [id, entry] : groups_) {
      if (!entry->group.has_members()) continue;
      entry->empty_since_ms = wall_ms;
      entry->group.advance(now_ms, answers);
    }
    drop_unused_groups();
    if (now_ms >= next_retention_ms_) {
      next_retention_ms_ = now_ms + kRetentionCheckMs;
      forget(old_offsets(wall_ms));
    }
  }
  run(answers);
}

void GroupCoordinator::flush() { log_->flush(); }

void GroupCoordinator::stop() {
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    for (auto& [id, entry] : groups_) {
      entry->group.close(ApiError::kCoordinatorNotAvailable, answers);
    }
  }
  run(answers);
  if (log_ != nullptr) log_->stop();
}

}  // namespace weir::broker
