#include "sql/parser/parser.h"

#include "sql/reserved_words.h"

namespace weir::sql {
namespace {

std::string token_text(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kEnd: return "the end of the script";
    case Token::Kind::kString: return fmt::format("the string '{}'", token.text);
    case Token::Kind::kBinary: return "a binary literal";
    case Token::Kind::kQuotedName: return fmt::format("the name `{}`", token.text);
    case Token::Kind::kWord:
    case Token::Kind::kInteger:
    case Token::Kind::kDecimal:
    case Token::Kind::kApproximate:
    case Token::Kind::kSymbol:
    case Token::Kind::kHintBegin:
    case Token::Kind::kHintEnd:
    case Token::Kind::kError: return fmt::format("\"{}\"", token.text);
  }
  return {};
}

// Words that nobody means as a name where they stand.
bool begins_clause(std::string_view word) {
  const std::string upper = to_upper_ascii(word);
  for (const auto* clause :
       {"SELECT", "FROM", "WHERE", "GROUP", "HAVING", "UNION", "INSERT", "INTO", "WITH", "AS", "ON",
        "AND", "OR", "END", "THEN", "ELSE", "WHEN"}) {
    if (upper == clause) return true;
  }
  return false;
}

}  // namespace

Parser::Parser(SourceRef source) : source_(std::move(source)), list_(tokenize(*source_)) {}

const Token& Parser::peek(size_t ahead) const {
  const size_t last = list_.tokens.size() - 1;
  return list_.tokens[std::min(at_ + ahead, last)];
}

const Token& Parser::take() {
  const Token& token = peek();
  if (at_ + 1 < list_.tokens.size()) ++at_;
  return token;
}

bool Parser::is_word(std::string_view word, size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == Token::Kind::kWord && token.text.size() == word.size() &&
         to_upper_ascii(token.text) == word;
}

bool Parser::is_words(std::initializer_list<std::string_view> words) const {
  size_t ahead = 0;
  for (const auto word : words) {
    if (!is_word(word, ahead++)) return false;
  }
  return true;
}

bool Parser::is_symbol(std::string_view symbol, size_t ahead) const {
  return peek(ahead).is_symbol(symbol);
}

bool Parser::accept_word(std::string_view word) { return accept_words({word}); }

bool Parser::accept_words(std::initializer_list<std::string_view> words) {
  if (!is_words(words)) return false;
  for (size_t i = 0; i < words.size(); ++i) take();
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  take();
  return true;
}

Status Parser::expect_word(std::string_view word) {
  if (!accept_word(word)) return unexpected(word);
  return ok();
}

Status Parser::expect_words(std::initializer_list<std::string_view> words) {
  for (const auto word : words) WEIR_TRY(expect_word(word));
  return ok();
}

Status Parser::expect_symbol(std::string_view symbol) {
  if (!accept_symbol(symbol)) return unexpected(fmt::format("\"{}\"", symbol));
  return ok();
}

Span Parser::span_from(Span begin) const {
  if (at_ == 0) return begin;
  return {begin.begin, std::max(begin.end, list_.tokens[at_ - 1].span.end)};
}

Error Parser::error_at(Span span, std::string message, std::string hint) const {
  return invalid(std::move(message)).hint(std::move(hint)).at(source_->position(span));
}

Error Parser::unexpected(std::string_view expected) const {
  const Token& token = peek();
  if (token.kind == Token::Kind::kError) return *list_.error;
  return error_at(token.span,
                  fmt::format("syntax error: expected {}, found {}", expected, token_text(token)));
}

Error Parser::not_offered(std::string_view what, Span span) const {
  return unsupported(fmt::format("not offered yet: {}", what)).at(source_->position(span));
}

Result<ast::Identifier> Parser::identifier(std::string_view what) {
  const Token& token = peek();
  if (token.kind == Token::Kind::kQuotedName) {
    take();
    return ast::Identifier{token.text, token.span};
  }
  if (token.kind != Token::Kind::kWord) return unexpected(what);
  if (begins_clause(token.text)) return unexpected(what);
  if (is_reserved_word(token.text)) {
    return error_at(token.span,
                    fmt::format("syntax error: expected {}, found \"{}\"", what, token.text),
                    fmt::format("\"{0}\" is a reserved word: to use it as a name, write it in "
                                "backticks: `{0}`",
                                token.text));
  }
  take();
  return ast::Identifier{token.text, token.span};
}

Result<ast::QualifiedName> Parser::qualified_name(std::string_view what) {
  ast::QualifiedName name;
  const Span begin = peek().span;
  name.parts.push_back(WEIR_TRY(identifier(what)));
  while (is_symbol(".") && !is_symbol("*", 1)) {
    take();
    name.parts.push_back(WEIR_TRY(identifier(what)));
  }
  name.span = span_from(begin);
  return name;
}

Result<std::vector<ast::Identifier>> Parser::identifier_list(std::string_view what) {
  std::vector<ast::Identifier> names;
  WEIR_TRY(expect_symbol("("));
  do {
    names.push_back(WEIR_TRY(identifier(what)));
  } while (accept_symbol(","));
  WEIR_TRY(expect_symbol(")"));
  return names;
}

Result<std::string> Parser::string_literal(std::string_view what) {
  if (peek().kind != Token::Kind::kString) return unexpected(what);
  return take().text;
}

Result<int64_t> Parser::small_integer(std::string_view what, int64_t low, int64_t high) {
  const Token& token = peek();
  if (token.kind != Token::Kind::kInteger) return unexpected(what);
  int64_t value = 0;
  for (const char digit : token.text) {
    value = std::min<int64_t>(value * 10 + (digit - '0'), int64_t{1} << 40);
  }
  if (value < low || value > high) {
    return error_at(token.span, fmt::format("{} must be between {} and {}, not {}", what, low, high,
                                            token.text));
  }
  take();
  return value;
}

Result<std::vector<ast::OptionEntry>> Parser::option_list() {
  std::vector<ast::OptionEntry> options;
  WEIR_TRY(expect_symbol("("));
  if (accept_symbol(")")) return options;
  do {
    ast::OptionEntry entry;
    entry.key_span = peek().span;
    entry.key = WEIR_TRY(string_literal("an option's key in single quotes"));
    WEIR_TRY(expect_symbol("="));
    entry.value_span = peek().span;
    entry.value = WEIR_TRY(string_literal("the option's value in single quotes"));
    options.push_back(std::move(entry));
  } while (accept_symbol(","));
  WEIR_TRY(expect_symbol(")"));
  return options;
}

}  // namespace weir::sql
