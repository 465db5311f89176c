// Parser: tokens to syntax trees, by recursive descent, expressions by binding power.
//
// Internal to sql/; sql/statement.h is the way in. One parser reads one script on one thread.
// It takes Flink's grammar; what it understands and weir does not offer is kUnsupported with its
// position, never a syntax error. Nesting is limited to kMaxDepth, so that no text overflows the
// stack. The methods are spread over the files that are named beside them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/ast/statement.h"
#include "sql/lexer.h"
#include "sql/statement.h"

namespace weir::sql {

class Parser {
 public:
  static constexpr uint32_t kMaxDepth = 250;

  explicit Parser(SourceRef source);

  // statement_parser.cc
  [[nodiscard]] Result<std::vector<ParsedStatement>> script();

 private:
  using Expression = ast::Expression;
  using ExpressionPtr = ast::ExpressionPtr;
  using Node = std::shared_ptr<Expression>;

  // parser.cc: tokens
  [[nodiscard]] const Token& peek(size_t ahead = 0) const;
  const Token& take();
  [[nodiscard]] bool at_end() const { return peek().kind == Token::Kind::kEnd; }
  // At the end, or where the text cannot be read on: take() would stay here.
  [[nodiscard]] bool is_stuck() const { return at_end() || peek().kind == Token::Kind::kError; }
  // A bare word, without regard to case; a quoted name never is one.
  [[nodiscard]] bool is_word(std::string_view word, size_t ahead = 0) const;
  [[nodiscard]] bool is_words(std::initializer_list<std::string_view> words) const;
  [[nodiscard]] bool is_symbol(std::string_view symbol, size_t ahead = 0) const;
  bool accept_word(std::string_view word);
  bool accept_words(std::initializer_list<std::string_view> words);
  bool accept_symbol(std::string_view symbol);
  Status expect_word(std::string_view word);
  Status expect_words(std::initializer_list<std::string_view> words);
  Status expect_symbol(std::string_view symbol);
  [[nodiscard]] Span span_from(Span begin) const;
  // "expected X, found Y" at the next token.
  [[nodiscard]] Error unexpected(std::string_view expected) const;
  [[nodiscard]] Error not_offered(std::string_view what, Span span) const;
  [[nodiscard]] Error error_at(Span span, std::string message, std::string hint = {}) const;
  Result<ast::Identifier> identifier(std::string_view what);
  Result<ast::QualifiedName> qualified_name(std::string_view what);
  Result<std::vector<ast::Identifier>> identifier_list(std::string_view what);
  Result<std::string> string_literal(std::string_view what);
  Result<int64_t> small_integer(std::string_view what, int64_t low, int64_t high);
  // ('key' = 'value', ...)
  Result<std::vector<ast::OptionEntry>> option_list();

  // expression_parser.cc
  Result<ExpressionPtr> expression(int least_power = 0);
  Result<ExpressionPtr> operator_tail(ExpressionPtr left, int least_power, bool& done);
  Result<ExpressionPtr> predicate_tail(ExpressionPtr left, bool negated, Span operator_span);
  Result<ExpressionPtr> like_tail(ExpressionPtr left, bool negated, std::string name);
  Result<ExpressionPtr> is_tail(ExpressionPtr left);
  Result<ExpressionPtr> in_tail(ExpressionPtr left, bool negated);
  Result<ExpressionPtr> between_tail(ExpressionPtr left, bool negated);
  Result<ExpressionPtr> prefix();
  Result<ExpressionPtr> postfix(ExpressionPtr primary);
  Result<std::vector<ExpressionPtr>> expression_list();
  // Finishes a node: its depth, its span up to the last token taken.
  Result<ExpressionPtr> finish(Node node) const;
  [[nodiscard]] static Node make(Expression::Kind kind, Span begin);

  // primary_parser.cc
  Result<ExpressionPtr> primary();
  Result<ExpressionPtr> literal();
  Result<ExpressionPtr> parenthesized();
  Result<ExpressionPtr> word_primary();
  Result<ExpressionPtr> column();
  Result<ExpressionPtr> case_expression();
  Result<ExpressionPtr> cast_expression();
  Result<ExpressionPtr> interval_literal();
  Result<ExpressionPtr> temporal_literal(Expression::Kind kind);
  Result<ExpressionPtr> constructor(std::string name);

  // call_parser.cc
  Result<ExpressionPtr> call();
  Result<ExpressionPtr> special_call(Node node, bool& done);
  Result<ExpressionPtr> extract_call(Node node);
  Result<ExpressionPtr> trim_call(Node node);
  Result<ExpressionPtr> separated_call(Node node, std::initializer_list<std::string_view> words);
  Result<ExpressionPtr> unit_first_call(Node node);
  Result<ExpressionPtr> plain_call(Node node);
  Result<ExpressionPtr> call_tail(Node node);
  Result<ExpressionPtr> time_unit();

  // type_parser.cc
  Result<types::LogicalType> type();
  Result<types::LogicalType> type_without_nullability();
  Result<types::LogicalType> character_type(std::string_view word);
  Result<types::LogicalType> temporal_type(std::string_view word);
  Result<types::LogicalType> interval_type();
  Result<types::LogicalType> row_type();
  Result<types::LogicalType> element_type();

  // query_parser.cc
  Result<ast::QueryPtr> query();
  Result<ast::QueryPtr> query_term();
  Result<ast::QueryPtr> select_query();
  Result<ast::QueryPtr> values_query();
  Result<ast::SelectItem> select_item();
  Status select_clauses(ast::Select& select);
  Status group_by(ast::Select& select);
  Status refuse_query_tail();

  // from_parser.cc
  Result<ast::FromItem> from_item();
  Result<ast::FromItem> table_primary();
  Result<ast::FromItem> window_function();
  Status window_arguments(ast::FromItem& item);
  Status window_input(ast::FromItem& item);
  Status table_hints(std::vector<ast::OptionEntry>& options);
  Status alias(ast::FromItem& item);
  Status refuse_join();
  // Whether a name that needs no backticks comes next.
  [[nodiscard]] bool identifier_follows() const;

  // table_parser.cc
  Result<ast::CreateTable> create_table(bool temporary);
  Status table_elements(ast::CreateTable& table);
  Status table_element(ast::CreateTable& table);
  Result<ast::ColumnDefinition> column_definition();
  Status metadata_column(ast::ColumnDefinition& column);
  Status column_constraints(ast::ColumnDefinition& column);
  Status watermark(ast::CreateTable& table);
  Status table_primary_key(ast::CreateTable& table, std::string name);
  Status like_clause(ast::CreateTable& table);

  // definition_parser.cc
  Result<ast::Statement::Body> create();
  Result<ast::CreateView> create_view(bool temporary);
  Result<ast::CreateDatabase> create_database();
  Result<ast::CreateCatalog> create_catalog();
  Result<ast::Drop> drop();

  // statement_parser.cc
  Result<ParsedStatement> statement();
  Result<ast::Statement::Body> statement_body();
  Result<ast::Statement::Body> execute();
  Result<ast::Insert> insert();
  Result<ast::StatementSet> statement_set_body();
  Result<ast::Explain> explain();

  // session_parser.cc
  Result<ast::Set> set();
  Result<ast::Reset> reset();
  Result<ast::Use> use();
  Result<ast::Show> show();
  Status show_like(ast::Show& show);
  Result<ast::Describe> describe();
  Result<ast::AddJar> jar(bool remove);

  SourceRef source_;
  TokenList list_;
  size_t at_ = 0;
  uint32_t depth_ = 0;

  // Counts nesting for as long as it lives.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    [[nodiscard]] bool too_deep() const { return parser_.depth_ > kMaxDepth; }

   private:
    Parser& parser_;
  };
};

}  // namespace weir::sql
