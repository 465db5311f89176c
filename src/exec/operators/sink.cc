#include "exec/operators/sink.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::exec {

SinkOperator::SinkOperator(std::string sink_id, std::unique_ptr<SinkWriter> writer,
                           std::vector<NotNullColumn> not_null, NotNullEnforcer enforcer)
    : sink_id_(std::move(sink_id)),
      writer_(std::move(writer)),
      not_null_(std::move(not_null)),
      enforcer_(enforcer) {
  for (const NotNullColumn& column : not_null_) {
    // Flink's words, which users search for.
    reasons_.push_back(fmt::format(
        "Column '{}' is NOT NULL, however, a null value is being written into it. You can set job "
        "configuration 'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and "
        "drop such records silently.",
        column.name));
  }
}

Result<types::BatchRef> SinkOperator::without_nulls(types::BatchRef batch, Output& out) const {
  const bool suspect = std::ranges::any_of(not_null_, [&batch](const NotNullColumn& column) {
    return batch->column(column.column).may_have_nulls();
  });
  if (!suspect) return batch;
  auto kept = Buffer::allocate(batch->selected() * sizeof(uint16_t));
  uint32_t count = 0;
  std::vector<RejectedRow> rejected;
  batch->selection().for_each([&](uint32_t row) {
    for (size_t i = 0; i < not_null_.size(); ++i) {
      if (!batch->column(not_null_[i].column).is_null(row)) continue;
      rejected.push_back({row, reasons_[i]});
      return;
    }
    kept->mutable_as<uint16_t>()[count++] = static_cast<uint16_t>(row);
  });
  if (rejected.empty()) return batch;
  if (enforcer_ == NotNullEnforcer::kError) {
    WEIR_TRY(out.reject(RejectKind::kBad, *batch, rejected));
  }
  return batch->with_selection(std::move(kept), count);
}

Status SinkOperator::process(uint32_t input, types::BatchRef batch, Output& out) {
  (void)input;
  batch = WEIR_TRY(without_nulls(std::move(batch), out));
  if (batch->selected() == 0) return ok();
  return writer_->write(std::move(batch));
}

Status SinkOperator::on_watermark(int64_t watermark_ms, Output& out) {
  (void)watermark_ms;
  (void)out;
  return ok();
}

Status SinkOperator::snapshot(SnapshotWriter& writer) {
  StagedOutput staged = WEIR_TRY(writer_->prepare(writer.epoch()));
  if (!staged.empty()) writer.add_output(sink_id_, std::move(staged));
  return ok();
}

Status SinkOperator::on_end(Output& out) {
  (void)out;
  return writer_->on_end();
}

}  // namespace weir::exec
