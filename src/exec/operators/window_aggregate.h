// The windowed aggregate: slices, partials, firing. Declared here for the job builder.
//
// Upstream half (one a source lane): decides lateness per row, aggregates into a table per slice,
// seals the slices behind the lane's watermark and sends their partials to the lanes that own the
// key groups, then passes the watermark on. Downstream half: merges partials, fires the windows
// when the combined watermark of all lanes has passed them.
// Lateness: Batch::row_watermarks, when present, is the watermark before each row; when absent, it
// is the last one announced by on_watermark() for all rows of the batch.
#pragma once

#include "base/result.h"
#include "exec/operator.h"
#include "plan/nodes.h"

namespace weir::exec {

// `node.body` is a plan::WindowAggregateNode.
Result<ExchangeOperator> make_window_aggregate(const plan::Node& node, const JobSettings& settings);

}  // namespace weir::exec
