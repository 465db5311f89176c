// The handlers that may have to wait: for records, for the disk, for the other members of a group.
//
// See handlers/handler.h for where they run. They are apart from the others because Asio's headers
// take seconds to compile. Failures are error codes in the response.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "broker/handlers/handler.h"

namespace weir::broker {

boost::asio::awaitable<kafka::ProduceResponse> handle_produce(RequestContext& context,
                                                              const kafka::ProduceRequest& request);
boost::asio::awaitable<kafka::FetchResponse> handle_fetch(RequestContext& context,
                                                          const kafka::FetchRequest& request);
boost::asio::awaitable<kafka::OffsetCommitResponse> handle_offset_commit(
    RequestContext& context, const kafka::OffsetCommitRequest& request);
boost::asio::awaitable<kafka::JoinGroupResponse> handle_join_group(
    RequestContext& context, const kafka::JoinGroupRequest& request);
boost::asio::awaitable<kafka::SyncGroupResponse> handle_sync_group(
    RequestContext& context, const kafka::SyncGroupRequest& request);
boost::asio::awaitable<kafka::DeleteGroupsResponse> handle_delete_groups(
    RequestContext& context, const kafka::DeleteGroupsRequest& request);

}  // namespace weir::broker
