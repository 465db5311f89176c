// CreateTopics: checks names, partitions, replicas and settings, then creates.
#include <set>

#include "broker/handlers/topic_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::CreateTopicsRequest;
using kafka::CreateTopicsResponse;

constexpr int8_t kSourceTopic = 1;    // set on the topic
constexpr int8_t kSourceDefault = 5;  // the broker's default

struct Refusal {
  ApiError error;
  std::string message;
};

// The number of partitions that the request means.
std::expected<int32_t, Refusal> partitions_of(const Broker& broker,
                                              const CreateTopicsRequest::Topic& topic) {
  constexpr int16_t kReplicas = 1;
  if (!topic.assignments.empty()) {
    for (const auto& assignment : topic.assignments) {
      if (assignment.broker_ids != std::vector<int32_t>{kNodeId}) {
        return std::unexpected(Refusal{ApiError::kInvalidReplicaAssignment,
                                       fmt::format("the only broker is {}", kNodeId)});
      }
    }
    return static_cast<int32_t>(topic.assignments.size());
  }
  if (topic.replication_factor != -1 && topic.replication_factor != kReplicas) {
    return std::unexpected(
        Refusal{ApiError::kInvalidReplicationFactor,
                fmt::format("Replication factor: {} larger than available brokers: 1.",
                            topic.replication_factor)});
  }
  return topic.num_partitions == -1 ? broker.options().default_partitions : topic.num_partitions;
}

std::expected<TopicConfig, Refusal> config_of(const Broker& broker,
                                              const CreateTopicsRequest::Topic& topic) {
  TopicConfig config = broker.options().topic_defaults;
  for (const auto& setting : topic.configs) {
    const Status set = set_setting(config, setting.name, setting.value.value_or(""));
    if (!set.has_value()) {
      return std::unexpected(Refusal{ApiError::kInvalidConfig, set.error().message()});
    }
  }
  return config;
}

Refusal refusal_of(const Error& error, const std::string& name) {
  if (error.code() == ErrorCode::kExists) {
    return {ApiError::kTopicAlreadyExists, fmt::format("Topic '{}' already exists.", name)};
  }
  if (error.code() == ErrorCode::kInvalid) {
    const bool name_is_fine = check_topic_name(name).has_value();
    return {name_is_fine ? ApiError::kInvalidPartitions : ApiError::kInvalidTopicException,
            error.message()};
  }
  return {ApiError::kKafkaStorageError, error.message()};
}

void describe(const TopicConfig& config, const TopicConfig& defaults,
              CreateTopicsResponse::Topic& answer) {
  auto& configs = answer.configs.emplace();
  for (const TopicSetting& setting : topic_settings()) {
    const auto value = get_setting(config, setting.name);
    auto& shown = configs.emplace_back();
    shown.name = setting.name;
    shown.config_source =
        value == get_setting(defaults, setting.name) ? kSourceDefault : kSourceTopic;
    shown.value = value;
  }
}

std::optional<Refusal> create(Broker& broker, const CreateTopicsRequest::Topic& topic,
                              bool validate_only, CreateTopicsResponse::Topic& answer) {
  const auto partitions = partitions_of(broker, topic);
  if (!partitions.has_value()) return partitions.error();
  const auto config = config_of(broker, topic);
  if (!config.has_value()) return config.error();
  if (validate_only) {
    const Status fine = broker.check_create_topic(topic.name, *partitions);
    if (!fine.has_value()) return refusal_of(fine.error(), topic.name);
  } else {
    const auto made = broker.create_topic(topic.name, *partitions, *config);
    if (!made.has_value()) return refusal_of(made.error(), topic.name);
    answer.topic_id = (*made)->id;
  }
  answer.num_partitions = *partitions;
  answer.replication_factor = 1;
  describe(*config, broker.options().topic_defaults, answer);
  return std::nullopt;
}

}  // namespace

CreateTopicsResponse handle_create_topics(RequestContext& context,
                                          const CreateTopicsRequest& request) {
  CreateTopicsResponse response;
  std::multiset<std::string> names;
  for (const auto& topic : request.topics) names.insert(topic.name);
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.name = topic.name;
    const auto refusal =
        names.count(topic.name) > 1
            ? std::optional(Refusal{ApiError::kInvalidRequest, "the topic stands twice"})
            : create(context.broker, topic, request.validate_only, answer);
    if (refusal.has_value()) {
      answer.error_code = refusal->error;
      answer.error_message = refusal->message;
    }
  }
  return response;
}

}  // namespace weir::broker
