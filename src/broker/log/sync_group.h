// SyncGroup: a few threads that make the logs of all partitions durable.
//
// A partition asks for a sync after an append; while a sync runs, further appends gather and share
// the next one, so the number of fdatasync calls follows the disk, not the producers. One partition
// is synced by one thread at a time. With `linger_us` a thread waits that long first, so that more
// appends share. With no threads, run_now() does the work. Idle threads sleep.
// stop() finishes what was asked for; afterwards schedule() does nothing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/thread.h"

namespace weir::broker {

class Syncable {
 public:
  virtual ~Syncable() = default;
  // On a thread of the group; handles its own failure.
  virtual void sync() = 0;

 private:
  friend class SyncGroup;
  enum class State { kIdle, kQueued, kRunning, kRunningAndQueued };
  State state_ = State::kIdle;  // guarded by the group's mutex
};

class SyncGroup {
 public:
  SyncGroup(Clock& clock, unsigned threads, int64_t linger_us);
  ~SyncGroup();
  SyncGroup(const SyncGroup&) = delete;
  SyncGroup& operator=(const SyncGroup&) = delete;

  // Any thread; cheap when the partition waits in the queue already.
  void schedule(std::shared_ptr<Syncable> partition);
  // Syncs what is queued, on this thread, and waits for what runs on others.
  void run_now();
  // Idempotent.
  void stop();

 private:
  void serve();
  // Takes one out of the queue, syncs it, with the lock given up meanwhile.
  void run_one(std::unique_lock<std::mutex>& lock);

  Clock& clock_;
  const int64_t linger_us_;
  std::mutex mutex_;
  std::condition_variable work_;  // something was queued, or stop
  std::condition_variable idle_;  // a sync ended
  std::deque<std::shared_ptr<Syncable>> queue_;
  size_t running_ = 0;
  bool stopping_ = false;
  std::vector<Thread> threads_;
};

}  // namespace weir::broker
