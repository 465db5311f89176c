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
  bool reset_to_latest = false;                  // where there is no (valid) offset
  bool commit_offsets = true;                    // 'properties.commit.offsets.on.checkpoint'
  std::optional<int64_t> discovery_interval_ms;  // 0 or below: never
  exec::WatermarkTraits watermark;

  [[nodiscard]] bool bounded() const { return end.mode != OffsetMode::kUnbounded; }
  // Whether a topic's name is one of `pattern`.
  [[nodiscard]] bool matches(const std::string& topic) const;
  // The group whose offsets follow the checkpoints; empty: none.
  [[nodiscard]] std::string commit_group() const { return commit_offsets ? group : std::string(); }
  // SourceTraits::discovery_interval_ms; `most` bounds what the user asked for.
  [[nodiscard]] int64_t discovery_ms(int64_t if_not_set, int64_t most) const;
};

enum class Partitioner : uint8_t { kSticky, kFixed, kRoundRobin };

struct KafkaSinkOptions {
  std::string topic;
  Partitioner partitioner = Partitioner::kSticky;
  exec::DeliveryGuarantee guarantee = exec::DeliveryGuarantee::kAtLeastOnce;
  kafka::Compression compression = kafka::Compression::kNone;
  int timestamp_column = -1;  // of the sink's columns: the writable metadata 'timestamp'

  // What the row says of its record's time; absent: it is that of writing.
  [[nodiscard]] std::optional<int64_t> timestamp_of(const types::Batch& batch, uint32_t row) const {
    if (timestamp_column < 0) return std::nullopt;
    const auto& column = batch.column(static_cast<size_t>(timestamp_column));
    return column.is_null(row) ? std::nullopt : std::optional(column.value<int64_t>(row));
  }
};

[[nodiscard]] Result<KafkaSourceOptions> parse_source_options(const TableOptions& options);
[[nodiscard]] Result<KafkaSinkOptions> parse_sink_options(const TableOptions& options);

}  // namespace weir::connectors
