// From a plan node to its operator: one row a node, in all.cc.
//
// A node that is forgotten there does not compile.
#pragma once

#include <memory>

#include "base/result.h"
#include "exec/operator.h"
#include "exec/sink.h"
#include "exec/watermark_tracker.h"
#include "plan/nodes.h"

namespace weir::exec {

// What an operator may need besides its plan node.
struct OperatorParts {
  const JobSettings& settings;
  WatermarkTracker* tracker = nullptr;      // kWatermark: of its source in this lane
  std::unique_ptr<SinkWriter> sink_writer;  // kSink, kCollect
  std::string sink_id;
};

// `exchange` is set for nodes that are cut by an exchange, else `whole`.
struct MadeOperator {
  std::unique_ptr<Operator> whole;
  ExchangeOperator exchange;
};

Result<MadeOperator> make_operator(const plan::Node& node, OperatorParts parts);

}  // namespace weir::exec
