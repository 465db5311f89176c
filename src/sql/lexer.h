// tokenize(): a script as tokens, by the rules of Flink's lexer.
//
// Names in backticks (doubled inside), strings in single quotes (doubled inside), U&'...' with
// \XXXX escapes, X'...' bytes, comments `--`, `//` and /* */, hints /*+ ... */. Keywords are
// plain words here; the parser knows which are reserved. Pure. The last token is kEnd, or kError
// where the text cannot be read on: the error is raised only when the parser gets there, so that
// an earlier mistake is told first.
#pragma once

#include <optional>
#include <vector>

#include "sql/token.h"

namespace weir::sql {

struct TokenList {
  std::vector<Token> tokens;
  std::optional<Error> error;  // of the kError token
};

[[nodiscard]] TokenList tokenize(const SourceText& source);

}  // namespace weir::sql
