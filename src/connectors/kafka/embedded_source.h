// EmbeddedKafkaSource: topics of the embedded broker, read in process.
//
// A partition is a split ("topic-3"); its position is the next offset. Record batches are read into
// padded buffers, walked once, and decoded where they lie; the batches keep the buffers alive. The
// end is the high watermark. Topics of a fixed list are made when they are missing; a pattern finds
// them as they appear. At a checkpoint the position is committed for 'properties.group.id', for
// people and tools; a restart goes on from the checkpoint, as in Flink.
#pragma once

#include "connectors/connector.h"
#include "connectors/table_options.h"

namespace weir::connectors {

[[nodiscard]] Result<std::unique_ptr<exec::Source>> make_embedded_source(
    const SourceRequest& request, const TableOptions& options);

}  // namespace weir::connectors
