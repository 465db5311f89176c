// What DESCRIBE, SHOW CREATE and SHOW answer, as rows of texts.
//
// Pure. Layout and words are Flink's; printing is the client's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/ast/statement.h"
#include "sql/catalog.h"

namespace weir::sql {

// A small table of texts; NULL is nullopt.
struct TextRows {
  types::Schema schema;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

// name, type, null, key, extras, watermark (and comment, when there is one).
[[nodiscard]] TextRows describe(const CatalogObject& object);
[[nodiscard]] std::string create_statement(const CatalogObject& object);
// One column of names, those that match the pattern of LIKE.
[[nodiscard]] TextRows name_rows(std::string column, std::vector<std::string> names,
                                 const ast::Show& show);
// SQL's LIKE: % and _, no escape.
[[nodiscard]] bool like_matches(std::string_view text, std::string_view pattern);

}  // namespace weir::sql
