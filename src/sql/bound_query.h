// Relation: a query after binding: a tree of relational steps over numbered columns.
//
// Immutable, shared; any thread. Every relation has a schema; expressions refer to columns of
// their relation's input. It says what a query means; plan/ decides how it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "functions/aggregate/aggregate.h"
#include "sql/catalog.h"
#include "sql/expression.h"

namespace weir::sql {

struct Relation;
using RelationRef = std::shared_ptr<const Relation>;

struct Relation {
  // Every column of the table, computed ones included; its watermark applies.
  struct Scan {
    TableRef table;
  };
  struct Values {
    std::vector<std::vector<types::Value>> rows;
  };
  struct Project {
    std::vector<ExpressionRef> expressions;
  };
  struct Filter {
    ExpressionRef condition;
  };
  struct UnionAll {};
  // The input's columns, then window_start, window_end, window_time.
  struct Window {
    enum class Kind : uint8_t { kTumble, kHop, kCumulate };
    Kind kind = Kind::kTumble;
    uint32_t time_column = 0;
    int64_t size_ms = 0;
    int64_t slide_ms = 0;  // HOP: slide; CUMULATE: step; TUMBLE: size
    int64_t offset_ms = 0;
    SourcePosition position;
  };
  // Groups by the first `keys` columns of its input; output: keys, then one column a call.
  struct Aggregate {
    struct Call {
      const functions::AggregateFunction* function = nullptr;
      functions::AggregateResolution resolution;
      int argument = -1;  // input column, or -1 for COUNT(*)
      int filter = -1;    // BOOLEAN input column, or -1
    };
    uint32_t keys = 0;
    std::vector<Call> calls;
    SourcePosition position;
  };

  using Body = std::variant<Scan, Values, Project, Filter, UnionAll, Window, Aggregate>;
  Body body;
  std::vector<RelationRef> inputs;
  types::Schema schema;
};

// An INSERT: `query` has exactly the columns of table->sink_columns(), cast to their types.
struct BoundInsert {
  TableRef table;
  RelationRef query;
};

}  // namespace weir::sql
