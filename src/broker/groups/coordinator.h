// GroupCoordinator: all consumer groups of the broker, and their committed offsets.
//
// Puts a lock, a clock and a disk around Group, the state machine. What must wait (join, sync,
// commit, remove) takes a `done` that is called exactly once, on any thread, perhaps before the
// call returns, and never with a lock held. A commit is answered, and visible, when it is durable.
// advance() must be called about ten times a second: it ends sessions, rebalances and old offsets.
// stop() answers everything that waits; call it before the runtime that `done` posts to goes away.
// Members are not kept across a restart: they are told that they are unknown, join again and go on
// from their committed offsets. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/random.h"
#include "base/result.h"
#include "broker/groups/group.h"
#include "broker/groups/offset_log.h"

namespace weir::broker {

struct GroupOptions {
  std::string dir;         // of our own; made when it is missing
  bool fsync = true;       // commits survive loss of power, not only of the process
  bool background = true;  // false: only flush() writes offsets (simulator)
  GroupLimits limits{};
  size_t max_groups = 100'000;
  size_t max_metadata_bytes = 4096;  // of one committed offset
  // Offsets of a group without members are forgotten after this.
  int64_t offsets_retention_ms = 7LL * 24 * 3600 * 1000;
  uint64_t random_seed = 0;  // for member ids; 0: from the operating system
};

// By topic, by partition.
using GroupOffsets = std::map<std::string, std::map<int32_t, CommittedOffset>>;

class GroupCoordinator {
 public:
  static Result<std::unique_ptr<GroupCoordinator>> open(const Context& context,
                                                        GroupOptions options);
  ~GroupCoordinator();
  GroupCoordinator(const GroupCoordinator&) = delete;
  GroupCoordinator& operator=(const GroupCoordinator&) = delete;

  void join(const kafka::JoinGroupRequest& request, const GroupClient& client,
            Done<kafka::JoinGroupResponse> done);
  void sync(const kafka::SyncGroupRequest& request, Done<kafka::SyncGroupResponse> done);
  [[nodiscard]] kafka::HeartbeatResponse heartbeat(const kafka::HeartbeatRequest& request);
  // Answers the single member of versions up to 2 in error_code, the list of later ones in members.
  [[nodiscard]] kafka::LeaveGroupResponse leave(const kafka::LeaveGroupRequest& request,
                                                int16_t version);
  // Whether the topics exist is the caller's to check.
  void commit(const kafka::OffsetCommitRequest& request, Done<kafka::OffsetCommitResponse> done);
  // Empty for a group that is not known.
  [[nodiscard]] GroupOffsets committed(const std::string& group) const;

  [[nodiscard]] std::vector<kafka::ListGroupsResponse::Group> list() const;
  // State Dead for a group that is not known.
  [[nodiscard]] kafka::DescribeGroupsResponse::Group describe(const std::string& group) const;
  // With their offsets; only groups without members.
  void remove(const std::vector<std::string>& groups, Done<kafka::DeleteGroupsResponse> done);
  // A deleted topic's offsets, in all groups.
  void forget_topic(const std::string& topic);

  void advance();
  // Writes offsets now; only with background = false.
  void flush();
  // Idempotent. Joins and commits after it are refused.
  void stop();

 private:
  struct Entry {
    Entry(const std::string& id, const GroupLimits& limits, Random& random)
        : group(id, limits, random) {}
    Group group;
    GroupOffsets offsets;
    int pending_writes = 0;      // commits and removals on their way to the disk
    int64_t empty_since_ms = 0;  // wall clock; when it was last seen with members, or loaded
  };
  using Groups = std::map<std::string, std::unique_ptr<Entry>, std::less<>>;

  GroupCoordinator(const Context& context, GroupOptions options);
  void replay(OffsetEntry entry);
  void snapshot(ByteWriter& out) const;
  [[nodiscard]] Entry* find(const std::string& group) const;
  // nullptr when there are too many.
  Entry* find_or_add(const std::string& group);
  [[nodiscard]] kafka::ApiError check_commit(const kafka::OffsetCommitRequest& request,
                                             Entry*& entry);
  // Marks what is refused in `response`.
  [[nodiscard]] ByteWriter encode_commit(const kafka::OffsetCommitRequest& request,
                                         int64_t commit_time_ms,
                                         kafka::OffsetCommitResponse& response) const;
  void commit_written(const kafka::OffsetCommitRequest& request, int64_t commit_time_ms,
                      bool is_durable, kafka::OffsetCommitResponse& response);
  [[nodiscard]] kafka::ApiError check_remove(const std::string& group) const;
  void remove_written(const std::string& group, bool is_durable);
  void forget(const std::vector<OffsetEntry>& entries);
  [[nodiscard]] std::vector<OffsetEntry> old_offsets(int64_t now_ms) const;
  void drop_unused_groups();

  Context context_;
  GroupOptions options_;
  mutable std::mutex mutex_;
  Random random_;
  Groups groups_;
  int64_t next_retention_ms_ = 0;  // monotonic
  bool stopped_ = false;
  std::unique_ptr<OffsetLog> log_;  // last: its thread calls back
};

}  // namespace weir::broker
