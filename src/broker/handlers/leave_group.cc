// LeaveGroup: members go at once instead of by their session's end.
#include "broker/groups/coordinator.h"
#include "broker/handlers/group_handlers.h"

namespace weir::broker {

kafka::LeaveGroupResponse handle_leave_group(RequestContext& context,
                                             const kafka::LeaveGroupRequest& request) {
  return context.broker.groups().leave(request, context.header.api_version);
}

}  // namespace weir::broker
