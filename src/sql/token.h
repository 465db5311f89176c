// Token: one word, number, string or sign of a script.
//
// A plain value; `text` is what the token means (a quoted name without its quotes, a string with
// its escapes undone), the span is where it stands.
#pragma once

#include <string>

#include "sql/source_text.h"

namespace weir::sql {

struct Token {
  enum class Kind : uint8_t {
    kEnd,
    kWord,         // a bare name or a keyword, as written
    kQuotedName,   // `...`
    kString,       // '...' or U&'...'
    kBinary,       // X'...', as bytes
    kInteger,      // 12
    kDecimal,      // 1.5  .5  1.
    kApproximate,  // 1e0  1.5E-3
    kSymbol,       // + - ( ) <> || ...
    kHintBegin,    // /*+
    kHintEnd,      // */ of a hint
    kError,        // what follows cannot be read; Lexer::error says why
  };

  Kind kind = Kind::kEnd;
  std::string text;
  Span span;
  bool space_before = true;  // blanks or a comment stand before it

  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return kind == Kind::kSymbol && text == symbol;
  }
};

}  // namespace weir::sql
