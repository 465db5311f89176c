// ExternalKafkaSink: rows become records of a topic of a Kafka outside, through librdkafka.
//
// at-least-once (and none): an idempotent producer a lane; at a barrier the writer waits until the
// brokers have acknowledged everything, so a checkpoint never holds what they do not. What they
// refuse, or do not acknowledge within 'properties.delivery.timeout.ms', ends the job with their
// reason. After a restore rows since the checkpoint come again.
// exactly-once is refused when the job is made: librdkafka cannot go on with a transaction that was
// prepared before a crash.
#pragma once

#include "connectors/connector.h"
#include "connectors/table_options.h"

namespace weir::connectors {

// `servers` as in KafkaTarget.
[[nodiscard]] Result<std::unique_ptr<exec::Sink>> make_external_sink(const SinkRequest& request,
                                                                     const TableOptions& options,
                                                                     std::string servers);

}  // namespace weir::connectors
