// Literals: text of the SQL to a typed value.
//
// Pure. The error is one sentence; the caller adds the position. Numbers have Calcite's types:
// 12 is INT (BIGINT or DECIMAL when it needs more room), 1.50 is DECIMAL(3, 2), 1e0 is DOUBLE;
// 'abc' is CHAR(3). All are NOT NULL.
#pragma once

#include <string_view>

#include "base/result.h"
#include "sql/ast/expression.h"
#include "sql/expression.h"

namespace weir::sql {

// Any literal kind of ast::Expression.
[[nodiscard]] Result<ExpressionRef> bind_literal(const ast::Expression& literal);

// '2024-01-01' as days since 1970-01-01.
[[nodiscard]] Result<int64_t> parse_date(std::string_view text);

// The same literal as `type`, where that changes nothing but the way it is held (a number that is
// widened, a string that fits); null when it must be cast.
[[nodiscard]] ExpressionRef retype_literal(const Expression& literal,
                                           const types::LogicalType& type);

}  // namespace weir::sql
