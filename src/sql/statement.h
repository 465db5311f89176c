// ParsedStatement: one statement of a script after parsing, with the text that it came from.
//
// Immutable and shared; any thread. What it holds is syntax only: no name in it has been looked
// up. plan/session.h makes something of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::sql {

namespace ast {
struct Statement;
}
class SourceText;

struct ParsedStatement {
  std::shared_ptr<const ast::Statement> statement;
  std::shared_ptr<const SourceText> source;
  std::string text;  // the statement as written, without its ';'
  int line = 0;      // where it starts

  // Whether it is an INSERT or a statement set: what a script runs side by side.
  [[nodiscard]] bool is_job() const;
  // Whether it is a query whose rows are printed.
  [[nodiscard]] bool is_query() const;
};

// Splits and parses a whole script. Empty statements are dropped; the last needs no ';'.
[[nodiscard]] Result<std::vector<ParsedStatement>> parse_script(std::string_view text,
                                                                std::string_view file);

}  // namespace weir::sql
