// WindowLocal: the upstream half of a windowed aggregate, one a source lane.
//
//   process:    per row, in order: late if its window is behind the row's watermark, else into the
//               table of its slice
//   watermark:  for every slice behind it, earliest first: send the partials of each lane's key
//               groups to that lane, forget the slice; then pass the watermark on
//   idle:       send all open slices in the same way
//
// Input: append-only. State: accumulators per open slice and key, of all key groups; freed when the
// slice is sealed. Late rows are rejected as such; a row without event time as bad.
#pragma once

#include <optional>
#include <vector>

#include "exec/operator.h"
#include "exec/operators/window_plan.h"
#include "exec/operators/window_snapshot.h"
#include "state/window_state.h"

namespace weir::exec {

// What one lane gathered for one slice. With one lane the table itself changes hands, because it
// is whole; otherwise the groups that the receiver owns.
class WindowPartial final : public Partial {
 public:
  explicit WindowPartial(state::SealedPartials groups) : groups_(std::move(groups)) {}
  WindowPartial(int64_t slice_end_ms, std::unique_ptr<state::GroupTable> table)
      : table_(std::move(table)) {
    groups_.slice_end_ms = slice_end_ms;
  }

  [[nodiscard]] size_t pinned_bytes() const override {
    return table_ ? table_->footprint() : groups_.bytes();
  }
  [[nodiscard]] int64_t slice_end_ms() const { return groups_.slice_end_ms; }
  [[nodiscard]] const state::SealedPartials& groups() const { return groups_; }
  // Null when the groups are sent one by one; to be called once, by the receiver.
  [[nodiscard]] std::unique_ptr<state::GroupTable> take_table() const { return std::move(table_); }

 private:
  state::SealedPartials groups_;
  mutable std::unique_ptr<state::GroupTable> table_;
};

class WindowLocal final : public Operator {
 public:
  explicit WindowLocal(std::shared_ptr<const WindowPlan> plan);

  Status open(OperatorContext& context) override;
  Status process(uint32_t input, types::BatchRef batch, Output& out) override;
  Status on_watermark(int64_t watermark_ms, Output& out) override;
  Status on_idle(Output& out) override;
  Status snapshot(SnapshotWriter& writer) override;
  Status restore(const RestoreReader& reader) override;

 private:
  struct SliceRows {
    int64_t end_ms;
    std::vector<uint16_t> rows;
  };

  // The end of the slice that all rows of the batch lie in, if it is one and open.
  [[nodiscard]] std::optional<int64_t> common_slice(const types::Batch& batch) const;
  Status sort_into_slices(const types::Batch& batch, Output& out);
  void aggregate(const types::Batch& batch, int64_t slice_end_ms,
                 const types::Selection& selection);
  Status send_slice(int64_t end_ms, Output& out);
  SliceRows& rows_of_slice(int64_t end_ms);

  std::shared_ptr<const WindowPlan> plan_;
  state::WindowState state_;
  WindowSnapshot snapshot_;
  uint32_t lanes_ = 1;
  StateShare share_;
  int64_t watermark_ms_ = kNoWatermark;
  // Scratch, reused from batch to batch.
  std::vector<SliceRows> slices_;
  size_t slices_used_ = 0;
  state::EncodedKeys keys_;
  std::vector<types::ColumnRef> key_columns_;
  std::vector<std::byte*> states_;
};

}  // namespace weir::exec
