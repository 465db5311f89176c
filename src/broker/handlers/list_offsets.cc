// ListOffsets: the first, the last or the offset at a time.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::ListOffsetsRequest;
using kafka::ListOffsetsResponse;

constexpr int64_t kLatest = -1;
constexpr int64_t kEarliest = -2;
constexpr int64_t kMaxTimestamp = -3;

Result<OffsetAtTime> look_up(Partition& partition, int64_t timestamp_ms) {
  const LogOffsets offsets = partition.offsets();
  if (timestamp_ms == kLatest) return OffsetAtTime{offsets.high_watermark, -1};
  if (timestamp_ms == kEarliest) return OffsetAtTime{offsets.start, -1};
  if (timestamp_ms == kMaxTimestamp) return partition.offset_of_max_time();
  return partition.offset_for_time(timestamp_ms);
}

}  // namespace

ListOffsetsResponse handle_list_offsets(RequestContext& context,
                                        const ListOffsetsRequest& request) {
  ListOffsetsResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    for (const auto& wanted : topic.partitions) {
      auto& answer = answered.partitions.emplace_back();
      answer.partition_index = wanted.partition_index;
      answer.offset = -1;
      answer.timestamp = -1;
      const auto partition = context.broker.find_partition(topic.name, wanted.partition_index);
      if (partition == nullptr) {
        answer.error_code = ApiError::kUnknownTopicOrPartition;
        continue;
      }
      const auto found = look_up(*partition, wanted.timestamp);
      if (!found.has_value()) {
        answer.error_code = ApiError::kKafkaStorageError;
        continue;
      }
      answer.offset = found->offset;
      answer.timestamp = found->timestamp_ms;
      answer.leader_epoch = 0;
    }
  }
  return response;
}

}  // namespace weir::broker
