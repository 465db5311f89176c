// make_scan(): a table's scan with what belongs to it: casts of metadata, computed columns, the
// watermark.
//
// Internal to plan/. Pure.
#pragma once

#include <vector>

#include "plan/nodes.h"

namespace weir::plan {

struct TableScan {
  NodeRef node;
  std::vector<int> columns;  // the table's column -> the node's, or -1
};

// Reads what the `needed` columns and the watermark are made of, and nothing else.
[[nodiscard]] TableScan make_scan(const sql::TableRef& table, const std::vector<bool>& needed);

}  // namespace weir::plan
