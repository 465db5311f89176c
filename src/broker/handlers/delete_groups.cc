// DeleteGroups: groups without members, with their offsets.
#include "broker/groups/coordinator.h"
#include "broker/handlers/wait_for.h"
#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {

boost::asio::awaitable<kafka::DeleteGroupsResponse> handle_delete_groups(
    RequestContext& context, const kafka::DeleteGroupsRequest& request) {
  co_return co_await wait_for<kafka::DeleteGroupsResponse>(
      [&](auto done) { context.broker.groups().remove(request.groups_names, std::move(done)); });
}

}  // namespace weir::broker
