#include "connectors/kafka/kafka_options.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "broker/topic.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

struct ModeName {
  std::string_view name;
  OffsetMode mode;
};
constexpr std::array<ModeName, 6> kModes = {{{"group-offsets", OffsetMode::kGroup},
                                             {"earliest-offset", OffsetMode::kEarliest},
                                             {"latest-offset", OffsetMode::kLatest},
                                             {"timestamp", OffsetMode::kTimestamp},
                                             {"specific-offsets", OffsetMode::kSpecific},
                                             {"unbounded", OffsetMode::kUnbounded}}};

// "partition:0,offset:42;partition:1,offset:300"
Result<std::map<int32_t, int64_t>> parse_offsets(const TableOptions& options,
                                                 std::string_view key) {
  std::map<int32_t, int64_t> offsets;
  for (const auto& entry : options.list(key)) {
    const std::string_view text = entry;
    constexpr std::string_view kPartition = "partition:";
    constexpr std::string_view kOffset = ",offset:";
    const size_t middle = text.find(kOffset);
    if (!text.starts_with(kPartition) || middle == std::string_view::npos) {
      return options.bad(key, fmt::format("'{}' is not 'partition:0,offset:42'", entry));
    }
    const auto partition =
        types::parse_integer(text.substr(kPartition.size(), middle - kPartition.size()));
    const auto offset = types::parse_integer(text.substr(middle + kOffset.size()));
    if (!partition || !offset || *partition < 0 || *partition >= broker::kMaxPartitions ||
        *offset < 0) {
      return options.bad(key, fmt::format("'{}' is not 'partition:0,offset:42'", entry));
    }
    offsets[static_cast<int32_t>(*partition)] = *offset;
  }
  if (offsets.empty()) return options.bad(key, "names no partition");
  return offsets;
}

// `side` is "scan.startup" or "scan.bounded".
Result<OffsetRule> parse_rule(const TableOptions& options, std::string_view side) {
  const std::string key = fmt::format("{}.mode", side);
  const std::string_view name = options.text(key);
  OffsetRule rule;
  bool known = false;
  for (const auto& mode : kModes) {
    if (mode.name != name) continue;
    rule.mode = mode.mode;
    known = true;
  }
  if (!known) return options.bad(key, fmt::format("there is no mode '{}'", name));
  if (rule.mode == OffsetMode::kTimestamp) {
    const std::string millis = fmt::format("{}.timestamp-millis", side);
    const auto timestamp = WEIR_TRY(options.integer(millis));
    if (!timestamp) return options.bad(millis, "the mode timestamp needs it");
    rule.timestamp_ms = *timestamp;
  }
  if (rule.mode == OffsetMode::kSpecific) {
    rule.offsets = WEIR_TRY(parse_offsets(options, fmt::format("{}.specific-offsets", side)));
  }
  return rule;
}

Status parse_topics(const TableOptions& options, KafkaSourceOptions& parsed) {
  parsed.topics = options.list("topic");
  const auto pattern = options.find("topic-pattern");
  if (parsed.topics.empty() == !pattern.has_value()) {
    return options.bad("topic", "exactly one of 'topic' and 'topic-pattern' must be given");
  }
  for (const auto& topic : parsed.topics) {
    const auto valid = broker::check_topic_name(topic);
    if (!valid.has_value()) return options.bad("topic", valid.error().message());
  }
  if (pattern.has_value()) {
    parsed.pattern = std::make_shared<const RE2>(*pattern, RE2::Quiet);
    if (!parsed.pattern->ok()) return options.bad("topic-pattern", parsed.pattern->error());
  }
  return ok();
}

}  // namespace

bool KafkaSourceOptions::matches(const std::string& topic) const {
  return pattern && RE2::FullMatch(topic, *pattern);
}

int64_t KafkaSourceOptions::discovery_ms(int64_t if_not_set, int64_t most) const {
  if (bounded()) return 0;
  return std::clamp<int64_t>(discovery_interval_ms.value_or(if_not_set), 0, most);
}

Result<KafkaSourceOptions> parse_source_options(const TableOptions& options) {
  KafkaSourceOptions parsed;
  WEIR_TRY(parse_topics(options, parsed));
  parsed.group = options.text("properties.group.id");
  parsed.start = WEIR_TRY(parse_rule(options, "scan.startup"));
  parsed.end = WEIR_TRY(parse_rule(options, "scan.bounded"));
  parsed.reset_to_latest = options.text("properties.auto.offset.reset") == "latest";
  if (parsed.start.mode == OffsetMode::kUnbounded) {
    return options.bad("scan.startup.mode", "there is no mode 'unbounded'");
  }
  const bool by_group =
      parsed.start.mode == OffsetMode::kGroup || parsed.end.mode == OffsetMode::kGroup;
  if (parsed.end.mode == OffsetMode::kGroup && parsed.group.empty() && by_group) {
    return options.bad("properties.group.id", "the mode group-offsets needs it");
  }
  parsed.discovery_interval_ms =
      WEIR_TRY(options.duration_ms("scan.topic-partition-discovery.interval"));
  parsed.commit_offsets = options.text("properties.commit.offsets.on.checkpoint") != "false";
  parsed.watermark.per_split = true;
  parsed.watermark.emit = options.text("scan.watermark.emit.strategy") == "on-event"
                              ? exec::WatermarkTraits::Emit::kOnEvent
                              : exec::WatermarkTraits::Emit::kPeriodic;
  parsed.watermark.idle_timeout_ms = WEIR_TRY(options.duration_ms("scan.watermark.idle-timeout"));
  return parsed;
}

Result<KafkaSinkOptions> parse_sink_options(const TableOptions& options) {
  KafkaSinkOptions parsed;
  const auto topics = options.list("topic");
  if (topics.size() != 1) {
    return options.bad("topic", "a sink writes exactly one topic");
  }
  parsed.topic = topics[0];
  const auto valid = broker::check_topic_name(parsed.topic);
  if (!valid.has_value()) return options.bad("topic", valid.error().message());
  const auto partitioner = options.text("sink.partitioner");
  if (partitioner == "fixed") {
    parsed.partitioner = Partitioner::kFixed;
  } else if (partitioner == "round-robin") {
    parsed.partitioner = Partitioner::kRoundRobin;
  } else if (partitioner != "default") {
    return options.bad("sink.partitioner",
                       "classes are not offered; use default, fixed or "
                       "round-robin");
  }
  const auto guarantee = options.text("sink.delivery-guarantee");
  if (guarantee == "none") parsed.guarantee = exec::DeliveryGuarantee::kNone;
  if (guarantee == "exactly-once") parsed.guarantee = exec::DeliveryGuarantee::kExactlyOnce;
  if (const auto name = options.find("properties.compression.type")) {
    auto compression = kafka::parse_compression(*name);
    if (!compression.has_value()) {
      return options.bad("properties.compression.type", compression.error().message());
    }
    parsed.compression = *compression;
  }
  const auto columns = options.table().sink_columns();
  for (size_t at = 0; at < columns.size(); ++at) {
    if (columns[at]->kind != sql::TableColumn::Kind::kMetadata) continue;
    if (columns[at]->metadata_key != "timestamp") {
      return unsupported(fmt::format("writing the metadata '{}' is not offered yet",
                                     columns[at]->metadata_key))
          .hint(fmt::format("declare the column {} VIRTUAL", columns[at]->name));
    }
    if (columns[at]->type.kind() != types::TypeKind::kTimestampLtz ||
        columns[at]->type.precision() > 3) {
      return invalid(fmt::format("the column {} must be TIMESTAMP_LTZ(3)", columns[at]->name));
    }
    parsed.timestamp_column = static_cast<int>(at);
  }
  return parsed;
}

}  // namespace weir::connectors
