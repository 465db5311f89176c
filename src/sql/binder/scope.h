// Scope: the columns that a name in an expression may mean.
//
// A plain value over the schema of one relation; internal to binder/. There is one table in scope
// at a time, under its alias or its full name.
#pragma once

#include <string>
#include <vector>

#include "sql/ast/expression.h"
#include "sql/source_text.h"
#include "types/logical_type.h"

namespace weir::sql {

struct Scope {
  types::Schema schema;
  // An alias, or catalog, database and table: a qualifier must be a tail of it.
  std::vector<std::string> qualifier;

  [[nodiscard]] bool has_qualifier(std::span<const ast::Identifier> parts) const;
  // The column's number. Names are case sensitive; the hint knows the nearest one.
  [[nodiscard]] Result<uint32_t> resolve(const ast::QualifiedName& name,
                                         const SourceText& source) const;
};

}  // namespace weir::sql
