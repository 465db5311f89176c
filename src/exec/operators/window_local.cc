#include "exec/operators/window_local.h"

#include <algorithm>

namespace weir::exec {

using types::Batch;
using types::Selection;

WindowLocal::WindowLocal(std::shared_ptr<const WindowPlan> plan)
    : plan_(std::move(plan)), state_(plan_->codec, plan_->layout) {}

Status WindowLocal::open(OperatorContext& context) {
  lanes_ = context.lanes;
  share_.open(context.state_budget, context.stats);
  return ok();
}

Status WindowLocal::process(uint32_t /*input*/, types::BatchRef batch, Output& out) {
  if (const auto end_ms = common_slice(*batch)) {
    aggregate(*batch, *end_ms, batch->selection());
    return share_.set(state_.footprint());
  }
  WEIR_TRY(sort_into_slices(*batch, out));
  for (size_t i = 0; i < slices_used_; ++i) {
    if (slices_[i].rows.size() == batch->rows()) {
      aggregate(*batch, slices_[i].end_ms, Selection(batch->rows()));
    } else {
      aggregate(*batch, slices_[i].end_ms, Selection(std::span<const uint16_t>(slices_[i].rows)));
    }
  }
  return share_.set(state_.footprint());
}

std::optional<int64_t> WindowLocal::common_slice(const Batch& batch) const {
  const types::Column& time = batch.column(plan_->node.window.time_column);
  // Then rows differ in more than their time.
  if (time.may_have_nulls() || batch.row_watermarks() != nullptr) return std::nullopt;
  const int64_t* const values = time.values<int64_t>().data();
  const size_t step = time.is_constant() ? 0 : 1;
  int64_t first_ms = INT64_MAX;
  int64_t last_ms = INT64_MIN;
  batch.selection().for_each([&](uint32_t row) {
    first_ms = std::min(first_ms, values[row * step]);
    last_ms = std::max(last_ms, values[row * step]);
  });
  if (first_ms > last_ms) return std::nullopt;
  const int64_t end_ms = plan_->slice_end(first_ms);
  if (last_ms >= end_ms || WindowPlan::is_sealed(end_ms, watermark_ms_)) return std::nullopt;
  return end_ms;
}

WindowLocal::SliceRows& WindowLocal::rows_of_slice(int64_t end_ms) {
  // Few slices are open in one batch: a search beats a map.
  for (size_t i = 0; i < slices_used_; ++i) {
    if (slices_[i].end_ms == end_ms) return slices_[i];
  }
  if (slices_used_ == slices_.size()) slices_.emplace_back();
  auto& made = slices_[slices_used_++];
  made.end_ms = end_ms;
  made.rows.clear();
  return made;
}

Status WindowLocal::sort_into_slices(const Batch& batch, Output& out) {
  slices_used_ = 0;
  std::vector<RejectedRow> late;
  std::vector<RejectedRow> bad;
  const types::Column& time = batch.column(plan_->node.window.time_column);
  const int64_t* row_watermarks = batch.row_watermarks();
  // The slice of the row before: event time moves slowly, so mostly it is this row's too.
  int64_t end_ms = INT64_MIN;
  int64_t start_ms = INT64_MIN;
  SliceRows* slice = nullptr;
  batch.selection().for_each([&](uint32_t row) {
    if (time.is_null(row)) {
      bad.push_back({row, "the event time is NULL", kNoWatermark});
      return;
    }
    const auto at = time.value<int64_t>(row);
    if (slice == nullptr || at >= end_ms || at < start_ms) {
      end_ms = plan_->slice_end(at);
      start_ms = end_ms - plan_->node.window.size_ms;
      slice = &rows_of_slice(end_ms);
    }
    const int64_t watermark = row_watermarks != nullptr ? row_watermarks[row] : watermark_ms_;
    if (WindowPlan::is_sealed(end_ms, watermark)) {
      late.push_back({row, "the window of this row has been closed", watermark});
      return;
    }
    slice->rows.push_back(static_cast<uint16_t>(row));
  });
  if (!late.empty()) WEIR_TRY(out.reject(RejectKind::kLate, batch, late));
  if (!bad.empty()) WEIR_TRY(out.reject(RejectKind::kBad, batch, bad));
  return ok();
}

namespace {

// FILTER (WHERE ...): the rows where `condition` is true, and their accumulators.
void apply_filter(const types::Column& condition, const Selection& selection,
                  std::span<std::byte* const> states, std::vector<uint16_t>& rows,
                  std::vector<std::byte*>& kept) {
  rows.clear();
  kept.clear();
  for (size_t i = 0; i < selection.size(); ++i) {
    const uint32_t row = selection[i];
    if (condition.is_null(row) || condition.value<uint8_t>(row) == 0) continue;
    rows.push_back(static_cast<uint16_t>(row));
    kept.push_back(states[i]);
  }
}

}  // namespace

void WindowLocal::aggregate(const Batch& batch, int64_t slice_end_ms, const Selection& selection) {
  if (selection.size() == 0) return;
  key_columns_.clear();
  for (const uint32_t key : plan_->node.keys) key_columns_.push_back(batch.column_ref(key));
  plan_->codec.encode(key_columns_, selection, keys_);
  states_.resize(selection.size());
  state_.slice(slice_end_ms).find_or_insert(keys_, states_);

  std::vector<uint16_t> filtered_rows;
  std::vector<std::byte*> filtered_states;
  for (size_t a = 0; a < plan_->layout.size(); ++a) {
    const auto& call = plan_->node.aggregates[a];
    const types::Column* input =
        call.argument < 0 ? nullptr : &batch.column(static_cast<size_t>(call.argument));
    const auto update = plan_->layout.kernels(a).update;
    const uint32_t offset = plan_->layout.offset(a);
    if (call.filter < 0) {
      update(states_.data(), offset, input, selection);
    } else {
      apply_filter(batch.column(static_cast<size_t>(call.filter)), selection, states_,
                   filtered_rows, filtered_states);
      update(filtered_states.data(), offset, input,
             Selection(std::span<const uint16_t>(filtered_rows)));
    }
  }
}

Status WindowLocal::send_slice(int64_t end_ms, Output& out) {
  auto table = state_.take(end_ms);
  // Given away before it is taken, so that nothing counts twice.
  WEIR_TRY(share_.set(state_.footprint()));
  if (lanes_ == 1) {
    return out.send_to(0, std::make_shared<WindowPartial>(end_ms, std::move(table)));
  }
  return state::seal(end_ms, *table, lanes_, [&out](uint32_t lane, state::SealedPartials groups) {
    return out.send_to(lane, std::make_shared<WindowPartial>(std::move(groups)));
  });
}

Status WindowLocal::on_watermark(int64_t watermark_ms, Output& out) {
  watermark_ms_ = watermark_ms;
  while (!state_.empty() && WindowPlan::is_sealed(state_.earliest(), watermark_ms)) {
    WEIR_TRY(send_slice(state_.earliest(), out));
  }
  return out.emit_watermark(watermark_ms);
}

Status WindowLocal::on_idle(Output& out) {
  // The others will not wait for this lane any more, so what it has must be with the owners first.
  while (!state_.empty()) WEIR_TRY(send_slice(state_.earliest(), out));
  return out.emit_idle();
}

Status WindowLocal::snapshot(SnapshotWriter& writer) {
  snapshot_.write(writer, state_, KeyGroupRange{});
  return ok();
}

Status WindowLocal::restore(const RestoreReader& reader) {
  WEIR_TRY(WindowSnapshot::restore(reader, state_));
  return share_.set(state_.footprint());
}

}  // namespace weir::exec
