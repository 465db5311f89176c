// The syntax of queries, as written. See ast/expression.h for the rules.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sql/ast/expression.h"

namespace weir::sql::ast {

struct Query;
using QueryPtr = std::shared_ptr<const Query>;

// 'key' = 'value', with where each stands.
struct OptionEntry {
  std::string key;
  std::string value;
  Span key_span;
  Span value_span;
};

struct SelectItem {
  enum class Kind : uint8_t { kExpression, kStar, kQualifiedStar };
  Kind kind = Kind::kExpression;
  ExpressionPtr expression;
  std::optional<Identifier> alias;
  QualifiedName qualifier;  // t.*
  Span span;
};

// A window table-valued function: TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, ...).
struct WindowCall {
  std::string function;  // TUMBLE, HOP, CUMULATE, SESSION
  Span function_span;
  QualifiedName descriptor;
  std::vector<ExpressionPtr> intervals;     // in Flink's order: slide before size
  std::vector<std::string> interval_names;  // SIZE => ..., empty where by position
};

struct FromItem {
  enum class Kind : uint8_t { kTable, kSubquery, kWindow };
  Kind kind = Kind::kTable;
  Span span;
  QualifiedName table;                    // kTable
  std::vector<OptionEntry> option_hints;  // kTable: /*+ OPTIONS(...) */
  QueryPtr query;                         // kSubquery
  std::shared_ptr<const FromItem> input;  // kWindow
  WindowCall window;
  std::optional<Identifier> alias;
  std::vector<Identifier> column_aliases;
};

struct Select {
  bool distinct = false;
  Span distinct_span;
  std::vector<SelectItem> items;
  std::optional<FromItem> from;
  ExpressionPtr where;
  bool grouped = false;  // GROUP BY was written
  std::vector<ExpressionPtr> group_by;
  Span group_span;
  ExpressionPtr having;
};

struct CommonTable {
  Identifier name;
  std::vector<Identifier> columns;
  QueryPtr query;
};

struct Query {
  enum class Kind : uint8_t { kSelect, kValues, kUnionAll };
  Kind kind = Kind::kSelect;
  Span span;
  std::vector<CommonTable> with;
  Select select;
  std::vector<std::vector<ExpressionPtr>> rows;  // kValues
  std::vector<QueryPtr> inputs;                  // kUnionAll: two or more
};

}  // namespace weir::sql::ast
