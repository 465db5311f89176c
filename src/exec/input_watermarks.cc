#include "exec/input_watermarks.h"

#include <algorithm>

#include "exec/operator.h"

namespace weir::exec {

InputWatermarks::InputWatermarks(size_t inputs)
    : inputs_(inputs, Input{kNoWatermark, false}), active_(inputs), combined_(kNoWatermark) {}

std::optional<int64_t> InputWatermarks::on_watermark(size_t input, int64_t watermark_ms) {
  Input& entry = inputs_[input];
  if (entry.idle) {
    entry.idle = false;
    ++active_;
  }
  entry.watermark_ms = std::max(entry.watermark_ms, watermark_ms);
  return advance();
}

std::optional<int64_t> InputWatermarks::on_idle(size_t input) {
  if (inputs_[input].idle) return std::nullopt;
  inputs_[input].idle = true;
  --active_;
  return advance();
}

std::optional<int64_t> InputWatermarks::advance() {
  int64_t low = kMaxWatermark;
  int64_t high = kNoWatermark;
  for (const Input& input : inputs_) {
    high = std::max(high, input.watermark_ms);
    if (!input.idle) low = std::min(low, input.watermark_ms);
  }
  const int64_t candidate = active_ == 0 ? high : low;
  if (candidate <= combined_) return std::nullopt;
  combined_ = candidate;
  return combined_;
}

int64_t InputWatermarks::minimum_without(size_t input) const {
  int64_t low = kMaxWatermark;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (i != input && !inputs_[i].idle) low = std::min(low, inputs_[i].watermark_ms);
  }
  return low;
}

}  // namespace weir::exec
