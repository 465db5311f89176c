// assign_identities(): a name for every node that stays when the same SQL is planned again.
//
// State is matched by it, so it depends on what a node computes from which source columns, and not
// on how many columns a scan reads or how projections are cut: kind, key and argument expressions
// traced to their tables, the filters on the way. Equal nodes are numbered in order. 16 hex
// digits of XXH3 and, for a twin, `#n`. Pure over the plan; sharing between nodes is kept.
#pragma once

#include "plan/nodes.h"

namespace weir::plan {

void assign_identities(Plan& plan);

}  // namespace weir::plan
