// WindowMerge: the downstream half of a windowed aggregate, one a lane, for the lane's key groups.
//
//   partial:    merge it into the table of its slice; if that has fired: its groups are late rows
//   watermark:  the windows behind it fire, earliest first, in batches, as long as there is credit;
//               the watermark follows behind the last of them
//
// Output: append-only, one row a key and window. State: merged accumulators per slice and key;
// freed when the window has fired. The cursor (which slice, how many of its rows) is part of the
// snapshot.
#pragma once

#include "exec/operator.h"
#include "exec/operators/window_local.h"
#include "exec/operators/window_plan.h"
#include "exec/operators/window_snapshot.h"
#include "state/window_state.h"

namespace weir::exec {

class WindowMerge final : public Operator {
 public:
  explicit WindowMerge(std::shared_ptr<const WindowPlan> plan);

  Status open(OperatorContext& context) override;
  // Only partials come.
  Status process(uint32_t input, types::BatchRef batch, Output& out) override;
  Status process_partial(uint32_t input, PartialRef partial, Output& out) override;
  Status on_watermark(int64_t watermark_ms, Output& out) override;
  [[nodiscard]] bool has_more() const override { return fired_until_ms_ < watermark_ms_; }
  Status resume(Output& out) override;
  Status snapshot(SnapshotWriter& writer) override;
  Status restore(const RestoreReader& reader) override;

 private:
  Status reject_late(const WindowPartial& partial, std::unique_ptr<state::GroupTable> table,
                     Output& out);

  std::shared_ptr<const WindowPlan> plan_;
  state::WindowState state_;
  WindowSnapshot snapshot_;
  KeyGroupRange key_groups_;
  OperatorStats* stats_ = nullptr;
  int64_t watermark_ms_ = kNoWatermark;
  int64_t fired_until_ms_ = kNoWatermark;  // the last watermark that was passed on
  uint32_t fired_rows_ = 0;                // of the earliest slice
};

}  // namespace weir::exec
