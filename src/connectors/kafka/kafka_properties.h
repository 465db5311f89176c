// KafkaProperties: the 'properties.*' of a table, as librdkafka wants them.
//
// What librdkafka knows by the same name is passed on. What only Java's clients have is translated
// (sasl.jaas.config), or accepted and left out where it makes no difference here (deserializers,
// metrics); everything else is kInvalid and named, with the nearest known name. Values may be
// secrets: no message holds one.
// Defaults are Java's where they change what is read or kept: isolation level, checked CRCs,
// idempotence, the size of a request. Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "connectors/table_options.h"

namespace weir::connectors {

struct KafkaProperties {
  std::string servers;  // host:port with ',' between
  std::vector<std::pair<std::string, std::string>> values;
  // 'properties.default.api.timeout.ms': how long to try before a Kafka counts as out of reach.
  int64_t api_timeout_ms = 10'000;

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::string_view value_or(std::string_view name, std::string_view fallback) const;
  // Unless the user has set it.
  void add_default(std::string_view name, std::string_view value);
};

// Checks every name and value with librdkafka itself. Bootstrap servers, the group id and what to
// do without an offset are not part of `values`: they are the connector's own.
[[nodiscard]] Result<KafkaProperties> parse_properties(const TableOptions& options,
                                                       std::string servers);

// `queued_bytes`: what librdkafka may fetch ahead of the lane, a partition.
void add_consumer_defaults(KafkaProperties& properties, size_t queued_bytes);
void add_producer_defaults(KafkaProperties& properties);

}  // namespace weir::connectors
