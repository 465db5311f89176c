#include "exec/operators/window_merge.h"

#include "exec/operators/window_local.h"

namespace weir::exec {
namespace {

constexpr std::string_view kWatermarkPiece = "watermark";

}  // namespace

WindowMerge::WindowMerge(std::shared_ptr<const WindowPlan> plan)
    : plan_(std::move(plan)), state_(plan_->codec, plan_->layout) {}

Status WindowMerge::open(OperatorContext& context) {
  key_groups_ = context.key_groups;
  share_.open(context.state_budget, context.stats);
  return ok();
}

Status WindowMerge::process(uint32_t /*input*/, types::BatchRef /*batch*/, Output& /*out*/) {
  return internal_error("a windowed aggregate merges partials, not rows");
}

Status WindowMerge::process_partial(uint32_t /*input*/, PartialRef partial, Output& out) {
  const auto& window = dynamic_cast<const WindowPartial&>(*partial);
  auto table = window.take_table();
  if (WindowPlan::is_sealed(window.slice_end_ms(), watermark_ms_)) {
    return reject_late(window, std::move(table), out);
  }
  if (table == nullptr) {
    state_.merge(window.groups());
  } else {
    state_.absorb(window.slice_end_ms(), std::move(table));
  }
  return share_.set(state_.footprint());
}

// A lane seals a slice before it lets the watermark past it, so this happens only to one that was
// idle, held the watermark back no longer, and came back with old rows. Flink drops them; here the
// partial results are kept as late rows.
Status WindowMerge::reject_late(const WindowPartial& partial,
                                std::unique_ptr<state::GroupTable> table, Output& out) {
  state::WindowState apart(plan_->codec, plan_->layout);
  if (table == nullptr) {
    apart.merge(partial.groups());
  } else {
    apart.absorb(partial.slice_end_ms(), std::move(table));
  }
  const state::GroupTable& late = apart.slice(partial.slice_end_ms());
  for (uint32_t first = 0; first < late.size(); first += types::Batch::kMaxRows) {
    const uint32_t last = std::min(first + types::Batch::kMaxRows, late.size());
    const auto batch = WEIR_TRY(plan_->output_rows(partial.slice_end_ms(), late, first, last));
    std::vector<RejectedRow> rows;
    for (uint32_t row = 0; row < batch->rows(); ++row) {
      rows.push_back({row, "the window had fired when an idle source came back", watermark_ms_});
    }
    WEIR_TRY(out.reject(RejectKind::kLate, *batch, rows));
  }
  return ok();
}

Status WindowMerge::on_watermark(int64_t watermark_ms, Output& out) {
  // After a restore the inputs may begin below what was reached before.
  if (watermark_ms <= watermark_ms_) return ok();
  watermark_ms_ = watermark_ms;
  if (watermark_ms != kMaxWatermark) reached_ms_ = watermark_ms;
  return resume(out);
}

// while a slice lies behind the watermark: emit its rows, batch by batch; then drop it
Status WindowMerge::resume(Output& out) {
  while (!state_.empty() && WindowPlan::is_sealed(state_.earliest(), watermark_ms_)) {
    const int64_t end_ms = state_.earliest();
    const state::GroupTable* table = state_.find(end_ms);
    while (fired_rows_ < table->size()) {
      if (!out.has_credit()) return ok();
      const uint32_t last = std::min(fired_rows_ + types::Batch::kMaxRows, table->size());
      WEIR_TRY(out.emit(WEIR_TRY(plan_->output_rows(end_ms, *table, fired_rows_, last))));
      fired_rows_ = last;
    }
    (void)state_.take(end_ms);
    fired_rows_ = 0;
  }
  WEIR_TRY(share_.set(state_.footprint()));
  fired_until_ms_ = watermark_ms_;
  return out.emit_watermark(watermark_ms_);
}

void WindowMerge::write_watermark(SnapshotWriter& writer) {
  if (reached_ms_ == kNoWatermark) return;
  if (watermark_piece_ && written_ms_ == reached_ms_) {
    writer.keep(*watermark_piece_);
    return;
  }
  ByteWriter bytes;
  bytes.le(reached_ms_);
  watermark_piece_ = writer.add_bytes(kWatermarkPiece, key_groups_, std::move(bytes).take());
  written_ms_ = reached_ms_;
}

Status WindowMerge::snapshot(SnapshotWriter& writer) {
  snapshot_.write(writer, state_, key_groups_, state_.earliest(), fired_rows_);
  write_watermark(writer);
  return ok();
}

Status WindowMerge::restore(const RestoreReader& reader) {
  for (const auto& piece : reader.pieces()) {
    if (piece.name != kWatermarkPiece) continue;
    const BufferRef bytes = WEIR_TRY(reader.read(piece));
    if (bytes->size() != sizeof(int64_t)) return corrupt("window state: not a watermark");
    // Barriers are aligned, so all lanes had the same one at the cut.
    reached_ms_ = std::max(reached_ms_, load_le<int64_t>(bytes->data()));
  }
  watermark_ms_ = reached_ms_;
  WEIR_TRY(WindowSnapshot::restore(reader, state_));
  return share_.set(state_.footprint());
}

}  // namespace weir::exec
