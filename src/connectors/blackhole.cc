#include "connectors/blackhole.h"

#include "connectors/option_rows.h"

namespace weir::connectors {

namespace {

class BlackholeWriter final : public exec::SinkWriter {
 public:
  Status write(types::BatchRef) override { return ok(); }
};

class BlackholeSink final : public exec::Sink {
 public:
  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override {
    return exec::DeliveryGuarantee::kNone;
  }
  Result<std::unique_ptr<exec::SinkWriter>> make_writer(const exec::SinkContext&) override {
    return std::unique_ptr<exec::SinkWriter>(std::make_unique<BlackholeWriter>());
  }
};

Result<std::unique_ptr<exec::Sink>> make_blackhole(const SinkRequest&) {
  return std::unique_ptr<exec::Sink>(std::make_unique<BlackholeSink>());
}

}  // namespace

const Connector& blackhole_connector() {
  static const Connector connector = {
      .info = {.name = "blackhole",
               .doc = "Takes rows and forgets them.",
               .sink = true,
               .options = {sink_parallelism_option()},
               .metadata = {}},
      .make_sink = make_blackhole,
  };
  return connector;
}

}  // namespace weir::connectors
