// ProjectOperator: computes columns; rows, kinds and origin stay.
//
// Takes and gives any changelog; keeps no state. A row whose expression fails is rejected.
#pragma once

#include <vector>

#include "exec/expression.h"
#include "exec/operator.h"
#include "exec/operators/evaluation.h"

namespace weir::exec {

class ProjectOperator final : public Operator {
 public:
  explicit ProjectOperator(std::vector<sql::ExpressionRef> expressions)
      : evaluator_(std::move(expressions)) {}

  Status open(OperatorContext& context) override;
  Status process(uint32_t input, types::BatchRef batch, Output& out) override;
  Status on_watermark(int64_t watermark_ms, Output& out) override;

 private:
  Evaluator evaluator_;
  Evaluation evaluation_;
};

}  // namespace weir::exec
