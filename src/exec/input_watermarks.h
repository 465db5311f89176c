// InputWatermarks: the one watermark of an operator with several inputs. Pure; one thread.
//
// The minimum over the inputs that are not idle, and it never goes back (an input that wakes up
// behind the others holds the rest, but takes nothing back). When all are idle, the highest of
// them counts, as in Flink's StatusWatermarkValve. An ended input counts as kMaxWatermark.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace weir::exec {

class InputWatermarks {
 public:
  explicit InputWatermarks(size_t inputs);

  // Each returns the new combined watermark when it advanced.
  std::optional<int64_t> on_watermark(size_t input, int64_t watermark_ms);
  std::optional<int64_t> on_idle(size_t input);

  // kNoWatermark before the first.
  [[nodiscard]] int64_t combined() const { return combined_; }
  [[nodiscard]] bool all_idle() const { return active_ == 0; }
  // The minimum over the other active inputs; kMaxWatermark when there is none.
  [[nodiscard]] int64_t minimum_without(size_t input) const;
  [[nodiscard]] size_t size() const { return inputs_.size(); }

 private:
  struct Input {
    int64_t watermark_ms;
    bool idle = false;
  };

  std::optional<int64_t> advance();

  std::vector<Input> inputs_;
  size_t active_;
  int64_t combined_;
};

}  // namespace weir::exec
