#include "checkpoint/delivery.h"

#include <algorithm>

namespace weir::checkpoint {
namespace {

constexpr int64_t kPauseFirstMs = 50;
constexpr int64_t kPauseMaxMs = 5000;

}  // namespace

void SinkDelivery::add(ReadyOutput output) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(output));
  }
  waker_.wake();
}

size_t SinkDelivery::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::string SinkDelivery::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void SinkDelivery::on_unavailable(const Error& error) {
  if (pause_ms_ == 0) {
    context_.log.warning("delivery", "a sink is not available, trying again",
                         {{"sink", sink_id_}, {"error", error.message()}});
  }
  pause_ms_ = std::clamp(pause_ms_ * 2, kPauseFirstMs, kPauseMaxMs);
  try_at_ms_ = context_.clock.monotonic_ms() + pause_ms_;
  const std::lock_guard lock(mutex_);
  trouble_ = error.message();
}

bool SinkDelivery::step() {
  if (failed_ || context_.clock.monotonic_ms() < try_at_ms_) return false;
  const ReadyOutput* front = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    front = &queue_.front();  // a deque does not move it when others are added
  }
  const Status delivered = committer_->deliver(front->delivery);
  if (!delivered) {
    if (delivered.error().code() == ErrorCode::kUnavailable) {
      on_unavailable(delivered.error());
    } else {
      failed_ = true;
      listener_.on_delivery_failed(sink_id_, delivered.error());
    }
    return false;
  }
  pause_ms_ = try_at_ms_ = 0;
  ReadyOutput done;
  {
    const std::lock_guard lock(mutex_);
    done = std::move(queue_.front());
    queue_.pop_front();
    trouble_.clear();
  }
  listener_.on_delivered(sink_id_, done.delivery.run_id, done.delivery.epoch, done.bytes);
  return true;
}

void SinkDelivery::run() {
  constexpr int64_t kNsPerMs = 1'000'000;
  while (!cancelled_.load(std::memory_order_acquire)) {
    if (step()) continue;
    const bool retry = !failed_ && waiting() > 0;
    const int64_t wait_ms = std::max<int64_t>(try_at_ms_ - context_.clock.monotonic_ms(), 1);
    waker_.wait(retry ? wait_ms * kNsPerMs : -1);
  }
}

void SinkDelivery::cancel() {
  cancelled_.store(true, std::memory_order_release);
  waker_.wake();
}

}  // namespace weir::checkpoint
