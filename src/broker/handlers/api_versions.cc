// ApiVersions: the table of handlers, as versions.
#include "broker/handlers/api_table.h"
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {

kafka::ApiVersionsResponse handle_api_versions(RequestContext& /*context*/,
                                               const kafka::ApiVersionsRequest& /*request*/) {
  kafka::ApiVersionsResponse response;
  for (const ApiRow& row : api_table()) {
    response.api_keys.push_back(
        {static_cast<int16_t>(row.api), row.advertised_min, row.max_version});
  }
  return response;
}

}  // namespace weir::broker
