#include "base/waker.h"

#include <chrono>

namespace weir {

void Waker::wake() {
  if (state_.load(std::memory_order_seq_cst) == kWoken) return;
  if (state_.exchange(kWoken, std::memory_order_seq_cst) == kSleeping) {
    // The lock makes sure that the sleeper is inside wait_for and cannot miss the notification.
    const std::lock_guard lock(mutex_);
    condition_.notify_one();
  }
}

bool Waker::consume() { return state_.exchange(kAwake, std::memory_order_seq_cst) == kWoken; }

bool Waker::wait(int64_t timeout_ns) {
  uint32_t expected = kAwake;
  if (!state_.compare_exchange_strong(expected, kSleeping, std::memory_order_seq_cst)) {
    return consume();
  }
  std::unique_lock lock(mutex_);
  const auto woken = [this] { return state_.load(std::memory_order_seq_cst) == kWoken; };
  if (timeout_ns < 0) {
    condition_.wait(lock, woken);
  } else {
    condition_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), woken);
  }
  return consume();
}

}  // namespace weir
