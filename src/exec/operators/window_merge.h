// WindowMerge: the downstream half of a windowed aggregate, one a lane, for the lane's key groups.
//
//   partial:    merge it into the table of its slice; if that has fired: its groups are late rows
//   watermark:  the windows behind it fire, earliest first, in batches, as long as there is credit;
//               the watermark follows behind the last of them
//
// Output: append-only, one row a key and window. State: merged accumulators per slice and key;
// freed when the window has fired. The cursor (which slice, how many of its rows) and the watermark
// are part of the snapshot: after a restore an input that was idle may come back far behind what
// has fired already, and must not open those windows again (Flink's window operator keeps its
// watermark as well). The end of the input is no watermark in this sense.
#pragma once

#include <optional>

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
  void write_watermark(SnapshotWriter& writer);
  Status reject_late(const WindowPartial& partial, std::unique_ptr<state::GroupTable> table,
                     Output& out);

  std::shared_ptr<const WindowPlan> plan_;
  state::WindowState state_;
  WindowSnapshot snapshot_;
  KeyGroupRange key_groups_;
  StateShare share_;
  int64_t watermark_ms_ = kNoWatermark;
  int64_t reached_ms_ = kNoWatermark;      // watermark_ms_ before the end of the input
  int64_t fired_until_ms_ = kNoWatermark;  // the last watermark that was passed on
  std::optional<PieceId> watermark_piece_;
  int64_t written_ms_ = kNoWatermark;  // by that piece
  uint32_t fired_rows_ = 0;            // of the earliest slice
};

}  // namespace weir::exec
