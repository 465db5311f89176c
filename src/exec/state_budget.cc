#include "exec/state_budget.h"

#include <fmt/format.h>

namespace weir::exec {

Status StateBudget::add(int64_t added) {
  const uint64_t now = bytes_.fetch_add(static_cast<uint64_t>(added), std::memory_order_relaxed) +
                       static_cast<uint64_t>(added);
  if (added <= 0 || now <= bytes_max_) return ok();
  constexpr uint64_t kMegabyte = 1U << 20U;
  return exhausted(fmt::format("the job's state takes {} MB; 'weir.state.memory' allows {} MB",
                               (now + kMegabyte - 1) / kMegabyte, bytes_max_ / kMegabyte))
      .hint(
          "SET 'weir.state.memory' = '...' allows more; shorter windows and fewer keys need less");
}

Status StateShare::set(uint64_t bytes) {
  if (bytes == bytes_) return ok();
  const auto added = static_cast<int64_t>(bytes - bytes_);
  bytes_ = bytes;
  if (stats_ != nullptr) stats_->state_bytes.set(bytes);
  return budget_ == nullptr ? ok() : budget_->add(added);
}

}  // namespace weir::exec
