#include "exec/operators/evaluation.h"

#include "exec/expression.h"

namespace weir::exec {

void Evaluation::open(const OperatorContext& context) {
  context_ = &context;
  evaluation_.time_zone = context.settings.time_zone;
  evaluation_.errors = &errors_;
}

functions::EvaluationContext& Evaluation::begin() {
  errors_.clear();
  evaluation_.now_us = context_->context.clock.wall_us();
  evaluation_.current_watermark_ms = watermark_ms_;
  return evaluation_;
}

uint32_t remove_rows(const types::Selection& selection,
                     std::span<const functions::RowErrors::Entry> rows, uint16_t* out) {
  uint32_t count = 0;
  size_t next = 0;
  selection.for_each([&](uint32_t row) {
    while (next < rows.size() && rows[next].row < row) ++next;
    if (next < rows.size() && rows[next].row == row) return;
    out[count++] = static_cast<uint16_t>(row);
  });
  return count;
}

Result<types::BatchRef> Evaluation::without_failed(const types::BatchRef& batch, Output& out) {
  if (errors_.empty()) return types::BatchRef();
  const auto failed = failed_rows(errors_);
  std::vector<RejectedRow> rejected;
  rejected.reserve(failed.size());
  for (const auto& entry : failed) rejected.push_back({entry.row, entry.reason});
  WEIR_TRY(out.reject(RejectKind::kBad, *batch, rejected));
  auto selection = Buffer::allocate(batch->selected() * sizeof(uint16_t));
  const uint32_t count = remove_rows(batch->selection(), failed, selection->mutable_as<uint16_t>());
  return batch->with_selection(std::move(selection), count);
}

}  // namespace weir::exec
