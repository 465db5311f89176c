// blackhole: a sink that takes rows and forgets them; for measuring what comes before it.
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] const Connector& blackhole_connector();

}  // namespace weir::connectors
