// DescribeCluster: one broker, which is its own controller.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {

kafka::DescribeClusterResponse handle_describe_cluster(
    RequestContext& context, const kafka::DescribeClusterRequest& /*request*/) {
  const std::string address = context.broker.address();
  kafka::DescribeClusterResponse response;
  response.cluster_id = context.broker.cluster_id();
  response.controller_id = kNodeId;
  response.brokers.push_back(
      {kNodeId, address.substr(0, address.rfind(':')), context.broker.port(), std::nullopt});
  return response;
}

}  // namespace weir::broker
