// Heartbeat: a member lives; it hears of a rebalance here.
#include "broker/groups/coordinator.h"
#include "broker/handlers/group_handlers.h"

namespace weir::broker {

kafka::HeartbeatResponse handle_heartbeat(RequestContext& context,
                                          const kafka::HeartbeatRequest& request) {
  return context.broker.groups().heartbeat(request);
}

}  // namespace weir::broker
