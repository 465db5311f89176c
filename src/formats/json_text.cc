#include "formats/json_text.h"

#include <array>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "formats/json_keys.h"
#include "types/utf8.h"

namespace weir::formats {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four hex digits at `at`, or -1.
int32_t code_unit(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Behind "\u": moves `at` behind what belongs to it.
bool append_unicode(std::string_view text, size_t& at, std::string& out) {
  const int32_t unit = code_unit(text, at);
  if (unit < 0) return false;
  at += 4;
  if (unit < 0xD800 || unit > 0xDFFF) {
    std::array<char, 4> bytes{};
    out.append(bytes.data(), types::write_code_point(static_cast<uint32_t>(unit), bytes.data()));
    return true;
  }
  if (unit <= 0xDBFF && at + 1 < text.size() && text[at] == '\\' && text[at + 1] == 'u') {
    const int32_t low = code_unit(text, at + 2);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      const int32_t point = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      std::array<char, 4> bytes{};
      out.append(bytes.data(), types::write_code_point(static_cast<uint32_t>(point), bytes.data()));
      at += 6;
      return true;
    }
  }
  out.push_back('?');
  return true;
}

void append_hex(uint32_t unit, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (uint32_t shift = 16; shift > 0; shift -= 4) out.push_back(kHex[unit >> (shift - 4) & 15U]);
}

// `bytes`: the four of one character.
void append_surrogates(std::string_view bytes, std::string& out) {
  uint32_t point = static_cast<unsigned char>(bytes[0]) & 0x07U;
  for (const char c : bytes.substr(1))
    point = point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  point -= 0x10000;
  out += "\\u";
  append_hex(0xD800 + (point >> 10U), out);
  out += "\\u";
  append_hex(0xDC00 + (point & 0x3FFU), out);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// May follow the digits of a number that is not whole.
bool is_part_of_number(char c) { return c == '.' || c == 'e' || c == 'E'; }

// The number that 1 to 8 digits are: three multiplications join neighbours to pairs, fours, eight.
int64_t value_of_8(const char* at, uint32_t digits) {
  uint64_t word = load_le<uint64_t>(at) << (64 - 8 * digits);
  word = (word & 0x0F0F0F0F0F0F0F0FULL) * 2561 >> 8U;
  word = (word & 0x00FF00FF00FF00FFULL) * 6'553'601 >> 16U;
  return static_cast<int64_t>((word & 0x0000FFFF0000FFFFULL) * 42'949'672'960'001ULL >> 32U);
}

bool scan_fraction(JsonCursor& cursor) {
  if (*cursor.at == '.') {
    ++cursor.at;
    if (!is_digit(*cursor.at)) return cursor.fail("a digit must follow the point of a number");
    while (is_digit(*cursor.at) && cursor.at < cursor.end) ++cursor.at;
  }
  if (*cursor.at == 'e' || *cursor.at == 'E') {
    ++cursor.at;
    if (*cursor.at == '+' || *cursor.at == '-') ++cursor.at;
    if (!is_digit(*cursor.at)) return cursor.fail("a digit must follow the exponent of a number");
    while (is_digit(*cursor.at) && cursor.at < cursor.end) ++cursor.at;
  }
  return true;
}

bool scan_word(JsonCursor& cursor, std::string_view word, JsonToken::Kind kind, JsonToken& token) {
  if (std::memcmp(cursor.at, word.data(), word.size()) != 0 ||
      cursor.at + word.size() > cursor.end) {
    return cursor.fail("an unknown word");
  }
  token.kind = kind;
  token.text = {cursor.at, word.size()};
  cursor.at += word.size();
  return true;
}

// Keys of one object, to notice that one comes twice; many keys count as a repetition, which only
// costs the slow path.
template <typename Key>
class Keys {
 public:
  bool add(Key key) {
    for (size_t i = 0; i < count_; ++i) {
      if (keys_[i] == key) return false;
    }
    if (count_ == kMost) return false;
    keys_[count_++] = key;
    return true;
  }

 private:
  static constexpr size_t kMost = 16;
  std::array<Key, kMost> keys_;  // the first `count_` are set
  size_t count_ = 0;
};

// To behind the colon.
bool scan_key(JsonCursor& cursor, std::string_view& key, bool& clean) {
  if (cursor.peek() != '"') return cursor.fail("a field name must stand in quotes");
  ++cursor.at;
  bool escaped = false;
  if (!scan_string(cursor, key, escaped)) return false;
  if (escaped) {
    clean = false;
    std::string ignored;
    if (!unescape(key, ignored)) return cursor.fail("an escape that JSON does not have");
  }
  if (*cursor.at != ':') clean = false;
  return cursor.expect(':', "a colon must follow a field name");
}

// The same for a key that can be predicted; `key` is its number.
bool scan_known_key(JsonCursor& cursor, uint32_t& key, bool& clean) {
  if (cursor.peek() != '"') return cursor.fail("a field name must stand in quotes");
  const char* const begin = cursor.at;
  int field = 0;
  if (!cursor.skipped->read(cursor, field)) return false;
  key = cursor.skipped->last();
  // Escapes and blanks would have made it longer.
  if (cursor.at - begin != cursor.skipped->last_size()) clean = false;
  return true;
}

bool skip_object(JsonCursor& cursor, bool& clean, int depth);
bool skip_array(JsonCursor& cursor, bool& clean, int depth);

bool skip_value(JsonCursor& cursor, bool& clean, int depth) {
  JsonToken token;
  if (static_cast<unsigned char>(*cursor.at) <= ' ') clean = false;
  if (!scan_token(cursor, token)) return false;
  if (token.kind == JsonToken::Kind::kString && !token.escaped) return true;
  return skip_rest(cursor, token, clean, depth);
}

template <typename Key, typename ScanKey>
bool skip_fields(JsonCursor& cursor, bool& clean, int depth, ScanKey&& scan) {
  Keys<Key> keys;
  while (true) {
    if (static_cast<unsigned char>(*cursor.at) <= ' ') clean = false;
    Key key{};
    if (!scan(cursor, key, clean)) return false;
    if (clean && !keys.add(key)) clean = false;
    if (!skip_value(cursor, clean, depth)) return false;
    if (static_cast<unsigned char>(*cursor.at) <= ' ') clean = false;
    const char next = cursor.peek();
    ++cursor.at;
    if (next == ',') continue;
    if (next == '}') return true;
    return cursor.fail("a comma or } must follow a field");
  }
}

bool skip_object(JsonCursor& cursor, bool& clean, int depth) {
  if (depth > kJsonMaxDepth) return cursor.fail("nested too deeply");
  if (static_cast<unsigned char>(*cursor.at) <= ' ') clean = false;
  if (cursor.peek() == '}') {
    ++cursor.at;
    return true;
  }
  if (cursor.skipped != nullptr && !cursor.skipped->is_full()) {
    return skip_fields<uint32_t>(cursor, clean, depth, scan_known_key);
  }
  return skip_fields<std::string_view>(cursor, clean, depth, scan_key);
}

bool skip_array(JsonCursor& cursor, bool& clean, int depth) {
  if (depth > kJsonMaxDepth) return cursor.fail("nested too deeply");
  if (static_cast<unsigned char>(*cursor.at) <= ' ') clean = false;
  if (cursor.peek() == ']') {
    ++cursor.at;
    return true;
  }
  while (true) {
    if (!skip_value(cursor, clean, depth)) return false;
    if (static_cast<unsigned char>(*cursor.at) <= ' ') clean = false;
    const char next = cursor.peek();
    ++cursor.at;
    if (next == ',') continue;
    if (next == ']') return true;
    return cursor.fail("a comma or ] must follow an element");
  }
}

void normalise_value(JsonCursor& cursor, JsonFloats floats, std::string& out);

void normalise_object(JsonCursor& cursor, JsonFloats floats, std::string& out) {
  std::vector<std::pair<std::string, std::string>> fields;
  if (cursor.peek() == '}') {
    ++cursor.at;
    out += "{}";
    return;
  }
  do {
    std::string_view raw;
    bool clean = true;
    if (!scan_key(cursor, raw, clean)) return;
    std::string key;
    if (!unescape(raw, key)) return;
    std::string value;
    normalise_value(cursor, floats, value);
    bool replaced = false;
    for (auto& field : fields) {
      if (field.first != key) continue;
      field.second = value;
      replaced = true;
    }
    if (!replaced) fields.emplace_back(std::move(key), std::move(value));
    const char next = cursor.peek();
    ++cursor.at;
    if (next != ',') break;
  } while (true);
  out.push_back('{');
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_string(fields[i].first, JsonSupplementary::kPlain, out);
    out.push_back(':');
    out += fields[i].second;
  }
  out.push_back('}');
}

void normalise_array(JsonCursor& cursor, JsonFloats floats, std::string& out) {
  out.push_back('[');
  if (cursor.peek() == ']') {
    ++cursor.at;
  } else {
    do {
      normalise_value(cursor, floats, out);
      const char next = cursor.peek();
      ++cursor.at;
      if (next != ',') break;
      out.push_back(',');
    } while (true);
  }
  out.push_back(']');
}

void normalise_value(JsonCursor& cursor, JsonFloats floats, std::string& out) {
  JsonToken token;
  if (!scan_token(cursor, token)) return;
  switch (token.kind) {
    case JsonToken::Kind::kString: {
      std::string text;
      if (!unescape(token.text, text)) return;
      append_json_string(text, JsonSupplementary::kPlain, out);
      return;
    }
    case JsonToken::Kind::kInteger: out += token.text == "-0" ? "0" : token.text; return;
    case JsonToken::Kind::kFloat: append_json_float(token.text, floats, out); return;
    case JsonToken::Kind::kTrue:
    case JsonToken::Kind::kFalse:
    case JsonToken::Kind::kNull: out += token.text; return;
    case JsonToken::Kind::kObject: normalise_object(cursor, floats, out); return;
    case JsonToken::Kind::kArray: normalise_array(cursor, floats, out); return;
  }
}

}  // namespace

bool unescape(std::string_view text, std::string& out) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t slash = text.find('\\', at);
    out += text.substr(at, slash - at);
    if (slash == std::string_view::npos) return true;
    if (slash + 1 >= text.size()) return false;
    at = slash + 2;
    switch (text[slash + 1]) {
      case '"': out.push_back('"'); break;
      case '\\': out.push_back('\\'); break;
      case '/': out.push_back('/'); break;
      case 'b': out.push_back('\b'); break;
      case 'f': out.push_back('\f'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 't': out.push_back('\t'); break;
      case 'u':
        if (!append_unicode(text, at, out)) return false;
        break;
      default: return false;
    }
  }
  return true;
}

bool scan_number(JsonCursor& cursor, JsonToken& token) {
  const char* const begin = cursor.at;
  const uint32_t plain = count_digits(begin);
  if (plain > 0 && plain < 16 && begin + plain < cursor.end && !is_part_of_number(begin[plain]) &&
      (plain == 1 || *begin != '0')) [[likely]] {
    token.kind = JsonToken::Kind::kInteger;
    token.small = true;
    token.integer =
        plain <= 8 ? value_of_8(begin, plain)
                   : value_of_8(begin, plain - 8) * 100'000'000 + value_of_8(begin + plain - 8, 8);
    token.text = {begin, plain};
    cursor.at = begin + plain;
    return true;
  }
  const bool negative = *cursor.at == '-';
  if (negative) ++cursor.at;
  if (!is_digit(*cursor.at)) return cursor.fail("a value is missing");
  const char* const digits = cursor.at;
  uint64_t value = 0;
  while (is_digit(*cursor.at) && cursor.at < cursor.end) {
    value = value * 10 + static_cast<uint64_t>(*cursor.at++ - '0');
  }
  const auto count = static_cast<size_t>(cursor.at - digits);
  if (count > 1 && *digits == '0') return cursor.fail("a number must not begin with 0");
  token.kind = JsonToken::Kind::kInteger;
  token.small = count <= 18;
  token.integer = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  if (*cursor.at == '.' || *cursor.at == 'e' || *cursor.at == 'E') {
    token.kind = JsonToken::Kind::kFloat;
    if (!scan_fraction(cursor)) return false;
  }
  if (cursor.at > cursor.end) return cursor.fail("the record ends inside a number");
  token.text = {begin, static_cast<size_t>(cursor.at - begin)};
  if (token.text.size() > kJsonMaxNumber) return cursor.fail("a number of more than 1000 digits");
  return true;
}

bool scan_other_token(JsonCursor& cursor, JsonToken& token, char first) {
  switch (first) {
    case '{':
      ++cursor.at;
      token.kind = JsonToken::Kind::kObject;
      return true;
    case '[':
      ++cursor.at;
      token.kind = JsonToken::Kind::kArray;
      return true;
    case 't': return scan_word(cursor, "true", JsonToken::Kind::kTrue, token);
    case 'f': return scan_word(cursor, "false", JsonToken::Kind::kFalse, token);
    case 'n': return scan_word(cursor, "null", JsonToken::Kind::kNull, token);
    case '\0': return cursor.fail("the record ends where a value must stand");
    default: return scan_number(cursor, token);
  }
}

bool skip_rest(JsonCursor& cursor, const JsonToken& token, bool& clean, int depth) {
  switch (token.kind) {
    case JsonToken::Kind::kObject: return skip_object(cursor, clean, depth + 1);
    case JsonToken::Kind::kArray: return skip_array(cursor, clean, depth + 1);
    case JsonToken::Kind::kString:
      if (token.escaped) {
        clean = false;
        std::string ignored;
        if (!unescape(token.text, ignored)) {
          return cursor.fail("an escape that JSON does not have");
        }
      }
      return true;
    case JsonToken::Kind::kFloat: clean = false; return true;
    case JsonToken::Kind::kInteger:
      if (token.text == "-0") clean = false;
      return true;
    case JsonToken::Kind::kTrue:
    case JsonToken::Kind::kFalse:
    case JsonToken::Kind::kNull: return true;
  }
  return true;
}

void normalise_json(std::string_view text, JsonFloats floats, std::string& out) {
  JsonCursor cursor{text.data(), text.data() + text.size(), nullptr, false, nullptr};
  normalise_value(cursor, floats, out);
}

void append_json_string(std::string_view text, JsonSupplementary supplementary, std::string& out) {
  const int lead_to_escape = supplementary == JsonSupplementary::kEscaped ? 0xF0 : 0x100;
  out.push_back('"');
  size_t done = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const int byte = static_cast<unsigned char>(c);
    if (byte >= lead_to_escape && at + 4 <= text.size()) {
      out += text.substr(done, at - done);
      append_surrogates(text.substr(at, 4), out);
      at += 3;
      done = at + 1;
      continue;
    }
    if (byte >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(done, at - done);
    done = at + 1;
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\': out.push_back(c); break;
      case '\b': out.push_back('b'); break;
      case '\f': out.push_back('f'); break;
      case '\n': out.push_back('n'); break;
      case '\r': out.push_back('r'); break;
      case '\t': out.push_back('t'); break;
      default:
        out.push_back('u');
        append_hex(static_cast<uint32_t>(byte), out);
        break;
    }
  }
  out += text.substr(done);
  out.push_back('"');
}

}  // namespace weir::formats
