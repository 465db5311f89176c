#include "exec/operators/watermark.h"

namespace weir::exec {
namespace {

constexpr std::string_view kNoRowtime =
    "RowTime field should not be null, please convert it to a non-null long value.";

// Whole milliseconds, rounded down, of a timestamp column; kNoWatermark where it is NULL.
void to_milliseconds(const types::Column& column, uint32_t rows, int64_t units_per_ms,
                     std::vector<int64_t>& out) {
  out.resize(rows);
  if (column.is_constant()) {
    const int64_t value = column.is_null(0) ? kNoWatermark : column.value<int64_t>(0);
    std::fill(out.begin(), out.end(), value);
  } else {
    const auto values = column.values<int64_t>();
    std::copy_n(values.begin(), rows, out.begin());
    if (column.may_have_nulls()) {
      for (uint32_t row = 0; row < rows; ++row) {
        if (column.is_null(row)) out[row] = kNoWatermark;
      }
    }
  }
  if (units_per_ms == 1) return;
  for (int64_t& value : out) {
    if (value == kNoWatermark) continue;
    const int64_t floor = value % units_per_ms < 0 ? 1 : 0;
    value = value / units_per_ms - floor;
  }
}

}  // namespace

WatermarkOperator::WatermarkOperator(const plan::WatermarkNode& node,
                                     const types::LogicalType& rowtime, WatermarkTracker& tracker)
    : rowtime_(node.rowtime),
      units_per_ms_(rowtime.units_per_second() / 1000),
      evaluator_({node.expression}),
      tracker_(tracker) {}

Status WatermarkOperator::open(OperatorContext& context) {
  context_ = &context;
  evaluation_.open(context);
  return ok();
}

Result<types::BatchRef> WatermarkOperator::without_null_rowtimes(types::BatchRef batch,
                                                                 Output& out) const {
  const types::Column& column = batch->column(rowtime_);
  if (!column.may_have_nulls()) return batch;
  auto kept = Buffer::allocate(batch->selected() * sizeof(uint16_t));
  uint32_t count = 0;
  std::vector<RejectedRow> rejected;
  batch->selection().for_each([&](uint32_t row) {
    if (column.is_null(row)) {
      rejected.push_back({row, kNoRowtime});
    } else {
      kept->mutable_as<uint16_t>()[count++] = static_cast<uint16_t>(row);
    }
  });
  if (rejected.empty()) return batch;
  WEIR_TRY(out.reject(RejectKind::kBad, *batch, rejected));
  return batch->with_selection(std::move(kept), count);
}

Status WatermarkOperator::process(uint32_t input, types::BatchRef batch, Output& out) {
  (void)input;
  batch = WEIR_TRY(without_null_rowtimes(std::move(batch), out));
  const auto columns = WEIR_TRY(evaluator_.evaluate(*batch, evaluation_.begin()));
  const auto rest = WEIR_TRY(evaluation_.without_failed(batch, out));
  if (rest) batch = rest;
  if (batch->selected() == 0) return ok();
  to_milliseconds(batch->column(rowtime_), batch->rows(), units_per_ms_, rowtimes_);
  to_milliseconds(*columns[0], batch->rows(), units_per_ms_, watermarks_);
  const uint32_t split = batch->origin() ? batch->origin()->split : 0;
  auto advance = tracker_.on_rows(split, batch->selection(), rowtimes_, watermarks_,
                                  context_->context.clock.wall_ms());
  if (told_idle_) {
    // The rows end the idleness before anybody behind sees them.
    told_idle_ = false;
    WEIR_TRY(out.emit_watermark(told_ms_));
  }
  if (advance.row_watermarks) {
    types::Batch::Parts parts = batch->parts();
    parts.row_watermarks = std::move(advance.row_watermarks);
    batch = types::Batch::make(std::move(parts));
  }
  WEIR_TRY(out.emit(std::move(batch)));
  return tell(out);
}

Status WatermarkOperator::tell(Output& out) {
  if (tracker_.emitted() <= told_ms_) return ok();
  told_ms_ = tracker_.emitted();
  evaluation_.on_watermark(told_ms_);
  return out.emit_watermark(told_ms_);
}

Status WatermarkOperator::on_watermark(int64_t watermark_ms, Output& out) {
  if (watermark_ms != kMaxWatermark) return ok();
  ended_ = true;
  return out.emit_watermark(watermark_ms);
}

Status WatermarkOperator::on_idle(Output& out) {
  (void)out;
  return ok();
}

int64_t WatermarkOperator::next_timer_ms() const {
  if (ended_) return kNever;
  const bool restored = tracker_.emitted() > told_ms_;
  if (restored || tracker_.all_idle() != told_idle_) return kNoWatermark;
  return tracker_.next_timer_ms();
}

Status WatermarkOperator::on_timer(int64_t now_ms, Output& out) {
  if (tracker_.next_timer_ms() <= now_ms) tracker_.on_timer(now_ms);
  WEIR_TRY(tell(out));
  if (tracker_.all_idle() == told_idle_) return ok();
  told_idle_ = !told_idle_;
  return told_idle_ ? out.emit_idle() : out.emit_watermark(told_ms_);
}

}  // namespace weir::exec
