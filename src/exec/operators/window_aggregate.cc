#include "exec/operators/window_aggregate.h"

#include "exec/operators/window_local.h"
#include "exec/operators/window_merge.h"

namespace weir::exec {

Result<ExchangeOperator> make_window_aggregate(const plan::Node& node,
                                               const JobSettings& settings) {
  auto plan = WEIR_TRY(WindowPlan::make(node, settings));
  ExchangeOperator made;
  made.upstream = std::make_unique<WindowLocal>(plan);
  made.downstream = std::make_unique<WindowMerge>(plan);
  return made;
}

}  // namespace weir::exec
