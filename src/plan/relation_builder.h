// RelationBuilder: the relations of one plan to nodes.
//
// Internal to plan/. First require_all() for every query of the plan, so that a table that several
// of them read is scanned once for all the columns that any of them needs; then build_exactly().
// One thread; lives for one plan.
#pragma once

#include <map>

#include "plan/nodes.h"
#include "sql/bound_query.h"

namespace weir::plan {

class RelationBuilder {
 public:
  using Columns = std::vector<bool>;

  // Notes which columns are needed all the way down, given that all of this one's are.
  void require_all(const sql::Relation& relation);
  // The relation's columns, all of them and in order.
  [[nodiscard]] Result<NodeRef> build_exactly(const sql::RelationRef& relation);

 private:
  // Columns that exist only once a window has fired; they stand for no column of the node.
  static constexpr int kNone = -1;
  static constexpr int kWindowStart = -2;
  static constexpr int kWindowEnd = -3;
  static constexpr int kWindowTime = -4;

  struct Built {
    NodeRef node;
    std::vector<int> columns;  // the relation's column -> the node's
    // Between a window function and its GROUP BY: the window, and its time column in the node.
    const sql::Relation::Window* window = nullptr;
    int time_column = kNone;
  };

  void require(const sql::Relation& relation, const Columns& needed);
  [[nodiscard]] Result<Built> build(const sql::Relation& relation);
  [[nodiscard]] Result<Built> build_scan(const sql::Relation::Scan& scan);
  [[nodiscard]] Result<Built> build_project(const sql::Relation& relation,
                                            const sql::Relation::Project& project);
  [[nodiscard]] Result<Built> build_filter(const sql::Relation& relation,
                                           const sql::Relation::Filter& filter);
  [[nodiscard]] Result<Built> build_union(const sql::Relation& relation);
  [[nodiscard]] Result<Built> build_window(const sql::Relation& relation,
                                           const sql::Relation::Window& window);
  [[nodiscard]] Result<Built> build_aggregate(const sql::Relation& relation,
                                              const sql::Relation::Aggregate& aggregate);
  // The expression over the node's columns; an error when it needs a window's bound too early.
  [[nodiscard]] Result<sql::ExpressionRef> rewrite(const sql::ExpressionRef& expression,
                                                   const Built& input) const;
  [[nodiscard]] Columns needed_of(const sql::Relation& relation) const;

  std::map<const sql::Relation*, Columns> needed_;
  std::map<const sql::Table*, Columns> table_columns_;
  std::map<const sql::Table*, Built> scans_;
};

}  // namespace weir::plan
