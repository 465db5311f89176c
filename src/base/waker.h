// Waker: a thread sleeps until it is woken or a time has come; never polls, never misses a wake.
//
// One thread waits, any thread wakes. A wake that comes before the wait makes that wait return at
// once, and several of them count as one. Waking a thread that is awake is one relaxed load when it
// has been told already, else one atomic exchange. The simulator never calls wait().
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace weir {

class Waker {
 public:
  void wake();
  // Returns when woken since the last return, or after `timeout_ns`; negative: no limit.
  // True when woken.
  bool wait(int64_t timeout_ns);
  // Forgets a wake that is pending; true when there was one.
  bool consume();

 private:
  enum State : uint32_t { kAwake, kWoken, kSleeping };
  std::atomic<uint32_t> state_{kAwake};
  std::mutex mutex_;
  std::condition_variable condition_;
};

}  // namespace weir
