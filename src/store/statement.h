// Statements: where one ends, where an INSERT's rows begin, which format an answer has, and what no
// client may say.
//
// All of it works on tokens (SqlScanner), because the text may hold rows of users after its SQL and
// because the engine parses for itself. Where the two could disagree, the engine's own grants, its
// analysis and the confinement of the process stand behind (docs/decisions/store-files.md). Views
// into the text; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::store {

// How a text begins, as far as INSERT is concerned.
enum class InsertKind {
  kNone,        // not an INSERT, or INSERT ... SELECT, or FROM INFILE: nothing follows the SQL
  kRows,        // INSERT ... VALUES or FORMAT: rows follow
  kIncomplete,  // an INSERT whose head does not end within the text
};

struct InsertHead {
  InsertKind kind = InsertKind::kNone;
  std::string_view sql;  // kRows: up to VALUES or FORMAT
  std::string format;    // kRows: "Values", "JSONEachRow", ...
  size_t rows_at = 0;    // kRows: where the rows begin in the text
};

// `complete`: nothing will be added to the text. ClickHouse's rule for where rows begin: right
// after VALUES; after FORMAT name, behind blanks and at most one newline.
[[nodiscard]] InsertHead parse_insert_head(std::string_view text, bool complete);

// The format that a trailing FORMAT clause names; empty without one.
[[nodiscard]] std::string format_clause(std::string_view sql);

// kInvalid with a hint when the statement reaches for the host's files or programs: INTO OUTFILE,
// FROM INFILE, file(), dictionaries over files, programs or URLs, databases and tables over them.
Status check_allowed(std::string_view sql);

// One statement of a script.
struct ScriptStatement {
  std::string_view text;    // without the semicolon
  size_t offset = 0;        // bytes from the start of the script
  std::string first_words;  // its first two words in upper case: "CREATE TABLE"
  bool if_not_exists = false;
};

// Splits a script at its semicolons. The last one may be missing; comments, empty statements and a
// byte order mark vanish. An INSERT with FORMAT ends, as in clickhouse-client, at the first blank
// line. kInvalid with the position when a quote or a comment does not end.
Result<std::vector<ScriptStatement>> split_script(std::string_view script,
                                                  const std::string& file_name);

// The line and column (code points, from 1) of a byte offset, with the line's text.
[[nodiscard]] SourcePosition position_of(std::string_view text, size_t offset,
                                         const std::string& file_name);

// 'text' with ClickHouse's escapes; `name` in backquotes.
[[nodiscard]] std::string quote_string(std::string_view text);
[[nodiscard]] std::string quote_identifier(std::string_view name);

}  // namespace weir::store
