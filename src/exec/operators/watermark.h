// WatermarkOperator: makes the watermarks of one source in one lane.
//
// Evaluates the watermark expression per row, hands the results to the source's tracker, and emits
// what the tracker emits. A row without event time is rejected as bad, as is one whose expression
// fails; a NULL watermark moves nothing. Watermarks from upstream are dropped, except the end of
// time. Append-only input; its state is the tracker's and lies with the source's positions.
#pragma once

#include <vector>

#include "exec/expression.h"
#include "exec/operator.h"
#include "exec/operators/evaluation.h"
#include "exec/watermark_tracker.h"
#include "plan/nodes.h"

namespace weir::exec {

class WatermarkOperator final : public Operator {
 public:
  // `rowtime` is the type of that column.
  WatermarkOperator(const plan::WatermarkNode& node, const types::LogicalType& rowtime,
                    WatermarkTracker& tracker);

  Status open(OperatorContext& context) override;
  Status process(uint32_t input, types::BatchRef batch, Output& out) override;
  Status on_watermark(int64_t watermark_ms, Output& out) override;
  Status on_idle(Output& out) override;
  [[nodiscard]] int64_t next_timer_ms() const override;
  Status on_timer(int64_t now_ms, Output& out) override;

 private:
  Result<types::BatchRef> without_null_rowtimes(types::BatchRef batch, Output& out) const;
  Status tell(Output& out);

  uint32_t rowtime_;
  int64_t units_per_ms_;
  Evaluator evaluator_;
  Evaluation evaluation_;
  WatermarkTracker& tracker_;
  const OperatorContext* context_ = nullptr;
  int64_t told_ms_ = kNoWatermark;
  bool told_idle_ = false;
  bool ended_ = false;
  // Scratch, reused from batch to batch.
  std::vector<int64_t> rowtimes_;
  std::vector<int64_t> watermarks_;
};

}  // namespace weir::exec
