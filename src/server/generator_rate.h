// planned_rate: how many rows a second the datagen tables of a script make, all together.
//
// Plans the script without running it. `--rate` scales all tables by the same factor.
#pragma once

#include "base/result.h"
#include "server/pipeline.h"
#include "sql/connector_info.h"

namespace weir::server {

// kInvalid when the script has no datagen table.
[[nodiscard]] Result<double> planned_rate(const sql::Registry& registry, const ScriptFile& script);

}  // namespace weir::server
