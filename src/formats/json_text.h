// The grammar of JSON as Jackson reads it, over text that lies in padded memory.
//
// A JsonCursor walks one record; 64 bytes behind its end must be readable, what they hold does not
// matter: nothing is believed that lies behind the end. Functions return false at the first fault
// and leave its reason; the cursor is then of no further use. Non-ASCII bytes are only noticed
// (suspicious); the caller validates the record's UTF-8 as a whole. One thread.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/json_number.h"

namespace weir::formats {

// As Jackson's StreamReadConstraints.
inline constexpr int kJsonMaxDepth = 1000;
inline constexpr size_t kJsonMaxNumber = 1000;

struct JsonToken {
  enum class Kind : uint8_t { kString, kInteger, kFloat, kTrue, kFalse, kNull, kObject, kArray };
  Kind kind = Kind::kNull;
  bool escaped = false;  // kString: `text` still has its escapes
  bool small = false;    // kInteger: `integer` is its value
  int64_t integer = 0;
  std::string_view text;  // kString: between the quotes; numbers and words: as written
};

class JsonKeys;

struct JsonCursor {
  const char* at = nullptr;
  const char* end = nullptr;
  const char* reason = nullptr;
  bool suspicious = false;      // bytes above 0x7F were seen
  JsonKeys* skipped = nullptr;  // predicts the keys inside of what is skipped; may be null

  bool fail(const char* why) {
    reason = why;
    return false;
  }
  // A blank line more or less costs nothing when there is none.
  void skip_blanks() {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) ++at;
  }
  // The next character after blanks, 0 at the end.
  char peek() {
    if (static_cast<unsigned char>(*at) > ' ' && at < end) [[likely]]
      return *at;
    skip_blanks();
    return at < end ? *at : '\0';
  }
  bool expect(char c, const char* why) {
    if (peek() != c) return fail(why);
    ++at;
    return true;
  }
};

// The bits up to the lowest one that is set in `mask`, all when there is none: what lies behind it
// is another field, or another record's header, and says nothing about this string.
inline uint32_t up_to_first(uint32_t mask) { return mask ^ (mask - 1); }

// Behind the opening quote: to behind the closing one; the text between them.
inline bool scan_string(JsonCursor& cursor, std::string_view& text, bool& escaped) {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i control = _mm256_set1_epi8(0x1F);
  const char* const begin = cursor.at;
  const char* at = begin;
  escaped = false;
  while (at < cursor.end) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i stops = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash)),
        _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, control), control));
    const auto mask = static_cast<uint32_t>(_mm256_movemask_epi8(stops));
    if ((static_cast<uint32_t>(_mm256_movemask_epi8(bytes)) & up_to_first(mask)) != 0) {
      cursor.suspicious = true;
    }
    if (mask == 0) {
      at += sizeof(__m256i);
      continue;
    }
    at += static_cast<unsigned>(__builtin_ctz(mask));
    if (at >= cursor.end) break;
    if (*at == '"') [[likely]] {
      text = {begin, static_cast<size_t>(at - begin)};
      cursor.at = at + 1;
      return true;
    }
    if (*at != '\\') return cursor.fail("a control character inside a string");
    escaped = true;
    at += 2;
  }
  return cursor.fail("the record ends inside a string");
}

// Behind the opening quote of a string without escapes: at its closing quote. Null: the string is
// not that simple, see scan_string(). Bits of bytes above 0x7F are added to `high`.
inline const char* plain_string_end(const char* at, const char* end, uint32_t& high) {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i control = _mm256_set1_epi8(0x1F);
  while (at < end) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i stops = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash)),
        _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, control), control));
    const auto mask = static_cast<uint32_t>(_mm256_movemask_epi8(stops));
    high |= static_cast<uint32_t>(_mm256_movemask_epi8(bytes)) & up_to_first(mask);
    if (mask != 0) [[likely]] {
      at += static_cast<unsigned>(__builtin_ctz(mask));
      return *at == '"' && at < end ? at : nullptr;
    }
    at += sizeof(__m256i);
  }
  return nullptr;
}

// How many digits stand at `at`, at most 16.
inline uint32_t count_digits(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  const auto others = ~static_cast<uint32_t>(_mm_movemask_epi8(digits)) | 0x10000U;
  return static_cast<uint32_t>(__builtin_ctz(others));
}

// `text` without its escapes, appended to `out` as UTF-8; a lone surrogate becomes '?', as Java
// encodes it. False: an escape that JSON does not have.
[[nodiscard]] bool unescape(std::string_view text, std::string& out);

// At a digit or '-'.
bool scan_number(JsonCursor& cursor, JsonToken& token);
// Everything but a string; see scan_token().
bool scan_other_token(JsonCursor& cursor, JsonToken& token, char first);
// A value's first character is next: reads scalars whole, of objects and arrays only the opening
// bracket.
inline bool scan_token(JsonCursor& cursor, JsonToken& token) {
  const char first = cursor.peek();
  if (first == '"') [[likely]] {
    ++cursor.at;
    token.kind = JsonToken::Kind::kString;
    return scan_string(cursor, token.text, token.escaped);
  }
  return scan_other_token(cursor, token, first);
}

// Behind a token of an object or array (or a scalar, where it does nothing): to its end. `clean`
// turns false when Jackson would write the value differently from how it stands here; who does not
// care passes false, which is faster.
bool skip_rest(JsonCursor& cursor, const JsonToken& token, bool& clean, int depth);

// A value that nobody wants is next, `depth` levels deep: to its end. All of its grammar is
// checked. The cursor must have `skipped`. (json_skip.cc)
bool skip_unwanted_rest(JsonCursor& cursor, int depth);
inline bool skip_unwanted(JsonCursor& cursor, int depth) {
  if (*cursor.at == '"') {
    uint32_t high = 0;
    const char* const quote = plain_string_end(cursor.at + 1, cursor.end, high);
    if (quote != nullptr) [[likely]] {
      cursor.suspicious |= high != 0;
      cursor.at = quote + 1;
      return true;
    }
  }
  return skip_unwanted_rest(cursor, depth);
}

// Appends what Jackson's tree writes for the valid JSON `text`: compact, numbers and escapes
// normalised, of repeated keys the last value.
void normalise_json(std::string_view text, JsonFloats floats, std::string& out);

// How characters beyond U+FFFF stand in a string: Jackson writes them to text as they are, and to
// bytes as two escapes.
enum class JsonSupplementary : uint8_t { kPlain, kEscaped };

// Appends valid UTF-8 as a JSON string with quotes, escaped as Jackson does.
void append_json_string(std::string_view text, JsonSupplementary supplementary, std::string& out);

}  // namespace weir::formats
