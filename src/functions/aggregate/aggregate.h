// An aggregate function: one row beside its kernels, over accumulators of a fixed size.
//
// An accumulator is `state_size` bytes inside the operator's own row of states, aligned to 16; it
// is trivially copyable, so a run or a checkpoint stores it as bytes (format: docs/formats/). All
// kernels work on many groups at once: `states[i]` is the accumulator for selection row i. One
// thread. Mergeable aggregates may be exchanged as partials; the others exchange rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "types/batch.h"

namespace weir::functions {

struct AggregateKernels {
  uint32_t state_size = 0;
  // Zeroes are not always right (MIN, MAX): makes one fresh accumulator.
  void (*init)(std::byte* state) = nullptr;
  // states[i] belongs to row selection[i]; `input` is null for COUNT(*). NULLs are skipped inside.
  void (*update)(std::byte* const* states, uint32_t offset, const types::Column* input,
                 const types::Selection& selection) = nullptr;
  // into += from, both accumulators of one group.
  void (*merge)(std::byte* into, const std::byte* from) = nullptr;
  // into -= from; null when there is no exact inverse.
  void (*subtract)(std::byte* into, const std::byte* from) = nullptr;
  // One result a state.
  Result<types::ColumnRef> (*finish)(std::span<const std::byte* const> states, uint32_t offset,
                                     const types::LogicalType& result) = nullptr;
};

struct AggregateResolution {
  types::LogicalType argument;  // what the argument is cast to; NULL type for COUNT(*)
  types::LogicalType result;
  AggregateKernels kernels;
};

struct AggregateFunction {
  std::string_view name;
  std::string_view signature;
  std::string_view doc;
  bool mergeable = true;
  // `arguments` is empty for COUNT(*).
  Result<AggregateResolution> (*resolve)(std::span<const types::LogicalType> arguments) = nullptr;
};

// All aggregates; lives for the whole program (functions/aggregate/all.cc).
[[nodiscard]] std::span<const AggregateFunction* const> all_aggregates();
[[nodiscard]] const AggregateFunction* find_aggregate(std::string_view name);

}  // namespace weir::functions
