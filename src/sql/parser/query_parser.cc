#include "sql/parser/parser.h"

// SELECT, VALUES, WITH, UNION ALL and the clauses of a SELECT.

namespace weir::sql {

Result<ast::QueryPtr> Parser::query() {
  const Nesting nesting(*this);
  const Span begin = peek().span;
  if (nesting.too_deep()) return error_at(begin, "this query is nested too deeply");
  std::vector<ast::CommonTable> with;
  if (accept_word("WITH")) {
    if (is_word("RECURSIVE")) return not_offered("WITH RECURSIVE", peek().span);
    do {
      ast::CommonTable table;
      table.name = WEIR_TRY(identifier("a name"));
      if (is_symbol("(")) table.columns = WEIR_TRY(identifier_list("a column's name"));
      WEIR_TRY(expect_word("AS"));
      WEIR_TRY(expect_symbol("("));
      table.query = WEIR_TRY(query());
      WEIR_TRY(expect_symbol(")"));
      with.push_back(std::move(table));
    } while (accept_symbol(","));
  }
  std::vector<ast::QueryPtr> inputs;
  inputs.push_back(WEIR_TRY(query_term()));
  while (is_word("UNION")) {
    const Span word = take().span;
    if (!accept_word("ALL")) {
      accept_word("DISTINCT");
      return not_offered("UNION without ALL", word);
    }
    inputs.push_back(WEIR_TRY(query_term()));
  }
  WEIR_TRY(refuse_query_tail());
  if (inputs.size() == 1 && with.empty()) return inputs.front();
  auto query = std::make_shared<ast::Query>();
  if (inputs.size() == 1) *query = *inputs.front();
  if (inputs.size() > 1) {
    query->kind = ast::Query::Kind::kUnionAll;
    query->inputs = std::move(inputs);
  }
  // A parenthesised query may bring its own WITH; the outer names come first.
  with.insert(with.end(), query->with.begin(), query->with.end());
  query->with = std::move(with);
  query->span = span_from(begin);
  return ast::QueryPtr(std::move(query));
}

Status Parser::refuse_query_tail() {
  const Span span = peek().span;
  if (is_words({"ORDER", "BY"})) return not_offered("ORDER BY", span.to(peek(1).span));
  for (const auto* word : {"LIMIT", "OFFSET", "FETCH", "INTERSECT", "EXCEPT", "MINUS"}) {
    if (is_word(word)) return not_offered(word, span);
  }
  return ok();
}

Result<ast::QueryPtr> Parser::query_term() {
  if (is_word("SELECT")) return select_query();
  if (is_word("VALUES")) return values_query();
  if (is_symbol("(")) {
    take();
    auto inner = WEIR_TRY(query());
    WEIR_TRY(expect_symbol(")"));
    return inner;
  }
  return unexpected("SELECT, VALUES or WITH");
}

Result<ast::QueryPtr> Parser::values_query() {
  auto query = std::make_shared<ast::Query>();
  query->kind = ast::Query::Kind::kValues;
  const Span begin = take().span;
  do {
    const bool row_word = is_word("ROW") && is_symbol("(", 1);
    if (row_word) take();
    if (!accept_symbol("(")) {
      query->rows.push_back({WEIR_TRY(expression())});
      continue;
    }
    query->rows.push_back(WEIR_TRY(expression_list()));
    WEIR_TRY(expect_symbol(")"));
  } while (accept_symbol(","));
  query->span = span_from(begin);
  return ast::QueryPtr(std::move(query));
}

Result<ast::QueryPtr> Parser::select_query() {
  auto query = std::make_shared<ast::Query>();
  const Span begin = take().span;
  ast::Select& select = query->select;
  if (peek().kind == Token::Kind::kHintBegin) {
    // STATE_TTL, BROADCAST, ...: they tune joins and aggregates and change no result.
    while (!is_stuck() && peek().kind != Token::Kind::kHintEnd) take();
    if (peek().kind != Token::Kind::kHintEnd) return unexpected("the hint's end (*/)");
    take();
  }
  select.distinct_span = peek().span;
  select.distinct = accept_word("DISTINCT");
  if (!select.distinct) accept_word("ALL");
  do {
    select.items.push_back(WEIR_TRY(select_item()));
  } while (accept_symbol(","));
  WEIR_TRY(select_clauses(select));
  query->span = span_from(begin);
  return ast::QueryPtr(std::move(query));
}

Result<ast::SelectItem> Parser::select_item() {
  ast::SelectItem item;
  item.span = peek().span;
  if (accept_symbol("*")) {
    item.kind = ast::SelectItem::Kind::kStar;
    return item;
  }
  // t.*: look ahead over name(.name)* for the star.
  size_t ahead = 0;
  const auto is_name = [&](size_t at) {
    return peek(at).kind == Token::Kind::kWord || peek(at).kind == Token::Kind::kQuotedName;
  };
  while (is_name(ahead) && is_symbol(".", ahead + 1) && is_name(ahead + 2)) ahead += 2;
  if (is_name(ahead) && is_symbol(".", ahead + 1) && is_symbol("*", ahead + 2)) {
    item.kind = ast::SelectItem::Kind::kQualifiedStar;
    item.qualifier = WEIR_TRY(qualified_name("a table's name"));
    WEIR_TRY(expect_symbol("."));
    WEIR_TRY(expect_symbol("*"));
    item.span = span_from(item.span);
    return item;
  }
  item.expression = WEIR_TRY(expression());
  if (accept_word("AS")) {
    item.alias = WEIR_TRY(identifier("a name"));
  } else if (peek().kind == Token::Kind::kQuotedName ||
             (peek().kind == Token::Kind::kWord && identifier_follows())) {
    item.alias = WEIR_TRY(identifier("a name"));
  }
  item.span = span_from(item.span);
  return item;
}

Status Parser::select_clauses(ast::Select& select) {
  if (accept_word("FROM")) {
    select.from = WEIR_TRY(from_item());
    if (is_symbol(",")) return not_offered("a join of several tables", peek().span);
  }
  if (accept_word("WHERE")) select.where = WEIR_TRY(expression());
  if (is_words({"GROUP", "BY"})) WEIR_TRY(group_by(select));
  if (accept_word("HAVING")) select.having = WEIR_TRY(expression());
  for (const auto* word : {"WINDOW", "QUALIFY"}) {
    if (is_word(word)) return not_offered(word, peek().span);
  }
  return ok();
}

Status Parser::group_by(ast::Select& select) {
  select.grouped = true;
  const Span begin = take().span;
  take();
  accept_word("ALL");
  if (is_word("DISTINCT")) return not_offered("GROUP BY DISTINCT", peek().span);
  do {
    for (const auto* word : {"ROLLUP", "CUBE", "GROUPING"}) {
      if (is_word(word)) return not_offered(word, peek().span);
    }
    if (is_symbol("(") && is_symbol(")", 1)) {
      return not_offered("GROUP BY ()", peek().span);
    }
    auto item = WEIR_TRY(expression());
    if (item->kind == Expression::Kind::kRow && item->text.empty()) {
      for (const auto& part : item->arguments) select.group_by.push_back(part);
    } else {
      select.group_by.push_back(std::move(item));
    }
  } while (accept_symbol(","));
  select.group_span = span_from(begin);
  return ok();
}

}  // namespace weir::sql
