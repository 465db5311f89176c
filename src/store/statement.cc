#include "store/statement.h"

#include "store/sql_scanner.h"

namespace weir::store {
namespace {

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

bool is_name(const SqlToken& token) {
  return token.kind == SqlTokenKind::kWord || token.kind == SqlTokenKind::kQuotedIdentifier;
}

// A token that could still grow when more text comes.
bool touches_end(const SqlToken& token, std::string_view text, bool complete) {
  return !complete && token.end >= text.size();
}

// After FORMAT name: blanks, then at most one newline.
size_t rows_after_format(std::string_view text, size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\f')) ++at;
  if (at < text.size() && text[at] == '\r') ++at;
  if (at < text.size() && text[at] == '\n') ++at;
  return at;
}

InsertHead rows_head(std::string_view text, size_t sql_end, std::string format, size_t rows_at) {
  return {.kind = InsertKind::kRows,
          .sql = text.substr(0, sql_end),
          .format = std::move(format),
          .rows_at = rows_at};
}

// Reads the table or table function that an INSERT names, so that a table called `format` does not
// look like a clause. Returns the token after it.
SqlToken skip_insert_target(SqlScanner& scanner) {
  SqlToken token = scanner.next();
  if (token.is("INTO")) token = scanner.next();
  if (token.is("TABLE") || token.is("FUNCTION")) token = scanner.next();
  while (is_name(token)) {
    token = scanner.next();
    if (!token.is_symbol('.')) break;
    token = scanner.next();
  }
  return token;
}

Error refused(std::string_view what) {
  return invalid(fmt::format("{} reaches for the host's files or programs, which is denied", what))
      .hint("start the store with --allow-file-access if all its users may do that");
}

// Table and database engines over files, programs and URLs. The engine's grants deny most of them
// too; here the message says what to do.
bool is_file_engine(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "FILE",       "URL",  "FILELOG", "EXECUTABLE",   "EXECUTABLEPOOL", "HDFS",           "SQLITE",
      "FILESYSTEM", "ODBC", "JDBC",    "ICEBERGLOCAL", "PAIMONLOCAL",    "DELTALAKELOCAL", "HIVE"};
  return std::ranges::find(kNames, name) != kNames.end();
}

// Sources of dictionaries that are servers; all others are files, programs or URLs.
bool is_server_source(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "CLICKHOUSE", "NULL", "MYSQL", "POSTGRESQL", "REDIS", "MONGODB", "CASSANDRA"};
  return std::ranges::find(kNames, name) != kNames.end();
}

}  // namespace

InsertHead parse_insert_head(std::string_view text, bool complete) {
  SqlScanner scanner(text);
  SqlToken token = scanner.next();
  const InsertHead incomplete{.kind = InsertKind::kIncomplete, .sql = {}, .format = {}};
  if (touches_end(token, text, complete)) return incomplete;
  if (!token.is("INSERT")) return {};
  token = skip_insert_target(scanner);
  int depth = 0;
  for (;; token = scanner.next()) {
    if (touches_end(token, text, complete)) return incomplete;
    if (token.kind == SqlTokenKind::kEnd || token.kind == SqlTokenKind::kUnfinished) break;
    if (token.is_symbol('(')) ++depth;
    if (token.is_symbol(')')) --depth;
    if (depth != 0) {
      // INSERT INTO t (SELECT ...): a query in parentheses, not a list of columns.
      if (token.is("SELECT")) return {};
      continue;
    }
    if (token.is("SELECT") || token.is("WITH") || token.is("INFILE") || token.is("WATCH")) {
      return {};
    }
    if (token.is("VALUES")) return rows_head(text, token.begin, "Values", token.end);
    if (!token.is("FORMAT")) continue;
    const size_t sql_end = token.begin;
    const SqlToken name = scanner.next();
    if (touches_end(name, text, complete)) return incomplete;
    if (!is_name(name)) break;
    const size_t rows_at = name.is("VALUES") ? name.end : rows_after_format(text, name.end);
    if (!complete && rows_at >= text.size()) return incomplete;
    return rows_head(text, sql_end, name.name(), rows_at);
  }
  return {};
}

std::string format_clause(std::string_view sql) {
  SqlScanner scanner(sql);
  std::string format;
  int depth = 0;
  for (SqlToken token = scanner.next(); token.kind != SqlTokenKind::kEnd; token = scanner.next()) {
    if (token.kind == SqlTokenKind::kUnfinished) break;
    if (token.is_symbol('(')) ++depth;
    if (token.is_symbol(')')) --depth;
    if (depth != 0 || !token.is("FORMAT")) continue;
    // `format` may also be a column: only a name behind it, and then nothing but SETTINGS, counts;
    // the last such place wins.
    SqlScanner ahead = scanner;
    const SqlToken name = ahead.next();
    if (!is_name(name)) continue;
    const SqlToken after = ahead.next();
    if (after.kind == SqlTokenKind::kEnd || after.is_symbol(';') || after.is("SETTINGS")) {
      format = name.name();
    }
  }
  return format;
}

Status check_allowed(std::string_view sql) {
  SqlScanner scanner(sql);
  SqlToken before;
  SqlToken token = scanner.next();
  for (; token.kind != SqlTokenKind::kEnd; before = token, token = scanner.next()) {
    if (token.kind == SqlTokenKind::kUnfinished) break;
    if (token.is("OUTFILE") && before.is("INTO")) return refused("INTO OUTFILE");
    if (token.is("INFILE") && before.is("FROM")) return refused("FROM INFILE");
    if (!is_name(token)) continue;
    SqlScanner ahead = scanner;
    SqlToken next = ahead.next();
    const std::string name = upper_case(token.name());
    if (name == "FILE" && next.is_symbol('(')) return refused("file()");
    if (token.is("ENGINE")) {
      if (next.is_symbol('=')) next = ahead.next();
      const std::string engine = is_name(next) ? upper_case(next.name()) : std::string();
      if (is_file_engine(engine)) return refused("ENGINE = " + next.name());
      if (engine == "EMBEDDEDROCKSDB" && ahead.next().is_symbol('(')) {
        return refused("EmbeddedRocksDB with a path");
      }
    }
    if (token.is("SOURCE") && next.is_symbol('(')) {
      const SqlToken source = ahead.next();
      if (is_name(source) && !is_server_source(upper_case(source.name()))) {
        return refused("a dictionary's SOURCE(" + source.name() + ")");
      }
    }
  }
  return ok();
}

SourcePosition position_of(std::string_view text, size_t offset, const std::string& file_name) {
  offset = std::min(offset, text.size());
  SourcePosition position{.file = file_name, .line = 1, .column = 1, .line_text = {}};
  size_t line_start = 0;
  for (size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') {
      ++position.line;
      line_start = i + 1;
    }
  }
  for (size_t i = line_start; i < offset; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) ++position.column;
  }
  const size_t line_end = std::min(text.find('\n', line_start), text.size());
  position.line_text = text.substr(line_start, line_end - line_start);
  if (position.line_text.ends_with('\r')) position.line_text.pop_back();
  return position;
}

namespace {

// The end of an INSERT's rows in a script, given in a format other than Values.
size_t end_of_inline_rows(std::string_view script, size_t rows_at) {
  for (const auto blank : {std::string_view("\n\n"), std::string_view("\r\n\r\n")}) {
    const size_t end = script.find(blank, rows_at);
    if (end != std::string_view::npos) return end;
  }
  return script.size();
}

void describe(ScriptStatement& statement) {
  SqlScanner scanner(statement.text);
  std::vector<std::string> words;
  for (SqlToken token = scanner.next(); token.kind == SqlTokenKind::kWord && words.size() < 8;
       token = scanner.next()) {
    words.push_back(upper_case(token.text));
  }
  for (size_t i = 0; i < words.size() && i < 2; ++i) {
    statement.first_words += (i == 0 ? "" : " ") + words[i];
  }
  for (size_t i = 0; i + 2 < words.size(); ++i) {
    if (words[i] == "IF" && words[i + 1] == "NOT" && words[i + 2] == "EXISTS") {
      statement.if_not_exists = true;
    }
  }
}

}  // namespace

Result<std::vector<ScriptStatement>> split_script(std::string_view script,
                                                  const std::string& file_name) {
  std::vector<ScriptStatement> statements;
  size_t at = 0;
  while (true) {
    SqlScanner scanner(script, at);
    SqlToken token = scanner.next();
    while (token.is_symbol(';')) token = scanner.next();
    if (token.kind == SqlTokenKind::kEnd) return statements;
    const size_t begin = token.begin;
    size_t end = begin;
    const auto rest = script.substr(begin);
    const InsertHead head = parse_insert_head(rest, true);
    if (head.kind == InsertKind::kRows && head.format != "Values") {
      end = end_of_inline_rows(script, begin + head.rows_at);
      at = end;
    } else {
      while (token.kind != SqlTokenKind::kEnd && !token.is_symbol(';')) {
        if (token.kind == SqlTokenKind::kUnfinished) {
          return invalid("this quote or comment does not end")
              .at(position_of(script, token.begin, file_name));
        }
        end = token.end;
        token = scanner.next();
      }
      at = token.end;
    }
    ScriptStatement statement{
        .text = script.substr(begin, end - begin), .offset = begin, .first_words = {}};
    describe(statement);
    statements.push_back(std::move(statement));
  }
}

std::string quote_string(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    if (c == '\0') {
      out += "\\0";
    } else {
      out.push_back(c);
    }
  }
  return out + "'";
}

std::string quote_identifier(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "`";
}

}  // namespace weir::store
