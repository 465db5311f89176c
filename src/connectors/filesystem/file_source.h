// FileSource: every line of every file is a record; a file is a split.
//
// Files are those below 'path' whose name begins neither with '.' nor '_', in all folders that do
// not either, as in Flink. A split's position is the byte offset of its next line; its records'
// offsets are where their lines begin. A file is read to the end that it has when that is reached;
// with 'source.monitor-interval' new files are found while the job runs (and a file that grows
// after it was read is not read again, as in Flink).
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] Result<std::unique_ptr<exec::Source>> make_file_source(const SourceRequest& request);

}  // namespace weir::connectors
