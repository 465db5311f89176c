// FilterOperator: narrows the selection to the rows for which the condition is TRUE.
//
// Takes and gives any changelog (a row is judged by itself, so a retraction meets the fate of what
// it retracts); keeps no state. A row whose condition fails is rejected. A selection that has
// become thin stays a selection: the columns are not copied here.
#pragma once

#include "exec/expression.h"
#include "exec/operator.h"
#include "exec/operators/evaluation.h"

namespace weir::exec {

class FilterOperator final : public Operator {
 public:
  explicit FilterOperator(const sql::ExpressionRef& condition) : predicate_(condition) {}

  Status open(OperatorContext& context) override;
  Status process(uint32_t input, types::BatchRef batch, Output& out) override;
  Status on_watermark(int64_t watermark_ms, Output& out) override;

 private:
  Predicate predicate_;
  Evaluation evaluation_;
};

}  // namespace weir::exec
