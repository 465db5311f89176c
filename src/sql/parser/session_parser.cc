#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// Statements about the session: SET, RESET, USE, SHOW, DESCRIBE, ADD JAR.

namespace weir::sql {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

// SET 'key' = 'value', and the client's own SET key = value.
Result<ast::Set> Parser::set() {
  take();
  ast::Set set;
  if (at_end() || is_symbol(";")) return set;
  if (peek().kind == Token::Kind::kString) {
    set.key_span = peek().span;
    set.key = take().text;
    WEIR_TRY(expect_symbol("="));
    set.value_span = peek().span;
    set.value = WEIR_TRY(string_literal("the value in single quotes"));
    return set;
  }
  set.key_span = peek().span;
  while (!is_stuck() && !is_symbol(";") && !is_symbol("=")) take();
  set.key_span = span_from(set.key_span);
  set.key = trim(source_->slice(set.key_span));
  if (!is_symbol("=")) return unexpected("\"=\"");
  take();
  if (at_end() || is_symbol(";")) return unexpected("a value");
  set.value_span = peek().span;
  const bool quoted = peek().kind == Token::Kind::kString;
  if (quoted) {
    set.value = take().text;
    return set;
  }
  while (!at_end() && !is_symbol(";")) {
    if (peek().kind == Token::Kind::kError) return unexpected("a value");
    take();
  }
  set.value_span = span_from(set.value_span);
  set.value = trim(source_->slice(set.value_span));
  return set;
}

Result<ast::Reset> Parser::reset() {
  take();
  ast::Reset reset;
  if (at_end() || is_symbol(";")) return reset;
  if (peek().kind == Token::Kind::kString) {
    reset.key = take().text;
    return reset;
  }
  Span span = peek().span;
  while (!at_end() && !is_symbol(";")) {
    if (peek().kind == Token::Kind::kError) return unexpected("a key");
    take();
  }
  reset.key = trim(source_->slice(span_from(span)));
  return reset;
}

Result<ast::Use> Parser::use() {
  take();
  ast::Use use;
  if (accept_word("MODULES")) {
    use.kind = ast::Use::Kind::kModules;
    do {
      use.name.parts.push_back(WEIR_TRY(identifier("a module's name")));
    } while (accept_symbol(","));
    return use;
  }
  if (accept_word("CATALOG")) use.kind = ast::Use::Kind::kCatalog;
  use.name = WEIR_TRY(qualified_name("a name"));
  return use;
}

Result<ast::Show> Parser::show() {
  take();
  ast::Show show;
  using Kind = ast::Show::Kind;
  if (accept_word("CREATE")) {
    if (accept_word("TABLE")) {
      show.kind = Kind::kCreateTable;
    } else if (accept_word("VIEW")) {
      show.kind = Kind::kCreateView;
    } else {
      return unexpected("TABLE or VIEW");
    }
    show.name = WEIR_TRY(qualified_name("a name"));
    return show;
  }
  if (accept_word("CURRENT")) {
    if (accept_word("CATALOG")) {
      show.kind = Kind::kCurrentCatalog;
    } else if (accept_word("DATABASE")) {
      show.kind = Kind::kCurrentDatabase;
    } else {
      return unexpected("CATALOG or DATABASE");
    }
    return show;
  }
  accept_word("USER");  // SHOW USER FUNCTIONS: there are none but the built-in ones
  accept_word("FULL");  // SHOW FULL MODULES
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"CATALOGS", Kind::kCatalogs}, {"DATABASES", Kind::kDatabases}, {"TABLES", Kind::kTables},
      {"VIEWS", Kind::kViews},       {"FUNCTIONS", Kind::kFunctions}, {"COLUMNS", Kind::kColumns},
      {"MODULES", Kind::kModules},   {"JARS", Kind::kJars},
  };
  bool found = false;
  for (const auto& [word, kind] : kKinds) {
    if (!accept_word(word)) continue;
    show.kind = kind;
    found = true;
    break;
  }
  for (const auto* word : {"JOBS", "PARTITIONS", "PROCEDURES", "MODELS", "CONNECTIONS"}) {
    if (!found && is_word(word)) return not_offered(fmt::format("SHOW {}", word), peek().span);
  }
  if (!found) {
    return unexpected(
        "TABLES, VIEWS, FUNCTIONS, COLUMNS, CATALOGS, DATABASES, CURRENT ... or "
        "CREATE TABLE");
  }
  if (accept_word("FROM") || accept_word("IN")) show.name = WEIR_TRY(qualified_name("a name"));
  if (show.kind == Kind::kColumns && show.name.parts.empty()) return unexpected("FROM or IN");
  WEIR_TRY(show_like(show));
  return show;
}

Status Parser::show_like(ast::Show& show) {
  show.not_like = accept_word("NOT");
  if (accept_word("LIKE") || is_word("ILIKE")) {
    show.ignore_case = accept_word("ILIKE");
    show.like = WEIR_TRY(string_literal("a pattern in single quotes"));
  } else if (show.not_like) {
    return unexpected("LIKE or ILIKE");
  }
  return ok();
}

Result<ast::Describe> Parser::describe() {
  take();
  accept_word("EXTENDED");
  for (const auto* word : {"CATALOG", "DATABASE", "JOB", "FUNCTION", "MODEL"}) {
    const bool name_follows = peek(1).kind == Token::Kind::kWord ||
                              peek(1).kind == Token::Kind::kQuotedName ||
                              peek(1).kind == Token::Kind::kString;
    if (is_word(word) && name_follows) {
      return not_offered(fmt::format("DESCRIBE {}", word), peek().span);
    }
  }
  return ast::Describe{WEIR_TRY(qualified_name("a table's name"))};
}

Result<ast::AddJar> Parser::jar(bool remove) {
  take();
  take();
  ast::AddJar jar;
  jar.remove = remove;
  if (peek().kind == Token::Kind::kString) {
    jar.path = take().text;
    return jar;
  }
  Span span = peek().span;
  while (!at_end() && !is_symbol(";")) {
    if (peek().kind == Token::Kind::kError) return unexpected("the path of a jar");
    take();
  }
  jar.path = trim(source_->slice(span_from(span)));
  if (jar.path.empty()) return unexpected("the path of a jar");
  return jar;
}

}  // namespace weir::sql
