// The handlers of consumer groups, one file each: from a decoded request to GroupCoordinator and
// back.
//
// See handlers/handler.h for where they run. Failures are error codes in the response.
#pragma once

#include "broker/handlers/handler.h"

namespace weir::broker {

boost::asio::awaitable<kafka::FindCoordinatorResponse> handle_find_coordinator(
    RequestContext& context, const kafka::FindCoordinatorRequest& request);
boost::asio::awaitable<kafka::JoinGroupResponse> handle_join_group(
    RequestContext& context, const kafka::JoinGroupRequest& request);
boost::asio::awaitable<kafka::SyncGroupResponse> handle_sync_group(
    RequestContext& context, const kafka::SyncGroupRequest& request);
boost::asio::awaitable<kafka::HeartbeatResponse> handle_heartbeat(
    RequestContext& context, const kafka::HeartbeatRequest& request);
boost::asio::awaitable<kafka::LeaveGroupResponse> handle_leave_group(
    RequestContext& context, const kafka::LeaveGroupRequest& request);
boost::asio::awaitable<kafka::OffsetCommitResponse> handle_offset_commit(
    RequestContext& context, const kafka::OffsetCommitRequest& request);
boost::asio::awaitable<kafka::OffsetFetchResponse> handle_offset_fetch(
    RequestContext& context, const kafka::OffsetFetchRequest& request);
boost::asio::awaitable<kafka::ListGroupsResponse> handle_list_groups(
    RequestContext& context, const kafka::ListGroupsRequest& request);
boost::asio::awaitable<kafka::DescribeGroupsResponse> handle_describe_groups(
    RequestContext& context, const kafka::DescribeGroupsRequest& request);
boost::asio::awaitable<kafka::DeleteGroupsResponse> handle_delete_groups(
    RequestContext& context, const kafka::DeleteGroupsRequest& request);

}  // namespace weir::broker
