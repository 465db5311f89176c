#include "sql/statement.h"

#include "sql/ast/statement.h"
#include "sql/parser/parser.h"

namespace weir::sql {

bool ParsedStatement::is_job() const {
  return std::holds_alternative<ast::Insert>(statement->body) ||
         std::holds_alternative<ast::StatementSet>(statement->body);
}

bool ParsedStatement::is_query() const {
  return std::holds_alternative<ast::QueryStatement>(statement->body);
}

Result<std::vector<ParsedStatement>> parse_script(std::string_view text, std::string_view file) {
  auto source = WEIR_TRY(SourceText::make(text, file));
  return Parser(std::move(source)).script();
}

}  // namespace weir::sql
