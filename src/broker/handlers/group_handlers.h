// The handlers of consumer groups, one file each: from a decoded request to GroupCoordinator and
// back.
//
// See handlers/handler.h for where they run. Failures are error codes in the response.
#pragma once

#include "broker/handlers/handler.h"

namespace weir::broker {

kafka::FindCoordinatorResponse handle_find_coordinator(
    RequestContext& context, const kafka::FindCoordinatorRequest& request);
kafka::HeartbeatResponse handle_heartbeat(RequestContext& context,
                                          const kafka::HeartbeatRequest& request);
kafka::LeaveGroupResponse handle_leave_group(RequestContext& context,
                                             const kafka::LeaveGroupRequest& request);
kafka::OffsetFetchResponse handle_offset_fetch(RequestContext& context,
                                               const kafka::OffsetFetchRequest& request);
kafka::ListGroupsResponse handle_list_groups(RequestContext& context,
                                             const kafka::ListGroupsRequest& request);
kafka::DescribeGroupsResponse handle_describe_groups(RequestContext& context,
                                                     const kafka::DescribeGroupsRequest& request);

}  // namespace weir::broker
