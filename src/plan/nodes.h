// The nodes of a plan: what the planner makes of bound statements and exec/ turns into operators.
//
// Immutable, shared by reference (a scan that two INSERTs read stands once), any thread. A new node
// is one struct here, one alternative of Node::Body, and one operator in exec/operators/; a visitor
// that forgets it does not compile. Column numbers refer to the input's schema.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "functions/aggregate/aggregate.h"
#include "sql/catalog.h"
#include "sql/expression.h"
#include "sql/settings.h"

namespace weir::plan {

struct Node;
using NodeRef = std::shared_ptr<const Node>;

// One column that a scan produces. Projection is pushed down: only what is used is read.
struct ScanColumn {
  enum class Kind : uint8_t { kPhysical, kMetadata };
  Kind kind = Kind::kPhysical;
  std::string name;  // the physical column's name, or the metadata key
  types::LogicalType type;
};

struct ScanNode {
  sql::TableRef table;
  std::vector<ScanColumn> columns;  // may be empty: only rows are counted
};

// Rows of a VALUES clause; a bounded source. One value a column of the schema; a node without
// columns has rows all the same (SELECT 1 is a project over one such row).
struct ValuesNode {
  std::vector<std::vector<types::Value>> rows;
};

// rowtime -> watermark; runs in the source's lane, per split.
struct WatermarkNode {
  uint32_t rowtime = 0;           // a TIMESTAMP or TIMESTAMP_LTZ with precision <= 3
  sql::ExpressionRef expression;  // over the input's columns, same type as the rowtime
};

struct ProjectNode {
  std::vector<sql::ExpressionRef> expressions;
};

struct FilterNode {
  sql::ExpressionRef condition;
};

struct UnionNode {};  // UNION ALL of its inputs

struct WindowSpec {
  enum class Kind : uint8_t { kTumble, kHop, kCumulate };
  Kind kind = Kind::kTumble;
  uint32_t time_column = 0;
  int64_t size_ms = 0;
  int64_t slide_ms = 0;  // HOP: slide; CUMULATE: step; TUMBLE: size
  int64_t offset_ms = 0;
};

struct AggregateCall {
  const functions::AggregateFunction* function = nullptr;
  functions::AggregateResolution resolution;
  int argument = -1;  // input column, or -1 for COUNT(*)
  int filter = -1;    // BOOLEAN input column of FILTER (WHERE ...), or -1
};

// Output columns: keys, then aggregates, then window_start, window_end, window_time.
struct WindowAggregateNode {
  WindowSpec window;
  std::vector<uint32_t> keys;
  std::vector<AggregateCall> aggregates;
};

// The input has exactly the columns of table->sink_columns(), cast to their types. A column that is
// NOT NULL there and nullable in the input is checked per row, as
// 'table.exec.sink.not-null-enforcer' says.
struct SinkNode {
  sql::TableRef table;
};

// The end of a SELECT: rows go to whoever asked.
struct CollectNode {};

struct Node {
  using Body = std::variant<ScanNode, ValuesNode, WatermarkNode, ProjectNode, FilterNode, UnionNode,
                            WindowAggregateNode, SinkNode, CollectNode>;
  Body body;
  std::vector<NodeRef> inputs;
  types::Schema schema;  // what comes out; the sink's own columns for a sink
  // Stable across restarts of the same SQL: kind, expressions and lineage, hashed. State is matched
  // by it.
  std::string identity;
};

// What runs as one job: the sinks of one INSERT or of one statement set.
struct Plan {
  std::string name;            // pipeline.name, or made from the sinks
  std::vector<NodeRef> sinks;  // each a SinkNode, or one CollectNode
  sql::Settings settings;      // as they were when the plan was made
};

}  // namespace weir::plan
