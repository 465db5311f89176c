// FileSink: one part file a lane and epoch, exactly once.
//
// Epoch n of a lane is written to a hidden file beside its place,
// `.part-<run id>-<lane>-<epoch>.<sink>.inprogress`, which is durable before the epoch exists and
// is renamed to `part-<run id>-<lane>-<epoch>` when the epoch is delivered. A delivery that comes
// again finds the final name and stops. What a run that died left unfinished is removed when its
// job recovers. Records end in a newline.
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] Result<std::unique_ptr<exec::Sink>> make_file_sink(const SinkRequest& request);

}  // namespace weir::connectors
