// SqlScanner: ClickHouse SQL as tokens, without understanding it.
//
// Knows what decides where tokens end: comments (-- , #! , # , nested /* */), strings with
// backslashes and doubled quotes, heredocs ($tag$ ... $tag$), quoted identifiers (`a`, "a"), the
// typographic quotes that ClickHouse takes too. Source: ClickHouse's documentation of its syntax,
// and the engine itself (sql_scanner_test compares with recorded answers). A view: the text must
// outlive it. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::store {

enum class SqlTokenKind {
  kWord,              // bare: a keyword, a name, a number
  kQuotedIdentifier,  // `a` or "a"
  kString,            // 'a' or a heredoc
  kSymbol,            // one character of punctuation
  kUnfinished,        // a quote or a comment that does not end
  kEnd,
};

struct SqlToken {
  SqlTokenKind kind = SqlTokenKind::kEnd;
  size_t begin = 0;  // bytes from the start of the text
  size_t end = 0;
  std::string_view text;  // as it stands

  // A bare word equal to `keyword`, which is in upper case, without case.
  [[nodiscard]] bool is(std::string_view keyword) const;
  [[nodiscard]] bool is_symbol(char symbol) const;
  // The name that a bare word or a quoted identifier means, quotes and escapes resolved.
  [[nodiscard]] std::string name() const;
};

class SqlScanner {
 public:
  explicit SqlScanner(std::string_view text, size_t from = 0) : text_(text), at_(from) {}

  SqlToken next();

 private:
  // True when the blank or comment at at_ was skipped; an unfinished comment is left.
  bool skip_one();
  SqlToken make(SqlTokenKind kind, size_t begin, size_t end);
  SqlToken quoted(size_t begin, char quote, SqlTokenKind kind);
  SqlToken typographic(size_t begin, std::string_view closing, SqlTokenKind kind);
  SqlToken heredoc_or_symbol(size_t begin);

  std::string_view text_;
  size_t at_;
};

}  // namespace weir::store
