#include "exec/alignment.h"

#include <algorithm>

#include "base/check.h"

namespace weir::exec {

bool BarrierAlignment::on_barrier(size_t input, uint64_t epoch) {
  WEIR_CHECK(!blocked_[input], "a barrier from an input that is blocked");
  WEIR_CHECK(epoch > last_, "an epoch that has passed already");
  WEIR_CHECK(!epoch_ || *epoch_ == epoch, "a barrier overtook another");
  epoch_ = epoch;
  blocked_[input] = true;
  if (++arrived_ < blocked_.size()) return false;
  std::fill(blocked_.begin(), blocked_.end(), false);
  arrived_ = 0;
  last_ = epoch;
  epoch_.reset();
  return true;
}

}  // namespace weir::exec
