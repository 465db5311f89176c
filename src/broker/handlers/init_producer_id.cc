// InitProducerId: a fresh id for an idempotent producer. Transactions are not served.
#include "broker/handlers/topic_handlers.h"

namespace weir::broker {

kafka::InitProducerIdResponse handle_init_producer_id(RequestContext& context,
                                                      const kafka::InitProducerIdRequest& request) {
  kafka::InitProducerIdResponse response;
  if (request.transactional_id.has_value()) {
    context.broker.context().log.warning("broker", "a transactional producer was refused",
                                         {{"transactional_id", *request.transactional_id}});
    response.error_code = kafka::ApiError::kTransactionalIdAuthorizationFailed;
    response.producer_epoch = -1;
    return response;
  }
  const auto id = context.broker.new_producer_id();
  if (!id.has_value()) {
    response.error_code = kafka::ApiError::kKafkaStorageError;
    response.producer_epoch = -1;
    return response;
  }
  response.producer_id = *id;
  response.producer_epoch = 0;
  return response;
}

}  // namespace weir::broker
