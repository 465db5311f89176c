#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// A script and its statements.

namespace weir::sql {

Result<std::vector<ParsedStatement>> Parser::script() {
  std::vector<ParsedStatement> statements;
  for (;;) {
    while (accept_symbol(";")) {
    }
    if (at_end()) return statements;
    statements.push_back(WEIR_TRY(statement()));
    if (!at_end() && !is_symbol(";")) return unexpected("\";\" or the end of the statement");
  }
}

Result<ParsedStatement> Parser::statement() {
  auto statement = std::make_shared<ast::Statement>();
  const Span begin = peek().span;
  statement->body = WEIR_TRY(statement_body());
  statement->span = span_from(begin);
  ParsedStatement parsed;
  parsed.text = source_->slice(statement->span);
  parsed.line = source_->line_of(begin.begin);
  parsed.statement = std::move(statement);
  parsed.source = source_;
  return parsed;
}

Result<ast::Statement::Body> Parser::statement_body() {
  const Span span = peek().span;
  if (is_word("SELECT") || is_word("WITH") || is_word("VALUES") || is_symbol("(")) {
    return ast::QueryStatement{WEIR_TRY(query())};
  }
  if (is_word("INSERT")) return WEIR_TRY(insert());
  if (is_word("EXECUTE")) return execute();
  if (accept_words({"BEGIN", "STATEMENT", "SET"})) {
    WEIR_TRY(expect_symbol(";"));
    return WEIR_TRY(statement_set_body());
  }
  if (is_word("CREATE")) return create();
  if (is_word("DROP")) return WEIR_TRY(drop());
  if (is_word("SET")) return WEIR_TRY(set());
  if (is_word("RESET")) return WEIR_TRY(reset());
  if (is_word("USE")) return WEIR_TRY(use());
  if (is_word("SHOW")) return WEIR_TRY(show());
  if (is_word("DESCRIBE") || is_word("DESC")) return WEIR_TRY(describe());
  if (is_word("EXPLAIN")) return WEIR_TRY(explain());
  if (is_words({"ADD", "JAR"})) return WEIR_TRY(jar(false));
  if (is_words({"REMOVE", "JAR"})) return WEIR_TRY(jar(true));
  for (const auto* word :
       {"ALTER", "UPDATE", "DELETE", "TRUNCATE", "CALL", "ANALYZE", "COMPILE", "LOAD", "UNLOAD",
        "STOP", "MERGE", "UPSERT", "QUIT", "EXIT", "CLEAR", "HELP", "SOURCE"}) {
    if (is_word(word)) return not_offered(word, span);
  }
  return unexpected("a statement");
}

// EXECUTE STATEMENT SET BEGIN ... END, EXECUTE INSERT ..., EXECUTE SELECT ...
Result<ast::Statement::Body> Parser::execute() {
  take();
  if (accept_words({"STATEMENT", "SET"})) {
    WEIR_TRY(expect_word("BEGIN"));
    return WEIR_TRY(statement_set_body());
  }
  if (is_word("INSERT")) return WEIR_TRY(insert());
  if (is_word("SELECT") || is_word("WITH") || is_word("VALUES")) {
    return ast::QueryStatement{WEIR_TRY(query())};
  }
  if (is_word("PLAN")) return not_offered("EXECUTE PLAN", peek().span);
  return unexpected("STATEMENT SET, INSERT or SELECT");
}

Result<ast::StatementSet> Parser::statement_set_body() {
  ast::StatementSet set;
  while (accept_symbol(";")) {
  }
  while (!is_word("END")) {
    if (!is_word("INSERT")) return unexpected("INSERT or END");
    set.inserts.push_back(WEIR_TRY(insert()));
    WEIR_TRY(expect_symbol(";"));
    while (accept_symbol(";")) {
    }
  }
  if (set.inserts.empty()) {
    return error_at(peek().span, "a statement set needs at least one INSERT");
  }
  take();
  return set;
}

Result<ast::Insert> Parser::insert() {
  take();
  if (is_word("OVERWRITE")) return not_offered("INSERT OVERWRITE", peek().span);
  WEIR_TRY(expect_word("INTO"));
  accept_word("TABLE");
  ast::Insert insert;
  insert.table = WEIR_TRY(qualified_name("a table's name"));
  WEIR_TRY(table_hints(insert.option_hints));
  if (is_word("PARTITION")) return not_offered("INSERT ... PARTITION", peek().span);
  const bool parenthesized_query = is_symbol("(") && (is_word("SELECT", 1) || is_word("WITH", 1) ||
                                                      is_word("VALUES", 1) || is_symbol("(", 1));
  if (is_symbol("(") && !parenthesized_query) {
    insert.columns = WEIR_TRY(identifier_list("a column's name"));
  }
  insert.query = WEIR_TRY(query());
  if (is_words({"ON", "CONFLICT"})) return not_offered("ON CONFLICT", peek().span);
  return insert;
}

Result<ast::Explain> Parser::explain() {
  take();
  ast::Explain explain;
  if (accept_words({"PLAN", "FOR"})) {
  } else {
    while (is_word("ESTIMATED_COST") || is_word("CHANGELOG_MODE") ||
           is_word("JSON_EXECUTION_PLAN") || is_word("PLAN_ADVICE")) {
      if (is_word("CHANGELOG_MODE")) {
        explain.changelog_mode = true;
      } else {
        return not_offered(fmt::format("EXPLAIN {}", to_upper_ascii(peek().text)), peek().span);
      }
      take();
      if (!accept_symbol(",")) break;
    }
  }
  if (accept_words({"STATEMENT", "SET"})) {
    WEIR_TRY(expect_word("BEGIN"));
    explain.set = WEIR_TRY(statement_set_body());
  } else if (is_word("INSERT")) {
    explain.insert = WEIR_TRY(insert());
  } else {
    explain.query = WEIR_TRY(query());
  }
  return explain;
}

}  // namespace weir::sql
