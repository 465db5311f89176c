// KafkaTarget: which Kafka a table means: the broker inside weir or one outside. Decided here
// alone.
//
// Every entry of 'properties.bootstrap.servers' is looked up in the `endpoints` of the environment,
// with its port and then without. What is mapped to "embedded" is the embedded broker, and so is,
// where one runs and nothing is mapped, one of the names that compose files give a broker
// (kEmbeddedHosts, port 9092) and the broker's own address. Everything else is a Kafka outside.
// The first entry decides. Plain values; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "connectors/connector.h"
#include "connectors/table_options.h"

namespace weir::connectors {

inline constexpr std::array<std::string_view, 3> kEmbeddedHosts = {"kafka", "broker", "redpanda"};
inline constexpr uint16_t kEmbeddedPort = 9092;

struct KafkaTarget {
  bool embedded = false;
  std::string servers;  // host:port with ',' between, after the mapping; of an outside Kafka
};

// kInvalid about the option; kUnsupported when "embedded" is mapped but no broker is here.
[[nodiscard]] Result<KafkaTarget> find_target(const Environment& environment,
                                              const TableOptions& options);

}  // namespace weir::connectors
