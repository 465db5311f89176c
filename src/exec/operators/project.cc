#include "exec/operators/project.h"

namespace weir::exec {

Status ProjectOperator::open(OperatorContext& context) {
  evaluation_.open(context);
  return ok();
}

Status ProjectOperator::process(uint32_t input, types::BatchRef batch, Output& out) {
  (void)input;
  auto columns = WEIR_TRY(evaluator_.evaluate(*batch, evaluation_.begin()));
  const auto rest = WEIR_TRY(evaluation_.without_failed(batch, out));
  if (rest) batch = rest;
  if (batch->selected() == 0) return ok();
  return out.emit(batch->with_columns(std::move(columns)));
}

Status ProjectOperator::on_watermark(int64_t watermark_ms, Output& out) {
  evaluation_.on_watermark(watermark_ms);
  return out.emit_watermark(watermark_ms);
}

}  // namespace weir::exec
