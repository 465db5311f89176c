#include "exec/operators/filter.h"

#include <algorithm>

namespace weir::exec {

Status FilterOperator::open(OperatorContext& context) {
  evaluation_.open(context);
  return ok();
}

Status FilterOperator::process(uint32_t input, types::BatchRef batch, Output& out) {
  (void)input;
  const types::Selection kept =
      WEIR_TRY(predicate_.evaluate(*batch, batch->selection(), evaluation_.begin()));
  WEIR_TRY(evaluation_.without_failed(batch, out));
  if (kept.size() == 0) return ok();
  if (kept.size() == batch->selected()) return out.emit(std::move(batch));
  // The predicate's view ends with its next call; a batch lives longer.
  auto selection = Buffer::allocate(kept.size() * sizeof(uint16_t));
  auto* rows = selection->mutable_as<uint16_t>();
  for (uint32_t at = 0; at < kept.size(); ++at) rows[at] = static_cast<uint16_t>(kept[at]);
  return out.emit(batch->with_selection(std::move(selection), kept.size()));
}

Status FilterOperator::on_watermark(int64_t watermark_ms, Output& out) {
  evaluation_.on_watermark(watermark_ms);
  return out.emit_watermark(watermark_ms);
}

}  // namespace weir::exec
