// Metadata: the broker, and topics with their partitions; makes topics that a client asks for.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::MetadataRequest;
using kafka::MetadataResponse;

constexpr int16_t kEmptyMeansNoneFrom = 1;  // before it an empty list asked for all topics

MetadataResponse::Topic describe(const Topic& topic) {
  MetadataResponse::Topic answer;
  answer.name = topic.name;
  answer.topic_id = topic.id;
  answer.is_internal = topic.name.starts_with("__");
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    MetadataResponse::Topic::Partition partition;
    partition.partition_index = static_cast<int32_t>(i);
    partition.leader_id = kNodeId;
    partition.leader_epoch = 0;
    partition.replica_nodes = {kNodeId};
    partition.isr_nodes = {kNodeId};
    answer.partitions.push_back(std::move(partition));
  }
  return answer;
}

ApiError error_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kInvalid: return ApiError::kInvalidTopicException;
    case ErrorCode::kExhausted:
    case ErrorCode::kIo: return ApiError::kKafkaStorageError;
    case ErrorCode::kNotFound:
    case ErrorCode::kExists:
    case ErrorCode::kUnsupported:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCorrupt:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal: break;
  }
  return ApiError::kUnknownServerError;
}

MetadataResponse::Topic find_by_name(Broker& broker, const std::string& name, bool may_create) {
  if (const TopicRef found = broker.find_topic(name); found != nullptr) return describe(*found);
  MetadataResponse::Topic answer;
  answer.name = name;
  if (const Status valid = check_topic_name(name); !valid.has_value()) {
    answer.error_code = ApiError::kInvalidTopicException;
    return answer;
  }
  if (!may_create || !broker.options().auto_create_topics) {
    answer.error_code = ApiError::kUnknownTopicOrPartition;
    return answer;
  }
  const auto made = broker.get_or_create_topic(name);
  if (made.has_value()) return describe(**made);
  answer.error_code = error_of(made.error());
  return answer;
}

MetadataResponse::Topic find_by_id(const Broker& broker, const kafka::Uuid& id) {
  if (const TopicRef found = broker.find_topic(id); found != nullptr) return describe(*found);
  MetadataResponse::Topic answer;
  answer.name.reset();
  answer.topic_id = id;
  answer.error_code = ApiError::kUnknownTopicId;
  return answer;
}

}  // namespace

MetadataResponse handle_metadata(RequestContext& context, const MetadataRequest& request) {
  Broker& broker = context.broker;
  MetadataResponse response;
  const std::string address = broker.address();
  response.brokers.push_back(
      {kNodeId, address.substr(0, address.rfind(':')), broker.port(), std::nullopt});
  response.cluster_id = broker.cluster_id();
  response.controller_id = kNodeId;
  const bool all = !request.topics.has_value() ||
                   (context.header.api_version < kEmptyMeansNoneFrom && request.topics->empty());
  if (all) {
    for (const TopicRef& topic : broker.topics()) response.topics.push_back(describe(*topic));
    return response;
  }
  for (const auto& wanted : *request.topics) {
    response.topics.push_back(
        wanted.name.has_value()
            ? find_by_name(broker, *wanted.name, request.allow_auto_topic_creation)
            : find_by_id(broker, wanted.topic_id));
  }
  return response;
}

}  // namespace weir::broker
