// ListGroups: all groups, of the states and types that are asked for.
#include <boost/algorithm/string/predicate.hpp>

#include "broker/groups/coordinator.h"
#include "broker/handlers/group_handlers.h"

namespace weir::broker {
namespace {

bool wanted(const std::vector<std::string>& filter, const std::string& value) {
  return filter.empty() || std::ranges::any_of(filter, [&](const std::string& each) {
           return boost::algorithm::iequals(each, value);
         });
}

}  // namespace

kafka::ListGroupsResponse handle_list_groups(RequestContext& context,
                                             const kafka::ListGroupsRequest& request) {
  kafka::ListGroupsResponse response;
  for (auto& group : context.broker.groups().list()) {
    if (wanted(request.states_filter, group.group_state) &&
        wanted(request.types_filter, group.group_type)) {
      response.groups.push_back(std::move(group));
    }
  }
  return response;
}

}  // namespace weir::broker
