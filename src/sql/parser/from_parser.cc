#include "sql/parser/parser.h"
#include "sql/reserved_words.h"

// What stands behind FROM: tables with hints, subqueries, window functions.

namespace weir::sql {

bool Parser::identifier_follows() const {
  const Token& token = peek();
  return token.kind == Token::Kind::kQuotedName ||
         (token.kind == Token::Kind::kWord && !is_reserved_word(token.text));
}

Result<ast::FromItem> Parser::from_item() {
  auto item = WEIR_TRY(table_primary());
  WEIR_TRY(refuse_join());
  return item;
}

Status Parser::refuse_join() {
  for (const auto* word : {"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"}) {
    if (is_word(word)) return not_offered("JOIN", peek().span);
  }
  return ok();
}

Result<ast::FromItem> Parser::table_primary() {
  const Nesting nesting(*this);
  ast::FromItem item;
  item.span = peek().span;
  if (nesting.too_deep()) return error_at(item.span, "this query is nested too deeply");
  if (is_word("TABLE") && is_symbol("(", 1)) {
    item = WEIR_TRY(window_function());
  } else if (is_word("LATERAL") || is_word("UNNEST")) {
    return not_offered(to_upper_ascii(peek().text), item.span);
  } else if (is_symbol("(")) {
    take();
    item.kind = ast::FromItem::Kind::kSubquery;
    if (is_symbol("(") || is_word("SELECT") || is_word("WITH") || is_word("VALUES")) {
      item.query = WEIR_TRY(query());
    } else {
      item = WEIR_TRY(from_item());
    }
    WEIR_TRY(expect_symbol(")"));
  } else {
    item.table = WEIR_TRY(qualified_name("a table's name"));
    if (is_symbol("(")) return not_offered("a table function", item.table.span);
    WEIR_TRY(table_hints(item.option_hints));
  }
  if (is_words({"FOR", "SYSTEM_TIME"})) {
    return not_offered("FOR SYSTEM_TIME AS OF", span_from(peek().span).to(peek(1).span));
  }
  for (const auto* word : {"MATCH_RECOGNIZE", "TABLESAMPLE", "PIVOT", "UNPIVOT"}) {
    if (is_word(word)) return not_offered(word, peek().span);
  }
  item.span = span_from(item.span);
  WEIR_TRY(alias(item));
  return item;
}

Status Parser::alias(ast::FromItem& item) {
  const bool as = accept_word("AS");
  if (!as && !identifier_follows()) return ok();
  item.alias = WEIR_TRY(identifier("an alias"));
  if (is_symbol("(")) item.column_aliases = WEIR_TRY(identifier_list("a column's name"));
  return ok();
}

// /*+ OPTIONS('k' = 'v'), LOOKUP(...) */: OPTIONS counts, the others change no result.
Status Parser::table_hints(std::vector<ast::OptionEntry>& options) {
  if (peek().kind != Token::Kind::kHintBegin) return ok();
  take();
  while (peek().kind != Token::Kind::kHintEnd) {
    if (is_word("OPTIONS")) {
      take();
      for (auto& entry : WEIR_TRY(option_list())) options.push_back(std::move(entry));
    } else {
      (void)WEIR_TRY(identifier("a hint"));
      size_t open = 0;
      do {
        if (is_stuck() || peek().kind == Token::Kind::kHintEnd) break;
        if (is_symbol("(")) ++open;
        if (is_symbol(")") && open > 0) --open;
        if (open == 0 && !is_symbol(")")) break;
        take();
      } while (open > 0);
    }
    if (peek().kind != Token::Kind::kHintEnd && !accept_symbol(",") && !is_word("OPTIONS")) {
      return unexpected("the hint's end (*/)");
    }
  }
  take();
  return ok();
}

// TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
Result<ast::FromItem> Parser::window_function() {
  ast::FromItem item;
  item.kind = ast::FromItem::Kind::kWindow;
  item.span = take().span;
  take();
  const Token& name = peek();
  item.window.function_span = name.span;
  const std::string function = to_upper_ascii(name.text);
  if (name.kind != Token::Kind::kWord || !is_symbol("(", 1)) {
    return unexpected("a window function (TUMBLE, HOP, CUMULATE or SESSION)");
  }
  if (function != "TUMBLE" && function != "HOP" && function != "CUMULATE") {
    return not_offered(fmt::format("the table function {}", function), name.span);
  }
  take();
  take();
  item.window.function = function;
  WEIR_TRY(window_arguments(item));
  WEIR_TRY(expect_symbol(")"));
  WEIR_TRY(expect_symbol(")"));
  return item;
}

Status Parser::window_arguments(ast::FromItem& item) {
  ast::WindowCall& window = item.window;
  do {
    std::string name;
    if (peek().kind == Token::Kind::kWord && is_symbol("=>", 1)) {
      name = to_upper_ascii(take().text);
      take();
    }
    if (is_word("TABLE") || is_symbol("(")) {
      if (item.input) return unexpected("DESCRIPTOR(column)");
      WEIR_TRY(window_input(item));
    } else if (accept_word("DESCRIPTOR")) {
      WEIR_TRY(expect_symbol("("));
      window.descriptor = WEIR_TRY(qualified_name("the time column's name"));
      if (is_symbol(",")) return not_offered("more than one time column", peek().span);
      WEIR_TRY(expect_symbol(")"));
    } else if (!item.input) {
      return unexpected("TABLE and a table's name");
    } else {
      window.intervals.push_back(WEIR_TRY(expression()));
      window.interval_names.push_back(std::move(name));
    }
  } while (accept_symbol(","));
  if (!item.input) return unexpected("TABLE and a table's name");
  if (window.descriptor.parts.empty()) return unexpected("DESCRIPTOR(column)");
  return ok();
}

Status Parser::window_input(ast::FromItem& item) {
  auto input = std::make_shared<ast::FromItem>();
  input->span = peek().span;
  accept_word("TABLE");
  if (accept_symbol("(")) {
    input->kind = ast::FromItem::Kind::kSubquery;
    input->query = WEIR_TRY(query());
    WEIR_TRY(expect_symbol(")"));
  } else {
    input->table = WEIR_TRY(qualified_name("a table's name"));
    WEIR_TRY(table_hints(input->option_hints));
  }
  if (is_words({"PARTITION", "BY"})) return not_offered("PARTITION BY in a window", peek().span);
  input->span = span_from(input->span);
  item.input = std::move(input);
  return ok();
}

}  // namespace weir::sql
