// DescribeGroups: state, members and assignments. An unknown group has state Dead, as in Kafka.
#include "broker/groups/coordinator.h"
#include "broker/handlers/group_handlers.h"

namespace weir::broker {

kafka::DescribeGroupsResponse handle_describe_groups(RequestContext& context,
                                                     const kafka::DescribeGroupsRequest& request) {
  kafka::DescribeGroupsResponse response;
  for (const std::string& group : request.groups) {
    response.groups.push_back(context.broker.groups().describe(group));
  }
  return response;
}

}  // namespace weir::broker
