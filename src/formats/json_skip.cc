// Passes over values that nobody wants, as fast as their grammar can be checked.
//
//   per field:  the predicted key with its colon by one comparison; a plain string by one mask a
//               32 bytes; a whole number by one mask; the comma
//   whatever is not that simple: the general scanner, which also finds the words for a fault
//
// The position is kept in a register along the simple way and goes back into the cursor before
// anything else is called.
#include "formats/json_keys.h"
#include "formats/json_text.h"

namespace weir::formats {
namespace {

bool skip_fields(JsonCursor& cursor, int depth);
bool skip_elements(JsonCursor& cursor, int depth);

// A whole number that ends a field or an element: behind it. Null: something else.
const char* plain_number_end(const char* at, const char* end) {
  const char* const digits = at + (*at == '-' ? 1 : 0);
  const uint32_t count = count_digits(digits);
  const char* const behind = digits + count;
  const bool whole = *behind == ',' || *behind == '}' || *behind == ']';
  if (!whole || count == 0 || behind >= end) return nullptr;
  return count == 1 || *digits != '0' ? behind : nullptr;
}

bool skip_general(JsonCursor& cursor, int depth) {
  JsonToken token;
  if (!scan_token(cursor, token)) return false;
  if (token.kind == JsonToken::Kind::kObject) return skip_fields(cursor, depth + 1);
  if (token.kind == JsonToken::Kind::kArray) return skip_elements(cursor, depth + 1);
  bool clean = false;
  return skip_rest(cursor, token, clean, depth);
}

// The value at `at`: behind it, null when it is broken.
inline const char* skip_value(JsonCursor& cursor, const char* at, int depth, uint32_t& high) {
  if (*at == '"') [[likely]] {
    const char* const quote = plain_string_end(at + 1, cursor.end, high);
    if (quote != nullptr) [[likely]]
      return quote + 1;
  } else {
    const char* const behind = plain_number_end(at, cursor.end);
    if (behind != nullptr) return behind;
  }
  cursor.at = at;
  return skip_general(cursor, depth) ? cursor.at : nullptr;
}

// A key that was not predicted: to behind its colon.
bool skip_key(JsonCursor& cursor) {
  if (cursor.peek() != '"') return cursor.fail("a field name must stand in quotes");
  if (!cursor.skipped->is_full()) {
    int field = 0;
    return cursor.skipped->read(cursor, field);
  }
  ++cursor.at;
  std::string_view key;
  bool escaped = false;
  if (!scan_string(cursor, key, escaped)) return false;
  std::string ignored;
  if (escaped && !unescape(key, ignored)) {
    return cursor.fail("an escape that JSON does not have");
  }
  return cursor.expect(':', "a colon must follow a field name");
}

// Behind the opening brace.
bool skip_fields(JsonCursor& cursor, int depth) {
  if (depth > kJsonMaxDepth) return cursor.fail("nested too deeply");
  if (cursor.peek() == '}') {
    ++cursor.at;
    return true;
  }
  const char* at = cursor.at;
  uint32_t high = 0;
  while (true) {
    const char* behind = cursor.skipped->predicted(at);
    if (behind == nullptr || behind >= cursor.end) [[unlikely]] {
      cursor.at = at;
      if (behind != nullptr) return cursor.fail("the record ends behind a field name");
      if (!skip_key(cursor)) return false;
      behind = cursor.at;
    }
    at = skip_value(cursor, behind, depth, high);
    if (at == nullptr) return false;
    if (*at == ',' && at < cursor.end) [[likely]] {
      ++at;
      continue;
    }
    cursor.at = at;
    const char next = cursor.peek();
    at = ++cursor.at;
    if (next == ',') continue;
    if (next != '}') return cursor.fail("a comma or } must follow a field");
    cursor.suspicious |= high != 0;
    return true;
  }
}

// Behind the opening bracket.
bool skip_elements(JsonCursor& cursor, int depth) {
  if (depth > kJsonMaxDepth) return cursor.fail("nested too deeply");
  if (cursor.peek() == ']') {
    ++cursor.at;
    return true;
  }
  const char* at = cursor.at;
  uint32_t high = 0;
  while (true) {
    at = skip_value(cursor, at, depth, high);
    if (at == nullptr) return false;
    cursor.at = at;
    const char next = cursor.peek();
    at = ++cursor.at;
    if (next == ',') continue;
    if (next != ']') return cursor.fail("a comma or ] must follow an element");
    cursor.suspicious |= high != 0;
    return true;
  }
}

}  // namespace

bool skip_unwanted_rest(JsonCursor& cursor, int depth) { return skip_general(cursor, depth); }

}  // namespace weir::formats
