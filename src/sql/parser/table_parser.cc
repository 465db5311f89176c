#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// CREATE TABLE.

namespace weir::sql {

Result<ast::CreateTable> Parser::create_table(bool temporary) {
  ast::CreateTable table;
  table.temporary = temporary;
  table.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  table.name = WEIR_TRY(qualified_name("the table's name"));
  if (is_symbol("(")) WEIR_TRY(table_elements(table));
  if (accept_word("COMMENT")) table.comment = WEIR_TRY(string_literal("the comment"));
  if (is_word("DISTRIBUTED")) return not_offered("DISTRIBUTED BY", peek().span);
  if (accept_words({"PARTITIONED", "BY"})) {
    table.partition_keys = WEIR_TRY(identifier_list("a column's name"));
  }
  table.options_span = peek().span;
  if (accept_word("WITH")) {
    table.options = WEIR_TRY(option_list());
  }
  if (is_word("LIKE")) WEIR_TRY(like_clause(table));
  if (is_word("AS")) return not_offered("CREATE TABLE AS SELECT", peek().span);
  return table;
}

Status Parser::table_elements(ast::CreateTable& table) {
  take();
  while (!is_symbol(")")) {
    WEIR_TRY(table_element(table));
    if (!accept_symbol(",")) break;
    if (is_symbol(")")) return unexpected("a column");
  }
  return expect_symbol(")");
}

Status Parser::table_element(ast::CreateTable& table) {
  if (is_words({"WATERMARK", "FOR"})) return watermark(table);
  if (is_words({"PRIMARY", "KEY"})) return table_primary_key(table, {});
  if (is_word("UNIQUE")) return not_offered("UNIQUE", peek().span);
  if (accept_word("CONSTRAINT")) {
    auto name = WEIR_TRY(identifier("the constraint's name")).name;
    if (!is_words({"PRIMARY", "KEY"})) return unexpected("PRIMARY KEY");
    return table_primary_key(table, std::move(name));
  }
  auto column = WEIR_TRY(column_definition());
  if (column.primary_key) {
    if (table.primary_key.has_value()) {
      return error_at(column.name.span, "a table has at most one primary key");
    }
    table.primary_key = ast::PrimaryKey{{}, {column.name}, column.name.span};
  }
  table.columns.push_back(std::move(column));
  return ok();
}

Result<ast::ColumnDefinition> Parser::column_definition() {
  ast::ColumnDefinition column;
  column.name = WEIR_TRY(identifier("a column's name"));
  if (accept_word("AS")) {
    column.kind = ast::ColumnDefinition::Kind::kComputed;
    column.expression = WEIR_TRY(expression());
  } else {
    column.type_span = peek().span;
    column.type = WEIR_TRY(type());
    column.type_span = span_from(column.type_span);
    if (is_word("METADATA")) WEIR_TRY(metadata_column(column));
    WEIR_TRY(column_constraints(column));
  }
  if (accept_word("COMMENT")) column.comment = WEIR_TRY(string_literal("the comment"));
  return column;
}

Status Parser::metadata_column(ast::ColumnDefinition& column) {
  column.kind = ast::ColumnDefinition::Kind::kMetadata;
  column.metadata_span = take().span;
  if (accept_word("FROM")) {
    column.metadata_span = peek().span;
    column.metadata_key = WEIR_TRY(string_literal("the metadata key in single quotes"));
  }
  column.is_virtual = accept_word("VIRTUAL");
  return ok();
}

Status Parser::column_constraints(ast::ColumnDefinition& column) {
  for (;;) {
    const Span begin = peek().span;
    if (accept_word("CONSTRAINT")) (void)WEIR_TRY(identifier("the constraint's name"));
    if (is_word("UNIQUE")) return not_offered("UNIQUE", begin);
    if (!accept_words({"PRIMARY", "KEY"})) return ok();
    if (!accept_words({"NOT", "ENFORCED"})) {
      return error_at(span_from(begin), "a primary key is not checked: it must say NOT ENFORCED",
                      "write PRIMARY KEY NOT ENFORCED");
    }
    column.primary_key = true;
  }
}

Status Parser::watermark(ast::CreateTable& table) {
  const Span begin = take().span;
  take();
  ast::WatermarkDefinition watermark;
  watermark.column = WEIR_TRY(qualified_name("the time column's name"));
  WEIR_TRY(expect_word("AS"));
  watermark.expression = WEIR_TRY(expression());
  if (table.watermark.has_value()) {
    return error_at(span_from(begin), "a table has at most one watermark");
  }
  table.watermark = std::move(watermark);
  return ok();
}

Status Parser::table_primary_key(ast::CreateTable& table, std::string name) {
  const Span begin = take().span;
  take();
  ast::PrimaryKey key;
  key.name = std::move(name);
  key.columns = WEIR_TRY(identifier_list("a column's name"));
  if (!accept_words({"NOT", "ENFORCED"})) {
    return error_at(span_from(begin), "a primary key is not checked: it must say NOT ENFORCED",
                    "write PRIMARY KEY (...) NOT ENFORCED");
  }
  key.span = span_from(begin);
  if (table.primary_key.has_value())
    return error_at(key.span, "a table has at most one primary key");
  table.primary_key = std::move(key);
  return ok();
}

Status Parser::like_clause(ast::CreateTable& table) {
  take();
  ast::LikeClause like;
  like.table = WEIR_TRY(qualified_name("a table's name"));
  if (accept_symbol("(")) {
    while (!is_symbol(")")) {
      ast::LikeClause::Choice choice;
      choice.span = peek().span;
      const auto word_of = [&](std::initializer_list<std::string_view> words,
                               std::string_view expected) -> Result<std::string> {
        for (const auto word : words) {
          if (accept_word(word)) return std::string(word);
        }
        return unexpected(expected);
      };
      choice.merge = WEIR_TRY(word_of({"INCLUDING", "EXCLUDING", "OVERWRITING"},
                                      "INCLUDING, EXCLUDING or OVERWRITING"));
      choice.feature =
          WEIR_TRY(word_of({"ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA",
                            "OPTIONS", "PARTITIONS", "WATERMARKS"},
                           "ALL, CONSTRAINTS, GENERATED, METADATA, OPTIONS, PARTITIONS or "
                           "WATERMARKS"));
      choice.span = span_from(choice.span);
      like.choices.push_back(std::move(choice));
    }
    take();
  }
  table.like = std::move(like);
  return ok();
}

}  // namespace weir::sql
