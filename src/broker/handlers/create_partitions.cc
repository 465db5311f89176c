// CreatePartitions: more of them; a topic never gets fewer.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::CreatePartitionsRequest;

ApiError error_of(const Error& error) {
  if (error.code() == ErrorCode::kNotFound) return ApiError::kUnknownTopicOrPartition;
  return error.code() == ErrorCode::kInvalid ? ApiError::kInvalidPartitions
                                             : ApiError::kKafkaStorageError;
}

Status grow(Broker& broker, const CreatePartitionsRequest::Topic& topic, bool validate_only) {
  const TopicRef found = broker.find_topic(topic.name);
  if (found == nullptr) return not_found("no such topic");
  if (static_cast<size_t>(std::max(topic.count, 0)) <= found->partitions.size()) {
    return invalid(fmt::format("Topic currently has {} partitions, which is not less than {}",
                               found->partitions.size(), topic.count));
  }
  if (topic.count > kMaxPartitions) {
    return invalid(fmt::format("a topic has at most {} partitions", kMaxPartitions));
  }
  if (!validate_only) WEIR_TRY(broker.create_partitions(topic.name, topic.count));
  return ok();
}

}  // namespace

kafka::CreatePartitionsResponse handle_create_partitions(RequestContext& context,
                                                         const CreatePartitionsRequest& request) {
  kafka::CreatePartitionsResponse response;
  for (const auto& topic : request.topics) {
    auto& answer = response.results.emplace_back();
    answer.name = topic.name;
    const Status grown = grow(context.broker, topic, request.validate_only);
    if (!grown.has_value()) {
      answer.error_code = error_of(grown.error());
      answer.error_message = grown.error().message();
    }
  }
  return response;
}

}  // namespace weir::broker
