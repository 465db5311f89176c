// Evaluation: what the operators that evaluate expressions share: the context of a batch, and the
// way of failed rows into the rejects.
//
// One operator's; its lane's thread only.
#pragma once

#include <span>

#include "exec/operator.h"
#include "functions/function.h"

namespace weir::exec {

class Evaluation {
 public:
  void open(const OperatorContext& context);
  void on_watermark(int64_t watermark_ms) { watermark_ms_ = watermark_ms; }

  // For one batch; the errors of the batch before are forgotten.
  functions::EvaluationContext& begin();
  // Rejects the rows that failed. The selection of `batch` without them; null when none failed.
  Result<types::BatchRef> without_failed(const types::BatchRef& batch, Output& out);

 private:
  const OperatorContext* context_ = nullptr;
  functions::EvaluationContext evaluation_;
  functions::RowErrors errors_;
  int64_t watermark_ms_ = kNoWatermark;
};

// `selection` without `rows` (ascending); written to `out`, whose first n entries count.
uint32_t remove_rows(const types::Selection& selection,
                     std::span<const functions::RowErrors::Entry> rows, uint16_t* out);

}  // namespace weir::exec
