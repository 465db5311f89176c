#include "broker/log/sync_group.h"

namespace weir::broker {

SyncGroup::SyncGroup(Clock& clock, unsigned threads, int64_t linger_us)
    : clock_(clock), linger_us_(linger_us) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back("broker-sync", [this] { serve(); });
}

SyncGroup::~SyncGroup() { stop(); }

void SyncGroup::schedule(std::shared_ptr<Syncable> partition) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    switch (partition->state_) {
      case Syncable::State::kQueued:
      case Syncable::State::kRunningAndQueued: return;
      case Syncable::State::kRunning:
        partition->state_ = Syncable::State::kRunningAndQueued;  // run_one() queues it
        return;
      case Syncable::State::kIdle: break;
    }
    partition->state_ = Syncable::State::kQueued;
    queue_.push_back(std::move(partition));
  }
  work_.notify_one();
}

void SyncGroup::run_one(std::unique_lock<std::mutex>& lock) {
  const auto partition = std::move(queue_.front());
  queue_.pop_front();
  partition->state_ = Syncable::State::kRunning;
  ++running_;
  lock.unlock();
  partition->sync();
  lock.lock();
  --running_;
  if (partition->state_ == Syncable::State::kRunningAndQueued) {
    partition->state_ = Syncable::State::kQueued;
    queue_.push_back(partition);
    work_.notify_one();
  } else {
    partition->state_ = Syncable::State::kIdle;
  }
  idle_.notify_all();
}

void SyncGroup::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    if (linger_us_ > 0 && !stopping_) {
      lock.unlock();
      clock_.sleep_ns(linger_us_ * 1000);
      lock.lock();
      if (queue_.empty()) continue;
    }
    run_one(lock);
  }
}

void SyncGroup::run_now() {
  std::unique_lock lock(mutex_);
  while (!queue_.empty()) run_one(lock);
  idle_.wait(lock, [this] { return running_ == 0; });
  while (!queue_.empty()) run_one(lock);
}

void SyncGroup::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  for (Thread& thread : threads_) thread.join();
  run_now();
}

}  // namespace weir::broker
