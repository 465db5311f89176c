// bind_table(), bind_view(), bind_insert(): definitions and INSERTs, checked and typed.
//
// Internal to sql/ and plan/. Pure over the context: nothing is stored; the caller puts the result
// into the catalog. Messages use Flink's words where users will search for them.
#pragma once

#include "sql/ast/statement.h"
#include "sql/binder/query_binder.h"

namespace weir::sql {

[[nodiscard]] Result<TableRef> bind_table(const BindContext& context, const SourceText& source,
                                          const ast::CreateTable& definition);

[[nodiscard]] Result<ViewRef> bind_view(const BindContext& context,
                                        const std::shared_ptr<const SourceText>& source,
                                        const ast::CreateView& definition);

[[nodiscard]] Result<BoundInsert> bind_insert(const BindContext& context, const SourceText& source,
                                              const ast::Insert& insert);

}  // namespace weir::sql
