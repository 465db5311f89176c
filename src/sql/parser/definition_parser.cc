#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// CREATE and DROP of everything but the body of a table (table_parser.cc).

namespace weir::sql {

Result<ast::Statement::Body> Parser::create() {
  const Span begin = take().span;
  if (is_words({"OR", "REPLACE"})) return not_offered("CREATE OR REPLACE", begin.to(peek(1).span));
  const bool temporary = accept_word("TEMPORARY");
  if (accept_word("TABLE")) return WEIR_TRY(create_table(temporary));
  if (accept_word("VIEW")) return WEIR_TRY(create_view(temporary));
  if (!temporary && accept_word("DATABASE")) return WEIR_TRY(create_database());
  if (!temporary && accept_word("CATALOG")) return WEIR_TRY(create_catalog());
  if (accept_word("SYSTEM") || is_word("FUNCTION")) {
    return unsupported("functions written in Java, Scala or Python cannot run here")
        .at(source_->position(span_from(begin).to(peek().span)));
  }
  for (const auto* word : {"MODEL", "CONNECTION", "MATERIALIZED"}) {
    if (is_word(word)) return not_offered(fmt::format("CREATE {}", word), peek().span);
  }
  return unexpected("TABLE, VIEW, DATABASE or CATALOG");
}

Result<ast::CreateView> Parser::create_view(bool temporary) {
  ast::CreateView view;
  view.temporary = temporary;
  view.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  view.name = WEIR_TRY(qualified_name("the view's name"));
  if (is_symbol("(")) view.columns = WEIR_TRY(identifier_list("a column's name"));
  if (accept_word("COMMENT")) view.comment = WEIR_TRY(string_literal("the comment"));
  WEIR_TRY(expect_word("AS"));
  view.query = WEIR_TRY(query());
  return view;
}

Result<ast::CreateDatabase> Parser::create_database() {
  ast::CreateDatabase database;
  database.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  database.name = WEIR_TRY(qualified_name("the database's name"));
  if (accept_word("COMMENT")) database.comment = WEIR_TRY(string_literal("the comment"));
  if (accept_word("WITH")) database.options = WEIR_TRY(option_list());
  return database;
}

Result<ast::CreateCatalog> Parser::create_catalog() {
  ast::CreateCatalog catalog;
  catalog.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  catalog.name = WEIR_TRY(identifier("the catalog's name"));
  if (accept_word("COMMENT")) (void)WEIR_TRY(string_literal("the comment"));
  if (accept_word("WITH")) catalog.options = WEIR_TRY(option_list());
  return catalog;
}

Result<ast::Drop> Parser::drop() {
  take();
  ast::Drop drop;
  drop.temporary = accept_word("TEMPORARY");
  if (accept_word("TABLE")) {
    drop.kind = ast::Drop::Kind::kTable;
  } else if (accept_word("VIEW")) {
    drop.kind = ast::Drop::Kind::kView;
  } else if (!drop.temporary && accept_word("DATABASE")) {
    drop.kind = ast::Drop::Kind::kDatabase;
  } else if (!drop.temporary && accept_word("CATALOG")) {
    drop.kind = ast::Drop::Kind::kCatalog;
  } else {
    return unexpected("TABLE, VIEW, DATABASE or CATALOG");
  }
  drop.if_exists = accept_words({"IF", "EXISTS"});
  drop.name = WEIR_TRY(qualified_name("a name"));
  if (drop.kind == ast::Drop::Kind::kDatabase) {
    drop.cascade = accept_word("CASCADE");
    if (!drop.cascade) accept_word("RESTRICT");
  }
  return drop;
}

}  // namespace weir::sql
