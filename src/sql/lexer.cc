#include "sql/lexer.h"

#include <array>

namespace weir::sql {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters, '_', '$' and everything outside ASCII begin a name; digits go on in it.
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool continues_name(char c) { return begins_name(c) || is_digit(c); }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

class Lexer {
 public:
  explicit Lexer(const SourceText& source) : source_(source), text_(source.text()) {}

  TokenList run() {
    while (!error_.has_value()) {
      space_ = tokens_.empty();
      skip_blanks_and_comments();
      if (error_.has_value()) break;
      if (at_ >= text_.size()) {
        add(Token::Kind::kEnd, at_, {});
        break;
      }
      next();
    }
    if (error_.has_value()) add(Token::Kind::kError, error_at_, {});
    return {std::move(tokens_), std::move(error_)};
  }

 private:
  [[nodiscard]] bool looking_at(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }
  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void add(Token::Kind kind, size_t begin, std::string text) {
    tokens_.push_back({kind,
                       std::move(text),
                       {static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)},
                       space_});
  }

  void fail(size_t begin, size_t end, std::string message, std::string hint = {}) {
    error_at_ = begin;
    at_ = std::max(end, begin);
    const Span span{static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)};
    error_ = invalid(std::move(message)).hint(std::move(hint)).at(source_.position(span));
  }

  void skip_blanks_and_comments() {
    for (;;) {
      const size_t before = at_;
      if (at_ < text_.size() && is_blank(text_[at_])) {
        ++at_;
      } else if (looking_at("--") || looking_at("//")) {
        const size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
      } else if (looking_at("/*") && !begins_hint()) {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) {
          fail(at_, at_ + 2, "this comment has no end", "close it with */");
          return;
        }
        at_ = end + 2;
      }
      if (at_ == before) return;
      space_ = true;
    }
  }

  // `/*+` and then a name: anything else, such as a line of pluses, is a comment.
  [[nodiscard]] bool begins_hint() const {
    if (!looking_at("/*+")) return false;
    size_t i = at_ + 3;
    while (i < text_.size() && is_blank(text_[i])) ++i;
    return i < text_.size() && begins_name(text_[i]);
  }

  void next() {
    const size_t begin = at_;
    const char c = text_[at_];
    if ((c == 'U' || c == 'u') && peek(1) == '&' && peek(2) == '\'') return unicode_string();
    if ((c == 'X' || c == 'x') && peek(1) == '\'') return binary_string();
    if (begins_name(c)) {
      while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
      return add(Token::Kind::kWord, begin, std::string(text_.substr(begin, at_ - begin)));
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '\'') {
      auto text = quoted('\'', "this string has no end", "close it with '");
      if (!error_.has_value()) add(Token::Kind::kString, begin, std::move(text));
      return;
    }
    if (c == '`') return quoted_name();
    if (c == '"') {
      return fail(begin, begin + 1, "double quotes have no meaning here",
                  "strings are written in single quotes ('...'), names in backticks (`...`)");
    }
    symbol();
  }

  // The text between two quotes; a doubled quote inside stands for itself.
  std::string quoted(char quote, std::string message, std::string hint) {
    const size_t begin = at_++;
    std::string out;
    for (;;) {
      const size_t end = text_.find(quote, at_);
      if (end == std::string_view::npos) {
        fail(begin, begin + 1, std::move(message), std::move(hint));
        return {};
      }
      out += text_.substr(at_, end - at_);
      at_ = end + 1;
      if (peek() != quote) return out;
      out.push_back(quote);
      ++at_;
    }
  }

  void quoted_name() {
    const size_t begin = at_;
    auto text = quoted('`', "this name has no end", "close it with `");
    if (error_.has_value()) return;
    if (text.empty()) return fail(begin, at_, "a name must not be empty");
    add(Token::Kind::kQuotedName, begin, std::move(text));
  }

  // U&'...': \XXXX and \+XXXXXX are code points, \\ a backslash.
  void unicode_string() {
    const size_t begin = at_;
    at_ += 2;
    const std::string raw = quoted('\'', "this string has no end", "close it with '");
    if (error_.has_value()) return;
    std::string out;
    for (size_t i = 0; i < raw.size();) {
      if (raw[i] != '\\') {
        out.push_back(raw[i++]);
        continue;
      }
      if (raw.substr(i).starts_with("\\\\")) {
        out.push_back('\\');
        i += 2;
        continue;
      }
      const bool wide = i + 1 < raw.size() && raw[i + 1] == '+';
      const size_t digits_at = i + (wide ? 2 : 1);
      const size_t digits = wide ? 6 : 4;
      uint32_t code = 0;
      bool good = digits_at + digits <= raw.size();
      for (size_t d = 0; good && d < digits; ++d) {
        const int digit = hex_digit(raw[digits_at + d]);
        good = digit >= 0;
        code = code * 16 + static_cast<uint32_t>(good ? digit : 0);
      }
      if (!good || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return fail(begin, at_, "this string has a bad Unicode escape",
                    "write \\ and four hexadecimal digits, or \\+ and six");
      }
      append_utf8(out, code);
      i = digits_at + digits;
    }
    add(Token::Kind::kString, begin, std::move(out));
  }

  void binary_string() {
    const size_t begin = at_++;
    const std::string raw = quoted('\'', "this string has no end", "close it with '");
    if (error_.has_value()) return;
    std::string out;
    bool good = raw.size() % 2 == 0;
    for (size_t i = 0; good && i < raw.size(); i += 2) {
      const int high = hex_digit(raw[i]);
      const int low = hex_digit(raw[i + 1]);
      good = high >= 0 && low >= 0;
      if (good) out.push_back(static_cast<char>(high * 16 + low));
    }
    if (!good) {
      return fail(begin, at_, "a binary literal has an even number of hexadecimal digits");
    }
    add(Token::Kind::kBinary, begin, std::move(out));
  }

  void number() {
    const size_t begin = at_;
    auto kind = Token::Kind::kInteger;
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && !begins_name(peek(1))) {
      kind = Token::Kind::kDecimal;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      const size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        kind = Token::Kind::kApproximate;
        at_ += 1 + sign;
        while (is_digit(peek())) ++at_;
      }
    }
    if (begins_name(peek())) {
      while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
      return fail(begin, at_, "a name cannot begin with a digit",
                  "write it in backticks: `" + std::string(text_.substr(begin, at_ - begin)) + "`");
    }
    add(kind, begin, std::string(text_.substr(begin, at_ - begin)));
  }

  void symbol() {
    static constexpr std::array<std::string_view, 7> kLong{"<>", "<=", ">=", "||",
                                                           "=>", "!=", "->"};
    static constexpr std::string_view kShort = "()[]{},;.*+-/%=<>:?";
    const size_t begin = at_;
    if (inside_hint_ && looking_at("*/")) {
      at_ += 2;
      inside_hint_ = false;
      return add(Token::Kind::kHintEnd, begin, "*/");
    }
    if (looking_at("/*+")) {
      at_ += 3;
      inside_hint_ = true;
      return add(Token::Kind::kHintBegin, begin, "/*+");
    }
    for (const auto symbol : kLong) {
      if (looking_at(symbol)) {
        at_ += symbol.size();
        return add(Token::Kind::kSymbol, begin, std::string(symbol));
      }
    }
    if (kShort.find(text_[at_]) != std::string_view::npos) {
      ++at_;
      return add(Token::Kind::kSymbol, begin, std::string(1, text_[begin]));
    }
    fail(begin, begin + 1, fmt::format("the character '{}' has no meaning here", printable(begin)));
  }

  [[nodiscard]] std::string printable(size_t at) const {
    const auto byte = static_cast<unsigned char>(text_[at]);
    return byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02X}", byte) : std::string(1, text_[at]);
  }

  const SourceText& source_;
  std::string_view text_;
  size_t at_ = 0;
  size_t error_at_ = 0;
  bool space_ = true;
  bool inside_hint_ = false;
  std::vector<Token> tokens_;
  std::optional<Error> error_;
};

}  // namespace

TokenList tokenize(const SourceText& source) { return Lexer(source).run(); }

}  // namespace weir::sql
