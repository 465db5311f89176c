#include "broker/log_partition.h"

#include <algorithm>
#include <utility>

namespace weir::broker {

using kafka::ApiError;

class LogPartition::Listening final : public Subscription {
 public:
  Listening(std::shared_ptr<LogPartition> partition, std::function<void()> wake)
      : partition_(std::move(partition)), wake_(std::move(wake)) {
    const std::lock_guard lock(partition_->listeners_mutex_);
    partition_->listeners_.push_back(this);
    partition_->listener_count_.store(partition_->listeners_.size());
  }
  ~Listening() override {
    const std::lock_guard lock(partition_->listeners_mutex_);
    std::erase(partition_->listeners_, this);
    partition_->listener_count_.store(partition_->listeners_.size());
  }
  void wake() const { wake_(); }

 private:
  const std::shared_ptr<LogPartition> partition_;
  const std::function<void()> wake_;
};

LogPartition::LogPartition(const Context& context, SyncGroup& group, std::string topic,
                           int32_t index, bool visible_when_synced)
    : group_(group),
      topic_(std::move(topic)),
      index_(index),
      visible_when_synced_(visible_when_synced),
      records_in_(context.metrics.counter("weir_broker_records_in_total", {{"topic", topic_}})),
      bytes_in_(context.metrics.counter("weir_broker_bytes_in_total", {{"topic", topic_}})),
      bytes_out_(context.metrics.counter("weir_broker_bytes_out_total", {{"topic", topic_}})),
      failed_appends_(
          context.metrics.counter("weir_broker_failed_appends_total", {{"topic", topic_}})) {}

Result<std::shared_ptr<LogPartition>> LogPartition::open(const Context& context, SyncGroup& group,
                                                         std::string topic, int32_t index,
                                                         LogOptions options) {
  auto partition = std::shared_ptr<LogPartition>(
      new LogPartition(context, group, std::move(topic), index, options.visible_when_synced));
  partition->log_ = WEIR_TRY(SegmentedLog::open(context, std::move(options)));
  context.metrics.counter("weir_broker_bytes_cut_total", {{"topic", partition->topic_}})
      .add(partition->log_->bytes_cut_at_open());
  return partition;
}

Error LogPartition::deleted_error() const {
  return not_found(fmt::format("topic {} was deleted", topic_));
}

Result<ReadResult> LogPartition::read(int64_t offset, size_t max_bytes) {
  if (deleted_.load()) return deleted_error();
  auto result = log_->read(offset, max_bytes);
  if (result.has_value()) bytes_out_.add(result->records.size());
  return result;
}

Result<OffsetAtTime> LogPartition::offset_for_time(int64_t timestamp_ms) {
  if (deleted_.load()) return deleted_error();
  return log_->offset_for_time(timestamp_ms);
}

Result<OffsetAtTime> LogPartition::offset_of_max_time() {
  if (deleted_.load()) return deleted_error();
  return log_->offset_of_max_time();
}

void LogPartition::append(std::span<const std::byte> batch, AppendDone done) {
  SegmentedLog::Appended appended;
  if (deleted_.load()) {
    appended.result.error = ApiError::kUnknownTopicOrPartition;
    appended.result.message = deleted_error().message();
  } else {
    appended = log_->append(batch);
  }
  if (appended.result.error != ApiError::kNone) {
    failed_appends_.add(1);
    return done(appended.result);
  }
  if (appended.wrote) {
    records_in_.add(appended.records);
    bytes_in_.add(batch.size());
  }
  if (visible_when_synced_) return wait_for_sync(std::move(appended), std::move(done));
  if (appended.rolled) group_.schedule(shared_from_this());
  if (appended.wrote) wake_listeners();
  done(appended.result);
}

void LogPartition::wait_for_sync(SegmentedLog::Appended appended, AppendDone done) {
  bool durable = false;
  bool answered = false;
  {
    // Looked at under the waiters' lock: a sync that ends later finds this waiter.
    const std::lock_guard lock(waiters_mutex_);
    const auto [offsets, generation] = log_->state();
    durable =
        generation == appended.generation && appended.result.last_offset < offsets.high_watermark;
    answered = durable || closed_;
    if (!durable && closed_) {
      appended.result = {};
      appended.result.error = ApiError::kKafkaStorageError;
      appended.result.message = "the broker is stopping";
    } else if (!durable) {
      waiters_.push_back({appended.generation, std::move(appended.result), std::move(done)});
    }
  }
  if (answered) return done(appended.result);
  group_.schedule(shared_from_this());
}

void LogPartition::sync() {
  if (deleted_.load()) return answer_waiters(deleted_error());
  const int64_t before = log_->offsets().high_watermark;
  const Status synced = log_->sync();
  if (log_->offsets().high_watermark != before) wake_listeners();
  answer_waiters(synced);
}

void LogPartition::answer_waiters(const Status& synced) {
  std::vector<Waiter> answered;
  {
    const std::lock_guard lock(waiters_mutex_);
    const auto [offsets, current] = log_->state();
    const int64_t visible = offsets.high_watermark;
    const uint64_t generation = current;
    const auto waits = [&](const Waiter& waiter) {
      return synced.has_value() && waiter.generation == generation &&
             waiter.result.last_offset >= visible;
    };
    const auto rest = std::stable_partition(waiters_.begin(), waiters_.end(), waits);
    answered.assign(std::make_move_iterator(rest), std::make_move_iterator(waiters_.end()));
    waiters_.erase(rest, waiters_.end());
    for (Waiter& waiter : answered) {
      if (waiter.generation == generation && waiter.result.last_offset < visible) continue;
      waiter.result = {};
      waiter.result.error = ApiError::kKafkaStorageError;
      waiter.result.message = synced.has_value() ? "the append was undone after a failed sync"
                                                 : synced.error().message();
    }
  }
  for (const Waiter& waiter : answered) {
    if (waiter.result.error != ApiError::kNone) failed_appends_.add(1);
    waiter.done(waiter.result);
  }
}

std::unique_ptr<Subscription> LogPartition::subscribe(std::function<void()> wake) {
  return std::make_unique<Listening>(shared_from_this(), std::move(wake));
}

void LogPartition::wake_listeners() {
  if (listener_count_.load() == 0) return;
  const std::lock_guard lock(listeners_mutex_);
  for (const Listening* listener : listeners_) listener->wake();
}

Result<size_t> LogPartition::apply_retention() {
  if (deleted_.load()) return size_t{0};
  const size_t removed = WEIR_TRY(log_->apply_retention());
  if (removed > 0) group_.schedule(shared_from_this());  // a segment may have been closed
  return removed;
}

void LogPartition::mark_deleted() {
  deleted_.store(true);
  wake_listeners();
}

Status LogPartition::close() {
  if (deleted_.load()) return ok();
  {
    const std::lock_guard lock(waiters_mutex_);
    closed_ = true;
  }
  const Status closed = log_->close();
  answer_waiters(closed);
  return closed;
}

}  // namespace weir::broker
