// ConnectorFactory: makes the two ends of a job; implemented in connectors/, handed down.
#pragma once

#include <memory>

#include "base/context.h"
#include "base/result.h"
#include "exec/job_settings.h"
#include "exec/rejects.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "plan/nodes.h"

namespace weir::exec {

class ConnectorFactory {
 public:
  virtual ~ConnectorFactory() = default;
  virtual Result<std::unique_ptr<Source>> make_source(const plan::ScanNode& scan,
                                                      const JobSettings& settings,
                                                      Context& context) = 0;
  virtual Result<std::unique_ptr<Sink>> make_sink(const plan::SinkNode& sink,
                                                  const JobSettings& settings,
                                                  Context& context) = 0;
  // For plan::CollectNode: rows go to whoever asked. kUnsupported when nobody can.
  virtual Result<std::unique_ptr<Sink>> make_collect(const types::Schema& schema) = 0;
  // Null: rejects are only counted.
  virtual Result<std::unique_ptr<RejectSink>> make_reject_sink(const JobSettings& settings,
                                                               Context& context) {
    (void)settings;
    (void)context;
    return std::unique_ptr<RejectSink>();
  }
};

}  // namespace weir::exec
