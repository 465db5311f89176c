// OperatorStats: what one operator of one lane has done; always on, counted per batch.
//
// The lane's thread writes, any thread reads; relaxed, since only sums are shown.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::exec {

// A counter with one writer: no locked instruction.
class LaneCounter {
 public:
  void add(uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void set(uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct OperatorStats {
  LaneCounter rows_in;
  LaneCounter batches_in;
  LaneCounter rows_out;
  LaneCounter batches_out;
  LaneCounter bad_rows;
  LaneCounter late_rows;
  LaneCounter state_bytes;  // set through the operator's StateShare
  std::atomic<int64_t> watermark_ms{INT64_MIN};
};

}  // namespace weir::exec
