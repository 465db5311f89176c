// JoinGroup: waits until the group's next generation begins.
#include "broker/groups/coordinator.h"
#include "broker/handlers/wait_for.h"
#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {

boost::asio::awaitable<kafka::JoinGroupResponse> handle_join_group(
    RequestContext& context, const kafka::JoinGroupRequest& request) {
  const GroupClient client{context.header.client_id.value_or(""), context.client_host,
                           context.header.api_version};
  co_return co_await wait_for<kafka::JoinGroupResponse>(
      [&](auto done) { context.broker.groups().join(request, client, std::move(done)); });
}

}  // namespace weir::broker
