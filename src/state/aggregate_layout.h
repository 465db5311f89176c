// AggregateLayout: where the accumulators of several aggregates lie in one row of state.
//
// Made once by an operator; immutable; any thread. The order of the aggregates is part of the
// state's format (docs/formats/window-state.md).
#pragma once

#include <cstdint>
#include <vector>

#include "functions/aggregate/aggregate.h"

namespace weir::state {

class AggregateLayout {
 public:
  explicit AggregateLayout(std::vector<functions::AggregateKernels> kernels);

  [[nodiscard]] uint32_t state_bytes() const { return state_bytes_; }
  [[nodiscard]] size_t size() const { return kernels_.size(); }
  [[nodiscard]] const functions::AggregateKernels& kernels(size_t at) const { return kernels_[at]; }
  [[nodiscard]] uint32_t offset(size_t at) const { return offsets_[at]; }

  // Fresh accumulators of every aggregate. `layout` is an AggregateLayout (GroupTable's InitState).
  static void init(std::byte* state, const void* layout);
  // into += from, for every aggregate.
  void merge(std::byte* into, const std::byte* from) const;

 private:
  std::vector<functions::AggregateKernels> kernels_;
  std::vector<uint32_t> offsets_;
  uint32_t state_bytes_ = 0;
};

}  // namespace weir::state
