// kafka: topics as sources and sinks, on the embedded broker or on a real Kafka.
//
// One connector with one meaning; the first entry of 'properties.bootstrap.servers' decides,
// through the `endpoints` of the environment, which of the two it is (kafka/kafka_target.h). On the
// embedded broker records are read and appended in process; a real Kafka is reached through
// librdkafka.
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] const Connector& kafka_connector();

}  // namespace weir::connectors
