// LogPartition: a partition over a segmented log: waiters for durability, listeners, counts.
//
// What Partition promises, with the log behind it and the SyncGroup beside it. Locks, in this
// order: the log's, then waiters_mutex_ or listeners_mutex_, never both; callbacks of waiters run
// without any lock. Owned by the catalog; a handle may outlive the topic, not the broker.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.h"
#include "broker/log/segmented_log.h"
#include "broker/log/sync_group.h"
#include "broker/partition.h"

namespace weir::broker {

class LogPartition final : public Partition,
                           public Syncable,
                           public std::enable_shared_from_this<LogPartition> {
 public:
  // Recovers the log in `options.dir`.
  static Result<std::shared_ptr<LogPartition>> open(const Context& context, SyncGroup& group,
                                                    std::string topic, int32_t index,
                                                    LogOptions options);

  [[nodiscard]] const std::string& topic() const override { return topic_; }
  [[nodiscard]] int32_t index() const override { return index_; }
  [[nodiscard]] Result<ReadResult> read(int64_t offset, size_t max_bytes) override;
  void append(std::span<const std::byte> batch, AppendDone done) override;
  [[nodiscard]] LogOffsets offsets() const override { return log_->offsets(); }
  [[nodiscard]] Result<OffsetAtTime> offset_for_time(int64_t timestamp_ms) override;
  [[nodiscard]] Result<OffsetAtTime> offset_of_max_time() override;
  [[nodiscard]] uint64_t size_bytes() const override { return log_->size_bytes(); }
  [[nodiscard]] std::unique_ptr<Subscription> subscribe(std::function<void()> wake) override;

  void sync() override;
  Result<size_t> apply_retention();
  // No append or read succeeds afterwards; who waits is told.
  void mark_deleted();
  // For subscribers to look at what else they wait for: the broker stops.
  void wake_listeners();
  Status close();

 private:
  struct Waiter {
    uint64_t generation;
    AppendResult result;
    AppendDone done;
  };
  class Listening;

  LogPartition(const Context& context, SyncGroup& group, std::string topic, int32_t index,
               bool visible_when_synced);

  void wait_for_sync(SegmentedLog::Appended appended, AppendDone done);
  void answer_waiters(const Status& synced);
  [[nodiscard]] Error deleted_error() const;

  SyncGroup& group_;
  const std::string topic_;
  const int32_t index_;
  const bool visible_when_synced_;
  std::unique_ptr<SegmentedLog> log_;
  std::atomic<bool> deleted_{false};

  std::mutex waiters_mutex_;
  std::vector<Waiter> waiters_;
  bool closed_ = false;

  std::atomic<size_t> listener_count_{0};
  std::mutex listeners_mutex_;
  std::vector<Listening*> listeners_;

  Counter& records_in_;
  Counter& bytes_in_;
  Counter& bytes_out_;
  Counter& failed_appends_;
};

}  // namespace weir::broker
