// What a topic is: its name, its settings, and how the names of settings map to Kafka's.
//
// Plain values. The catalog keeps them on disk, CreateTopics and DescribeConfigs read and answer
// them. A broker has no replication: every partition has this broker as its only replica.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::broker {

// Kafka's limit (the name becomes a folder's name).
inline constexpr size_t kMaxTopicNameSize = 249;
inline constexpr int32_t kMaxPartitions = 10'000;

struct TopicConfig {
  int64_t segment_bytes = 256LL << 20U;           // a new segment beyond this
  int64_t segment_ms = 7LL * 24 * 3600 * 1000;    // or when the segment gets this old
  int64_t retention_bytes = -1;                   // per partition; -1: no limit
  int64_t retention_ms = 7LL * 24 * 3600 * 1000;  // -1: no limit
  int32_t max_message_bytes = (1 << 20U) + 12;    // of one record batch, as it is sent
  bool log_append_time = false;                   // message.timestamp.type=LogAppendTime

  bool operator==(const TopicConfig&) const = default;
};

// kInvalid with Kafka's wording for names that Kafka refuses.
[[nodiscard]] Status check_topic_name(std::string_view name);

// One setting under Kafka's name ("retention.ms").
struct TopicSetting {
  std::string_view name;
  std::string_view doc;
  enum class Type { kInt, kLong, kString } type;
};

// All settings that a topic has.
[[nodiscard]] std::span<const TopicSetting> topic_settings();
// The value of a setting as text; nullopt for a name that is not in topic_settings().
[[nodiscard]] std::optional<std::string> get_setting(const TopicConfig& config,
                                                     std::string_view name);
// kInvalid for an unknown name (with the nearest one as hint) or a value outside its range.
// Settings of Kafka that mean nothing here (min.insync.replicas=1, ...) are accepted where the
// value asks for what this broker does anyway.
[[nodiscard]] Status set_setting(TopicConfig& config, std::string_view name,
                                 std::string_view value);

}  // namespace weir::broker
