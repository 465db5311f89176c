// CollectFactory: a connector factory whose SELECTs end in a function of the caller.
//
// Everything else goes to the factory beneath, which must outlive this one. The function is called
// by lanes, one at a time (a lock around it: a SELECT is for eyes, not for speed).
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "exec/connector_factory.h"

namespace weir::server {

using CollectRows = std::function<Status(const types::Batch& batch)>;

class CollectFactory final : public exec::ConnectorFactory {
 public:
  CollectFactory(exec::ConnectorFactory& beneath, CollectRows rows)
      : beneath_(beneath), rows_(std::move(rows)) {}

  Result<std::unique_ptr<exec::Source>> make_source(const plan::ScanNode& scan,
                                                    const exec::JobSettings& settings,
                                                    Context& context) override {
    return beneath_.make_source(scan, settings, context);
  }
  Result<std::unique_ptr<exec::Sink>> make_sink(const plan::SinkNode& sink,
                                                const exec::JobSettings& settings,
                                                Context& context) override {
    return beneath_.make_sink(sink, settings, context);
  }
  Result<std::unique_ptr<exec::Sink>> make_collect(const types::Schema& schema) override;

 private:
  exec::ConnectorFactory& beneath_;
  CollectRows rows_;
  std::mutex mutex_;
};

}  // namespace weir::server
