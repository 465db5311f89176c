#include "exec/ring.h"

#include <bit>

#include "base/check.h"

namespace weir::exec {

Ring::Ring(uint32_t messages, uint64_t bytes_max, Waker& producer, Waker& consumer)
    : capacity_(std::bit_ceil(std::max<uint64_t>(messages, 2))),
      bytes_max_(bytes_max),
      slots_(std::make_unique<Slot[]>(capacity_)),
      producer_waker_(producer),
      consumer_waker_(consumer) {}

bool Ring::fits(size_t bytes) {
  const uint64_t tail = tail_.load(std::memory_order_relaxed);
  if (tail - head_seen_ >= capacity_) {
    head_seen_ = head_.load(std::memory_order_acquire);
    if (tail - head_seen_ >= capacity_) return false;
  }
  if (bytes == 0) return true;
  const uint64_t queued =
      bytes_in_.load(std::memory_order_relaxed) - bytes_out_.load(std::memory_order_acquire);
  return queued == 0 || queued + bytes <= bytes_max_;
}

void Ring::enqueue(Message message, size_t bytes) {
  const uint64_t tail = tail_.load(std::memory_order_relaxed);
  Slot& slot = slots_[tail & (capacity_ - 1)];
  slot.message = std::move(message);
  slot.bytes = bytes;
  bytes_in_.store(bytes_in_.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  tail_.store(tail + 1, std::memory_order_release);
  consumer_waker_.wake();
}

void Ring::push(Message message) {
  const size_t bytes = message.pinned_bytes();
  if (flush() && fits(bytes)) {
    enqueue(std::move(message), bytes);
    return;
  }
  waiting_.push_back({std::move(message), bytes});
  // The consumer may have made room between the look and the flag; look again.
  producer_waits_.store(true, std::memory_order_seq_cst);
  flush();
}

bool Ring::flush() {
  while (!waiting_.empty()) {
    if (!fits(waiting_.front().bytes)) {
      producer_waits_.store(true, std::memory_order_seq_cst);
      // seq_cst on both sides: either the consumer sees the flag or this look sees its progress.
      head_seen_ = head_.load(std::memory_order_seq_cst);
      if (!fits(waiting_.front().bytes)) return false;
    }
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    enqueue(std::move(next.message), next.bytes);
  }
  return true;
}

bool Ring::has_room() {
  if (!flush()) return false;
  if (fits(1)) return true;
  producer_waits_.store(true, std::memory_order_seq_cst);
  head_seen_ = head_.load(std::memory_order_seq_cst);
  return fits(1);
}

const Message* Ring::front() {
  const uint64_t head = head_.load(std::memory_order_relaxed);
  if (head == tail_seen_) {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    if (head == tail_seen_) return nullptr;
  }
  return &slots_[head & (capacity_ - 1)].message;
}

Message Ring::pop() {
  WEIR_CHECK(front() != nullptr, "pop from an empty ring");
  const uint64_t head = head_.load(std::memory_order_relaxed);
  Slot& slot = slots_[head & (capacity_ - 1)];
  Message message = std::move(slot.message);
  slot.message = Message();
  bytes_out_.store(bytes_out_.load(std::memory_order_relaxed) + slot.bytes,
                   std::memory_order_release);
  head_.store(head + 1, std::memory_order_seq_cst);
  if (producer_waits_.load(std::memory_order_seq_cst)) {
    producer_waits_.store(false, std::memory_order_relaxed);
    producer_waker_.wake();
  }
  return message;
}

}  // namespace weir::exec
