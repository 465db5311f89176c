#include "state/aggregate_layout.h"

namespace weir::state {

AggregateLayout::AggregateLayout(std::vector<functions::AggregateKernels> kernels)
    : kernels_(std::move(kernels)) {
  constexpr uint32_t kAlignment = 16;  // DECIMAL sums are 128 bits wide
  for (const auto& one : kernels_) {
    offsets_.push_back(state_bytes_);
    state_bytes_ = (state_bytes_ + one.state_size + kAlignment - 1) & ~(kAlignment - 1);
  }
}

void AggregateLayout::init(std::byte* state, const void* layout) {
  const auto& self = *static_cast<const AggregateLayout*>(layout);
  for (size_t i = 0; i < self.kernels_.size(); ++i) {
    self.kernels_[i].init(state + self.offsets_[i]);
  }
}

void AggregateLayout::merge(std::byte* into, const std::byte* from) const {
  for (size_t i = 0; i < kernels_.size(); ++i) {
    kernels_[i].merge(into + offsets_[i], from + offsets_[i]);
  }
}

}  // namespace weir::state
