// InFlight: appends to the embedded broker that are on their way to the disk.
//
// Shared with the callbacks of the broker, which may outlive whoever appends. Any thread. Answers
// come back in order of append, whatever the order in which they arrived.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/waker.h"
#include "broker/partition.h"

namespace weir::connectors {

inline constexpr size_t kMaxInFlightBytes = size_t{32} << 20U;

// Appends that are on their way to the disk. Shared with their callbacks, which may outlive the
// writer. Any thread.
class InFlight {
 public:
  // `waker` may be null; it is called while the lock is held, and never after detach().
  explicit InFlight(Waker* waker) : waker_(waker) {}

  static void append(const std::shared_ptr<InFlight>& self, broker::Partition& partition,
                     std::span<const std::byte> batch) {
    const size_t size = batch.size();
    size_t place = 0;
    {
      const std::scoped_lock lock(self->mutex_);
      self->bytes_ += size;
      place = self->results_.size();
      self->results_.emplace_back();
      ++self->open_;
    }
    partition.append(batch, [self, size, place](const broker::AppendResult& result) {
      const std::scoped_lock lock(self->mutex_);
      const bool was_full = self->bytes_ > kMaxInFlightBytes;
      self->bytes_ -= size;
      self->results_[place] = {result.error, result.message};
      if (--self->open_ == 0) self->done_.notify_all();
      if (was_full && self->bytes_ <= kMaxInFlightBytes && self->waker_) self->waker_->wake();
    });
  }

  [[nodiscard]] bool has_room() const {
    const std::scoped_lock lock(mutex_);
    return bytes_ <= kMaxInFlightBytes;
  }
  struct Answer {
    kafka::ApiError error = kafka::ApiError::kNone;
    std::string message;
  };
  // Waits for all; their answers in order of append.
  std::vector<Answer> wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    return std::exchange(results_, {});
  }
  void detach() {
    const std::scoped_lock lock(mutex_);
    waker_ = nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable done_;
  Waker* waker_;
  size_t bytes_ = 0;
  size_t open_ = 0;
  std::vector<Answer> results_;
};

// kUnavailable when it may pass (a full disk), else kIo.
[[nodiscard]] Error append_error(const std::string& topic, const InFlight::Answer& answer);

}  // namespace weir::connectors
