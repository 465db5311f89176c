// Ring: the queue between two lanes: one producer, one consumer, bounded by messages and bytes.
//
// push() never fails and never blocks: what does not fit waits on the producer's side, in order,
// and has_room() is false until it has moved on. So a call that overshoots by its own expansion
// loses nothing, and a lane never waits for another. Indices lie on cache lines of their own;
// each side keeps a copy of the other's index and reads the shared one only when the copy says
// full or empty. Whoever can go on because of a push or a pop is woken.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "base/waker.h"
#include "exec/message.h"

namespace weir::exec {

class Ring {
 public:
  // `messages` is rounded up to a power of two. One message always fits, whatever its bytes. The
  // wakers outlive the ring.
  Ring(uint32_t messages, uint64_t bytes_max, Waker& producer, Waker& consumer);

  // --- the producer's thread ---
  void push(Message message);
  // False: hold back. Tries to move what waits first.
  [[nodiscard]] bool has_room();
  // Moves what waits into the queue; true when nothing waits any more.
  bool flush();
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }

  // --- the consumer's thread ---
  // Null when the queue is empty. Valid until pop().
  [[nodiscard]] const Message* front();
  Message pop();

 private:
  struct Slot {
    Message message;
    size_t bytes = 0;
  };
  struct Waiting {
    Message message;
    size_t bytes = 0;
  };

  [[nodiscard]] bool fits(size_t bytes);
  void enqueue(Message message, size_t bytes);

  static constexpr size_t kCacheLine = 64;

  const uint64_t capacity_;
  const uint64_t bytes_max_;
  std::unique_ptr<Slot[]> slots_;
  Waker& producer_waker_;
  Waker& consumer_waker_;

  // Written by the producer.
  alignas(kCacheLine) std::atomic<uint64_t> tail_{0};
  std::atomic<uint64_t> bytes_in_{0};
  std::atomic<bool> producer_waits_{false};
  uint64_t head_seen_ = 0;
  std::deque<Waiting> waiting_;

  // Written by the consumer.
  alignas(kCacheLine) std::atomic<uint64_t> head_{0};
  std::atomic<uint64_t> bytes_out_{0};
  uint64_t tail_seen_ = 0;
};

}  // namespace weir::exec
