// ExternalKafkaSource: topics of a Kafka outside of weir, read through librdkafka.
//
// A partition is a split ("topic-3") and its position the next offset, as on the embedded broker,
// so that a pipeline keeps its state when it moves. Each lane has a client of its own, discovery
// another; each partition a queue (external_reader.h), all of them together at most 256 MB, or 1 MB
// each. There is no group membership: the engine assigns
// partitions, and offsets are committed for 'properties.group.id' behind checkpoints, for people
// and tools. Topics of a fixed list must exist; a pattern leaves out Kafka's own two.
// Out of reach at the start: tried for 'properties.default.api.timeout.ms', then kUnavailable.
// While the job runs librdkafka connects again for as long as it takes.
#pragma once

#include "connectors/connector.h"
#include "connectors/table_options.h"

namespace weir::connectors {

// `servers` as in KafkaTarget.
[[nodiscard]] Result<std::unique_ptr<exec::Source>> make_external_source(
    const SourceRequest& request, const TableOptions& options, std::string servers);

}  // namespace weir::connectors
