// SyncGroup: waits for the leader's assignments.
#include "broker/groups/coordinator.h"
#include "broker/handlers/wait_for.h"
#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {

boost::asio::awaitable<kafka::SyncGroupResponse> handle_sync_group(
    RequestContext& context, const kafka::SyncGroupRequest& request) {
  co_return co_await wait_for<kafka::SyncGroupResponse>(
      [&](auto done) { context.broker.groups().sync(request, std::move(done)); });
}

}  // namespace weir::broker
