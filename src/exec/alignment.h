// BarrierAlignment: which inputs may be read while a barrier is under way. Pure; one thread.
//
// States: flowing (no barrier seen), aligning (some inputs have brought barrier n and are blocked
// until the others have). When the last one arrives, the operators behind the inputs are cut at
// exactly n: take the snapshot, pass the barrier on, and all inputs flow again. Epochs rise; a
// barrier that overtakes an unfinished one is a bug, because the coordinator starts n + 1 only
// when n has been acknowledged everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace weir::exec {

class BarrierAlignment {
 public:
  explicit BarrierAlignment(size_t inputs) : blocked_(inputs, false) {}

  // True: the caller may read this input.
  [[nodiscard]] bool may_read(size_t input) const { return !blocked_[input]; }
  [[nodiscard]] bool aligning() const { return epoch_.has_value(); }
  [[nodiscard]] std::optional<uint64_t> epoch() const { return epoch_; }

  // Barrier `epoch` came out of `input`. True: it was the last one; all inputs flow again.
  [[nodiscard]] bool on_barrier(size_t input, uint64_t epoch);

 private:
  std::vector<bool> blocked_;
  size_t arrived_ = 0;
  std::optional<uint64_t> epoch_;
  uint64_t last_ = 0;
};

}  // namespace weir::exec
