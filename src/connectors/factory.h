// Factory: connectors and formats as SQL and the engine want to see them.
//
// Owns the rows that sql::Registry points to and makes both ends of jobs from the rows of all.cc.
// Made once by the top of the program; must outlive every session and job. Any thread.
#pragma once

#include <memory>
#include <vector>

#include "connectors/connector.h"
#include "exec/connector_factory.h"

namespace weir::connectors {

class Factory final : public exec::ConnectorFactory {
 public:
  explicit Factory(Environment environment);

  [[nodiscard]] sql::Registry registry() const { return {connector_infos_, format_infos_}; }
  [[nodiscard]] const Environment& environment() const { return environment_; }

  Result<std::unique_ptr<exec::Source>> make_source(const plan::ScanNode& scan,
                                                    const exec::JobSettings& settings,
                                                    Context& context) override;
  Result<std::unique_ptr<exec::Sink>> make_sink(const plan::SinkNode& sink,
                                                const exec::JobSettings& settings,
                                                Context& context) override;
  // kUnsupported: whoever shows rows to a user wraps this factory and answers it.
  Result<std::unique_ptr<exec::Sink>> make_collect(const types::Schema& schema) override;
  // Two topics of the embedded broker (reject_topics.h); null when there is no broker.
  Result<std::unique_ptr<exec::RejectSink>> make_reject_sink(const exec::JobSettings& settings,
                                                             Context& context) override;

 private:
  Environment environment_;
  std::vector<const sql::ConnectorInfo*> connector_infos_;
  std::vector<std::unique_ptr<sql::FormatInfo>> formats_;
  std::vector<const sql::FormatInfo*> format_infos_;
};

}  // namespace weir::connectors
