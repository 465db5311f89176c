// FindCoordinator: this broker, for every group.
#include "broker/handlers/group_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using Coordinator = kafka::FindCoordinatorResponse::Coordinator;

constexpr int8_t kGroupKey = 0;

Coordinator find(const Broker& broker, int8_t key_type, const std::string& key) {
  Coordinator coordinator;
  coordinator.key = key;
  coordinator.node_id = -1;
  coordinator.port = -1;
  coordinator.error_message.reset();
  if (key_type != kGroupKey) {
    // Clients give up at once on this error; others they try again until their time is up.
    coordinator.error_code = ApiError::kTransactionalIdAuthorizationFailed;
    coordinator.error_message =
        "this broker serves no transactions: only groups have a coordinator";
    return coordinator;
  }
  const std::string address = broker.address();
  coordinator.node_id = kNodeId;
  coordinator.host = address.substr(0, address.rfind(':'));
  coordinator.port = broker.port();
  return coordinator;
}

}  // namespace

kafka::FindCoordinatorResponse handle_find_coordinator(
    RequestContext& context, const kafka::FindCoordinatorRequest& request) {
  constexpr int16_t kSeveralKeysFrom = 4;
  kafka::FindCoordinatorResponse response;
  if (context.header.api_version >= kSeveralKeysFrom) {
    for (const std::string& key : request.coordinator_keys) {
      response.coordinators.push_back(find(context.broker, request.key_type, key));
    }
    return response;
  }
  Coordinator only = find(context.broker, request.key_type, request.key);
  response.error_code = only.error_code;
  response.error_message = std::move(only.error_message);
  response.node_id = only.node_id;
  response.host = std::move(only.host);
  response.port = only.port;
  return response;
}

}  // namespace weir::broker
