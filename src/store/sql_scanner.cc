#include "store/sql_scanner.h"

namespace weir::store {
namespace {

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0';
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// U+FEFF, which editors put at the start of a file, U+00A0 and U+3000.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
constexpr std::string_view kOpenSingle = "\xE2\x80\x98";
constexpr std::string_view kCloseSingle = "\xE2\x80\x99";
constexpr std::string_view kOpenDouble = "\xE2\x80\x9C";
constexpr std::string_view kCloseDouble = "\xE2\x80\x9D";

// Comments nest. The place behind the one that begins at `at`; npos when it does not end.
size_t end_of_comment(std::string_view text, size_t at) {
  int depth = 0;
  while (at + 1 < text.size()) {
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      --depth;
      at += 2;
      if (depth == 0) return at;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool SqlToken::is(std::string_view keyword) const {
  return kind == SqlTokenKind::kWord &&
         std::ranges::equal(text, keyword, {}, [](char c) { return upper(c); });
}

bool SqlToken::is_symbol(char symbol) const {
  return kind == SqlTokenKind::kSymbol && text.front() == symbol;
}

std::string SqlToken::name() const {
  if (kind != SqlTokenKind::kQuotedIdentifier) return std::string(text);
  const size_t width = text.front() == '`' || text.front() == '"' ? 1 : kOpenDouble.size();
  const auto inner = text.substr(width, text.size() - 2 * width);
  std::string out;
  for (size_t i = 0; i < inner.size(); ++i) {
    if ((inner[i] == '\\' || inner[i] == text.front()) && i + 1 < inner.size()) ++i;
    out.push_back(inner[i]);
  }
  return out;
}

SqlToken SqlScanner::make(SqlTokenKind kind, size_t begin, size_t end) {
  at_ = end;
  return {.kind = kind, .begin = begin, .end = end, .text = text_.substr(begin, end - begin)};
}

bool SqlScanner::skip_one() {
  const auto rest = text_.substr(at_);
  if (rest.empty()) return false;
  if (is_blank(rest.front())) {
    ++at_;
    return true;
  }
  for (const auto wide : {kByteOrderMark, kNoBreakSpace, kIdeographicSpace}) {
    if (!rest.starts_with(wide)) continue;
    at_ += wide.size();
    return true;
  }
  if (rest.starts_with("--") || rest.starts_with("# ") || rest.starts_with("#!")) {
    at_ = std::min(text_.find('\n', at_), text_.size());
    return true;
  }
  if (rest.starts_with("/*")) {
    const size_t end = end_of_comment(text_, at_);
    if (end == std::string_view::npos) return false;
    at_ = end;
    return true;
  }
  return false;
}

SqlToken SqlScanner::quoted(size_t begin, char quote, SqlTokenKind kind) {
  for (size_t i = begin + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      if (i + 1 < text_.size() && text_[i + 1] == quote) {
        ++i;
      } else {
        return make(kind, begin, i + 1);
      }
    }
  }
  return make(SqlTokenKind::kUnfinished, begin, text_.size());
}

SqlToken SqlScanner::typographic(size_t begin, std::string_view closing, SqlTokenKind kind) {
  const size_t end = text_.find(closing, begin);
  if (end == std::string_view::npos) {
    return make(SqlTokenKind::kUnfinished, begin, text_.size());
  }
  return make(kind, begin, end + closing.size());
}

SqlToken SqlScanner::heredoc_or_symbol(size_t begin) {
  size_t end = begin + 1;
  while (end < text_.size() && is_word_byte(text_[end])) ++end;
  if (end >= text_.size() || text_[end] != '$') {
    return make(SqlTokenKind::kSymbol, begin, begin + 1);
  }
  const auto tag = text_.substr(begin, end + 1 - begin);
  const size_t closing = text_.find(tag, end + 1);
  if (closing == std::string_view::npos) return make(SqlTokenKind::kSymbol, begin, begin + 1);
  return make(SqlTokenKind::kString, begin, closing + tag.size());
}

SqlToken SqlScanner::next() {
  while (skip_one()) {
  }
  const size_t begin = at_;
  if (begin >= text_.size()) return make(SqlTokenKind::kEnd, text_.size(), text_.size());
  const auto rest = text_.substr(begin);
  switch (rest.front()) {
    case '\'': return quoted(begin, '\'', SqlTokenKind::kString);
    case '`': return quoted(begin, '`', SqlTokenKind::kQuotedIdentifier);
    case '"': return quoted(begin, '"', SqlTokenKind::kQuotedIdentifier);
    case '$': return heredoc_or_symbol(begin);
    default: break;
  }
  if (rest.starts_with("/*")) return make(SqlTokenKind::kUnfinished, begin, text_.size());
  if (rest.starts_with(kOpenSingle)) {
    return typographic(begin, kCloseSingle, SqlTokenKind::kString);
  }
  if (rest.starts_with(kOpenDouble)) {
    return typographic(begin, kCloseDouble, SqlTokenKind::kQuotedIdentifier);
  }
  if (!is_word_byte(rest.front())) return make(SqlTokenKind::kSymbol, begin, begin + 1);
  size_t end = begin;
  while (end < text_.size() && (is_word_byte(text_[end]) || text_[end] == '$')) {
    const auto here = text_.substr(end);
    if (here.starts_with(kNoBreakSpace) || here.starts_with(kIdeographicSpace)) break;
    ++end;
  }
  return make(SqlTokenKind::kWord, begin, end);
}

}  // namespace weir::store
