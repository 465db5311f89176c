// DeleteTopics: by name, or by id from version 6 on.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::DeleteTopicsRequest;
using kafka::DeleteTopicsResponse;

constexpr int16_t kTopicsFrom = 6;

DeleteTopicsResponse::Topic remove(Broker& broker, std::optional<std::string> name,
                                   const kafka::Uuid& id) {
  DeleteTopicsResponse::Topic answer;
  const bool by_id = !name.has_value();
  const TopicRef topic = by_id ? broker.find_topic(id) : broker.find_topic(*name);
  answer.name = std::move(name);
  answer.topic_id = id;
  if (topic == nullptr) {
    answer.error_code = by_id ? ApiError::kUnknownTopicId : ApiError::kUnknownTopicOrPartition;
    return answer;
  }
  answer.name = topic->name;
  answer.topic_id = topic->id;
  const Status removed = broker.delete_topic(topic->name);
  if (!removed.has_value()) {
    answer.error_code = removed.error().code() == ErrorCode::kNotFound
                            ? ApiError::kUnknownTopicOrPartition
                            : ApiError::kKafkaStorageError;
    answer.error_message = removed.error().message();
  }
  return answer;
}

}  // namespace

DeleteTopicsResponse handle_delete_topics(RequestContext& context,
                                          const DeleteTopicsRequest& request) {
  DeleteTopicsResponse response;
  if (context.header.api_version >= kTopicsFrom) {
    for (const auto& topic : request.topics) {
      response.responses.push_back(remove(context.broker, topic.name, topic.topic_id));
    }
  } else {
    for (const auto& name : request.topic_names) {
      response.responses.push_back(remove(context.broker, name, {}));
    }
  }
  return response;
}

}  // namespace weir::broker
