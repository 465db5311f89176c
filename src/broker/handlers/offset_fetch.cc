// OffsetFetch: what groups have committed. Offset -1 stands for nothing.
//
// Every offset is stable here: commits are visible when they are durable, and there are no
// transactions that could hold one back.
#include "broker/groups/coordinator.h"
#include "broker/handlers/group_handlers.h"

namespace weir::broker {
namespace {

// Versions up to 7 ask for one group, later ones for several; the types differ, the fields do not.
template <typename Partition>
Partition answer_partition(const GroupOffsets& offsets, const std::string& topic, int32_t index) {
  Partition partition;
  partition.partition_index = index;
  partition.committed_offset = -1;
  const auto by_partition = offsets.find(topic);
  if (by_partition == offsets.end()) return partition;
  const auto committed = by_partition->second.find(index);
  if (committed == by_partition->second.end()) return partition;
  partition.committed_offset = committed->second.offset;
  partition.committed_leader_epoch = committed->second.leader_epoch;
  partition.metadata = committed->second.metadata;
  return partition;
}

template <typename Topic, typename Asked>
std::vector<Topic> answer_topics(const GroupOffsets& offsets,
                                 const std::optional<std::vector<Asked>>& asked) {
  using Partition = typename decltype(Topic::partitions)::value_type;
  std::vector<Topic> topics;
  if (!asked.has_value()) {
    for (const auto& [name, partitions] : offsets) {
      auto& topic = topics.emplace_back();
      topic.name = name;
      for (const auto& [index, committed] : partitions) {
        topic.partitions.push_back(answer_partition<Partition>(offsets, name, index));
      }
    }
    return topics;
  }
  for (const auto& wanted : *asked) {
    auto& topic = topics.emplace_back();
    topic.name = wanted.name;
    for (const int32_t index : wanted.partition_indexes) {
      topic.partitions.push_back(answer_partition<Partition>(offsets, wanted.name, index));
    }
  }
  return topics;
}

}  // namespace

kafka::OffsetFetchResponse handle_offset_fetch(RequestContext& context,
                                               const kafka::OffsetFetchRequest& request) {
  constexpr int16_t kSeveralGroupsFrom = 8;
  using Response = kafka::OffsetFetchResponse;
  const GroupCoordinator& groups = context.broker.groups();
  Response response;
  if (context.header.api_version < kSeveralGroupsFrom) {
    response.topics =
        answer_topics<Response::Topic>(groups.committed(request.group_id), request.topics);
    return response;
  }
  for (const auto& asked : request.groups) {
    auto& group = response.groups.emplace_back();
    group.group_id = asked.group_id;
    group.topics =
        answer_topics<Response::Group::Topic>(groups.committed(asked.group_id), asked.topics);
  }
  return response;
}

}  // namespace weir::broker
