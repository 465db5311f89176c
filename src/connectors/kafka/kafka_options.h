// What the options of a kafka table say, parsed and checked once.
//
// Modes and defaults are Flink's, with two differences. Without a committed offset and without
// 'properties.auto.offset.reset', group-offsets begins at the earliest record, where Flink fails.
// And topics of a fixed list are made on the embedded broker when they do not exist.
// Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/table_options.h"
#include "kafka/compression.h"

namespace re2 {
class RE2;
}

namespace weir::connectors {

enum class OffsetMode : uint8_t { kGroup, kEarliest, kLatest, kTimestamp, kSpecific, kUnbounded };

// Where reading starts, or ends.
struct OffsetRule {
  OffsetMode mode = OffsetMode::kGroup;
  int64_t timestamp_ms = 0;
  std::map<int32_t, int64_t> offsets;  // kSpecific, by partition
};

struct KafkaSourceOptions {
  std::vector<std::string> topics;
  std::shared_ptr<const re2::RE2> pattern;  // of whole names; null: `topics` count
  std::string group;                        // may be empty
  OffsetRule start;
  OffsetRule end{OffsetMode::kUnbounded, 0, {}};
  bool reset_to_latest = false;  // where there is no (valid) offset
  int64_t discovery_interval_ms = 0;
  exec::WatermarkTraits watermark;

  [[nodiscard]] bool bounded() const { return end.mode != OffsetMode::kUnbounded; }
};

enum class Partitioner : uint8_t { kSticky, kFixed, kRoundRobin };

struct KafkaSinkOptions {
  std::string topic;
  Partitioner partitioner = Partitioner::kSticky;
  exec::DeliveryGuarantee guarantee = exec::DeliveryGuarantee::kAtLeastOnce;
  kafka::Compression compression = kafka::Compression::kNone;
  int timestamp_column = -1;  // of the sink's columns: the writable metadata 'timestamp'
};

[[nodiscard]] Result<KafkaSourceOptions> parse_source_options(const TableOptions& options);
[[nodiscard]] Result<KafkaSinkOptions> parse_sink_options(const TableOptions& options);

// Whether 'properties.bootstrap.servers' means the embedded broker: the first server is mapped to
// "embedded" or not mapped at all, and a broker is there. Else kUnsupported, or what is wrong.
[[nodiscard]] Status check_target(const Environment& environment, const TableOptions& options);

}  // namespace weir::connectors
