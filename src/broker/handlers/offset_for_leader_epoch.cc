// OffsetForLeaderEpoch: where an epoch ended. There is one leader and one epoch, 0.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {

kafka::OffsetForLeaderEpochResponse handle_offset_for_leader_epoch(
    RequestContext& context, const kafka::OffsetForLeaderEpochRequest& request) {
  constexpr int32_t kLeaderEpoch = 0;
  kafka::OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.topic = topic.topic;
    for (const auto& wanted : topic.partitions) {
      auto& answer = answered.partitions.emplace_back();
      answer.partition = wanted.partition;
      const auto partition = context.broker.find_partition(topic.topic, wanted.partition);
      if (partition == nullptr) {
        answer.error_code = kafka::ApiError::kUnknownTopicOrPartition;
      } else if (wanted.current_leader_epoch > kLeaderEpoch) {
        answer.error_code = kafka::ApiError::kUnknownLeaderEpoch;
      } else if (wanted.leader_epoch == kLeaderEpoch) {
        answer.leader_epoch = kLeaderEpoch;
        answer.end_offset = partition->offsets().high_watermark;
      }
    }
  }
  return response;
}

}  // namespace weir::broker
