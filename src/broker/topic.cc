#include "broker/topic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

#include "base/nearest.h"

namespace weir::broker {
namespace {

constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();

// A setting that is a number in TopicConfig.
struct NumberSetting {
  std::string_view name;
  int64_t low;
  int64_t high;
  int64_t (*get)(const TopicConfig&);
  void (*set)(TopicConfig&, int64_t);
};

constexpr NumberSetting kNumbers[] = {
    {"max.message.bytes", 0, kMaxInt32,
     [](const TopicConfig& c) { return int64_t{c.max_message_bytes}; },
     [](TopicConfig& c, int64_t v) { c.max_message_bytes = static_cast<int32_t>(v); }},
    {"retention.bytes", -1, kMaxInt64, [](const TopicConfig& c) { return c.retention_bytes; },
     [](TopicConfig& c, int64_t v) { c.retention_bytes = v; }},
    {"retention.ms", -1, kMaxInt64, [](const TopicConfig& c) { return c.retention_ms; },
     [](TopicConfig& c, int64_t v) { c.retention_ms = v; }},
    {"segment.bytes", 14, kMaxInt32, [](const TopicConfig& c) { return c.segment_bytes; },
     [](TopicConfig& c, int64_t v) { c.segment_bytes = v; }},
    {"segment.ms", 1, kMaxInt64, [](const TopicConfig& c) { return c.segment_ms; },
     [](TopicConfig& c, int64_t v) { c.segment_ms = v; }},
};

// A setting of Kafka that has one value here.
struct FixedSetting {
  std::string_view name;
  std::string_view value;
};
constexpr FixedSetting kFixed[] = {
    {"cleanup.policy", "delete"},
    {"compression.type", "producer"},
    {"min.insync.replicas", "1"},
    {"unclean.leader.election.enable", "false"},
};

constexpr std::string_view kTimestampType = "message.timestamp.type";

using Type = TopicSetting::Type;
constexpr TopicSetting kSettings[] = {
    {"cleanup.policy", "Old segments are deleted; compaction is not offered.", Type::kString},
    {"compression.type", "Batches are kept as the producer compressed them.", Type::kString},
    {"max.message.bytes", "The largest record batch, as it is sent.", Type::kInt},
    {kTimestampType, "CreateTime: the producer's time; LogAppendTime: the broker's.",
     Type::kString},
    {"min.insync.replicas", "There is one replica.", Type::kInt},
    {"retention.bytes", "Oldest segments are deleted beyond this, per partition; -1: never.",
     Type::kLong},
    {"retention.ms", "Segments older than this are deleted; -1: never.", Type::kLong},
    {"segment.bytes", "A new segment begins beyond this.", Type::kInt},
    {"segment.ms", "A new segment begins when the last one is this old.", Type::kLong},
    {"unclean.leader.election.enable", "There is one replica.", Type::kString},
};

bool is_legal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

Status set_number(TopicConfig& config, const NumberSetting& setting, std::string_view value) {
  int64_t number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) {
    return invalid(fmt::format("{} must be a number, not \"{}\"", setting.name, value));
  }
  if (number < setting.low || number > setting.high) {
    return invalid(fmt::format("{} must be between {} and {}, not {}", setting.name, setting.low,
                               setting.high, number));
  }
  setting.set(config, number);
  return ok();
}

}  // namespace

Status check_topic_name(std::string_view name) {
  if (name.empty()) return invalid("Topic name is invalid: the empty string is not allowed");
  if (name == "." || name == "..") {
    return invalid("Topic name is invalid: '.' or '..' is not allowed");
  }
  if (name.size() > kMaxTopicNameSize) {
    return invalid(fmt::format(
        "Topic name is invalid: the length of '{}' is longer than the max allowed length {}", name,
        kMaxTopicNameSize));
  }
  if (!std::ranges::all_of(name, is_legal)) {
    return invalid(
        fmt::format("Topic name is invalid: '{}' contains one or more characters other "
                    "than ASCII alphanumerics, '.', '_' and '-'",
                    name));
  }
  return ok();
}

std::span<const TopicSetting> topic_settings() { return kSettings; }

std::optional<std::string> get_setting(const TopicConfig& config, std::string_view name) {
  if (name == kTimestampType) return config.log_append_time ? "LogAppendTime" : "CreateTime";
  for (const NumberSetting& setting : kNumbers) {
    if (setting.name == name) return std::to_string(setting.get(config));
  }
  for (const FixedSetting& setting : kFixed) {
    if (setting.name == name) return std::string(setting.value);
  }
  return std::nullopt;
}

Status set_setting(TopicConfig& config, std::string_view name, std::string_view value) {
  if (name == kTimestampType) {
    if (value != "CreateTime" && value != "LogAppendTime") {
      return invalid(
          fmt::format("{} must be CreateTime or LogAppendTime, not \"{}\"", name, value));
    }
    config.log_append_time = value == "LogAppendTime";
    return ok();
  }
  for (const NumberSetting& setting : kNumbers) {
    if (setting.name == name) return set_number(config, setting, value);
  }
  for (const FixedSetting& setting : kFixed) {
    if (setting.name != name) continue;
    if (value == setting.value) return ok();
    return invalid(fmt::format("{}={} is not offered, only {}", name, value, setting.value));
  }
  std::vector<std::string> names;
  for (const TopicSetting& setting : kSettings) names.emplace_back(setting.name);
  Error error = invalid(fmt::format("Unknown topic config name: {}", name));
  if (const auto near = nearest(name, names)) {
    return std::move(error).hint(fmt::format("did you mean {}?", *near));
  }
  return error;
}

}  // namespace weir::broker
