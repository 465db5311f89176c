// The APIs that are served: one row each, by ascending key. ApiVersions answers from this table.
#include <algorithm>

#include "broker/handlers/group_handlers.h"
#include "broker/handlers/serve.h"
#include "broker/handlers/topic_handlers.h"
#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {
namespace {

constexpr ApiRow kTable[] = {
    api_row<kafka::ProduceRequest, handle_produce>(),
    api_row<kafka::FetchRequest, handle_fetch>(),
    api_row<kafka::ListOffsetsRequest, handle_list_offsets>(),
    api_row<kafka::MetadataRequest, handle_metadata>(),
    api_row<kafka::OffsetCommitRequest, handle_offset_commit>(),
    api_row<kafka::OffsetFetchRequest, handle_offset_fetch>(),
    api_row<kafka::FindCoordinatorRequest, handle_find_coordinator>(),
    api_row<kafka::JoinGroupRequest, handle_join_group>(),
    api_row<kafka::HeartbeatRequest, handle_heartbeat>(),
    api_row<kafka::LeaveGroupRequest, handle_leave_group>(),
    api_row<kafka::SyncGroupRequest, handle_sync_group>(),
    api_row<kafka::DescribeGroupsRequest, handle_describe_groups>(),
    api_row<kafka::ListGroupsRequest, handle_list_groups>(),
    api_row<kafka::ApiVersionsRequest, handle_api_versions>(),
    api_row<kafka::CreateTopicsRequest, handle_create_topics>(),
    api_row<kafka::DeleteTopicsRequest, handle_delete_topics>(),
    api_row<kafka::InitProducerIdRequest, handle_init_producer_id>(),
    api_row<kafka::OffsetForLeaderEpochRequest, handle_offset_for_leader_epoch>(),
    api_row<kafka::DescribeConfigsRequest, handle_describe_configs>(),
    api_row<kafka::CreatePartitionsRequest, handle_create_partitions>(),
    api_row<kafka::DeleteGroupsRequest, handle_delete_groups>(),
    api_row<kafka::DescribeClusterRequest, handle_describe_cluster>(),
};
static_assert(std::ranges::is_sorted(kTable, {}, &ApiRow::api));

}  // namespace

std::span<const ApiRow> api_table() { return kTable; }

const ApiRow* find_handler(int16_t api_key) {
  const auto key = static_cast<kafka::ApiKey>(api_key);
  const auto* found = std::ranges::lower_bound(kTable, key, {}, &ApiRow::api);
  return found != std::end(kTable) && found->api == key ? found : nullptr;
}

}  // namespace weir::broker
