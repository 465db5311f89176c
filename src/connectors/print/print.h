// print: a sink that writes one line a row, in exactly Flink's format: `+I[a, b]`.
//
// A line is `[identifier][:lane]> ` (the lane, from 1, only where there are several) and the row.
// A batch is one write. At most once: what was printed before a crash is printed again.
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] const Connector& print_connector();

}  // namespace weir::connectors
