// EmbeddedKafkaSink: rows become record batches in a topic of the embedded broker.
//
// at-least-once (and none): a batch of rows is encoded, built into record batches and appended at
// once, so readers see it within a sync; at a barrier the writer waits until all of its appends are
// durable. exactly-once: the record batches of an epoch are staged in the checkpoint and appended
// when it is durable. Each lane and epoch has a producer id of its own, given by the broker, and
// its batches count sequences from 0, so the broker itself recognises a delivery that comes again,
// as long as it remembers the producer (a day).
#pragma once

#include "connectors/connector.h"
#include "connectors/table_options.h"

namespace weir::connectors {

[[nodiscard]] Result<std::unique_ptr<exec::Sink>> make_embedded_sink(const SinkRequest& request,
                                                                     const TableOptions& options);

}  // namespace weir::connectors
