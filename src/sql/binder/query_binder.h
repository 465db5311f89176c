// QueryBinder: the syntax of a query to a tree of relations.
//
// Internal to sql/ and plan/; one query at a time, one thread. Views and WITH queries are bound
// anew at every use, in the place where they were written. How much one query may unfold into is
// limited (kMaxRelations), so that nested views cannot eat the memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/ast/query.h"
#include "sql/binder/scope.h"
#include "sql/bound_query.h"
#include "sql/connector_info.h"
#include "sql/settings.h"

namespace weir::sql {

// What every binder looks things up in. References outlive the binder.
struct BindContext {
  const Catalog& catalog;
  const Registry& registry;
  const Settings& settings;
};

class QueryBinder {
 public:
  static constexpr uint32_t kMaxRelations = 10'000;

  QueryBinder(const BindContext& context, const SourceText& source)
      : context_(context), source_(&source) {}

  [[nodiscard]] Result<RelationRef> bind(const ast::Query& query);

 private:
  struct Environment {  // the WITH queries in sight, innermost first
    const ast::CommonTable* table = nullptr;
    const Environment* outer = nullptr;
  };
  struct From {
    RelationRef relation;
    Scope scope;
  };

  [[nodiscard]] Result<RelationRef> bind_query(const ast::Query& query, const Environment* outer);
  [[nodiscard]] Result<RelationRef> bind_body(const ast::Query& query,
                                              const Environment* environment);
  [[nodiscard]] Result<RelationRef> bind_union(const ast::Query& query,
                                               const Environment* environment);
  [[nodiscard]] Result<RelationRef> bind_values(const ast::Query& query);
  [[nodiscard]] Result<RelationRef> bind_select(const ast::Query& query,
                                                const Environment* environment);
  [[nodiscard]] Result<From> bind_from(const ast::FromItem& item, const Environment* environment);
  [[nodiscard]] Result<From> bind_table(const ast::FromItem& item, const Environment* environment);
  [[nodiscard]] Result<RelationRef> bind_view(const View& view, Span used_at);
  [[nodiscard]] Result<From> bind_window(const ast::FromItem& item, const Environment* environment);
  [[nodiscard]] Result<int64_t> window_interval(const ast::WindowCall& call, std::string_view name,
                                                size_t position);
  [[nodiscard]] Result<RelationRef> rename(RelationRef relation,
                                           const std::vector<ast::Identifier>& names, Span span);
  [[nodiscard]] Result<RelationRef> make(Relation relation, Span span);

  BindContext context_;
  const SourceText* source_;
  uint32_t relations_ = 0;
  uint32_t view_depth_ = 0;
};

// Binds the items of a SELECT over `input` (select_binder.cc); `grouped` in aggregate mode.
[[nodiscard]] Result<RelationRef> bind_select_items(const ast::Query& query, RelationRef input,
                                                    const Scope& scope, const SourceText& source);

// The same rows, cast to `types`, with the names of `names`.
[[nodiscard]] RelationRef cast_relation(const RelationRef& relation, const types::Schema& target,
                                        const SourcePosition& position);

}  // namespace weir::sql
