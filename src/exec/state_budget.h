// StateBudget: how much memory the state of a job's operators takes, over all lanes, and its limit.
//
// State lives in memory: a job that needs more than its budget ends with an error that names the
// setting, before the machine runs out. Operators tell what they hold once a batch through their
// StateShare (one atomic addition, only when it has changed), so the budget is overshot by what one
// batch a lane adds, and by what is under way between lanes. The budget belongs to the lanes'
// owner and outlives the shares; any thread. A share belongs to one operator and its lane's thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/result.h"
#include "exec/operator_stats.h"

namespace weir::exec {

class StateBudget {
 public:
  explicit StateBudget(uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // `added` may be negative. kExhausted when the sum is then above the limit and was added to.
  Status add(int64_t added);
  [[nodiscard]] uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  const uint64_t bytes_max_;
  std::atomic<uint64_t> bytes_{0};
};

class StateShare {
 public:
  // Either may be null: nobody counts.
  void open(StateBudget* budget, OperatorStats* stats) {
    budget_ = budget;
    stats_ = stats;
  }
  // What the operator holds now.
  Status set(uint64_t bytes);

 private:
  StateBudget* budget_ = nullptr;
  OperatorStats* stats_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace weir::exec
