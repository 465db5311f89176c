// OffsetCommit: answered when the offsets are durable.
#include "broker/groups/coordinator.h"
#include "broker/handlers/wait_for.h"
#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::OffsetCommitRequest;
using kafka::OffsetCommitResponse;

// Puts the coordinator's answers for the known partitions between the refusals of the others, in
// the order of the request.
OffsetCommitResponse merge(const OffsetCommitRequest& request, const std::vector<bool>& known,
                           const OffsetCommitResponse& committed) {
  OffsetCommitResponse response;
  size_t index = 0;
  for (size_t topic = 0; topic < request.topics.size(); ++topic) {
    auto& answered = response.topics.emplace_back();
    answered.name = request.topics[topic].name;
    size_t next = 0;
    for (const auto& partition : request.topics[topic].partitions) {
      const ApiError error = known[index++] ? committed.topics[topic].partitions[next++].error_code
                                            : ApiError::kUnknownTopicOrPartition;
      answered.partitions.push_back({partition.partition_index, error});
    }
  }
  return response;
}

}  // namespace

boost::asio::awaitable<OffsetCommitResponse> handle_offset_commit(
    RequestContext& context, const OffsetCommitRequest& request) {
  OffsetCommitRequest good = request;
  std::vector<bool> known;
  for (auto& topic : good.topics) {
    std::erase_if(topic.partitions, [&](const auto& partition) {
      known.push_back(context.broker.find_partition(topic.name, partition.partition_index) !=
                      nullptr);
      return !known.back();
    });
  }
  const auto committed = co_await wait_for<OffsetCommitResponse>(
      [&](auto done) { context.broker.groups().commit(good, std::move(done)); });
  co_return merge(request, known, committed);
}

}  // namespace weir::broker
