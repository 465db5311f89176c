#include "types/utf8.h"

#include "base/bytes.h"

namespace weir::types {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080ULL;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The size of the well-formed sequence at the front of `text`, 0 when there is none.
size_t sequence_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t size = lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4);
  if (text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogates
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return size;
}

}  // namespace

bool is_ascii(std::string_view text) {
  size_t at = 0;
  uint64_t seen = 0;
  for (; at + 8 <= text.size(); at += 8) seen |= load_le<uint64_t>(text.data() + at);
  for (; at < text.size(); ++at) seen |= static_cast<unsigned char>(text[at]);
  return (seen & kHighBits) == 0;
}

bool is_valid_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && (load_le<uint64_t>(text.data() + at) & kHighBits) == 0) {
      at += 8;
      continue;
    }
    const size_t size = sequence_size(text.substr(at));
    if (size == 0) return false;
    at += size;
  }
  return true;
}

size_t count_code_points(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

size_t code_point_offset(std::string_view text, size_t index) {
  size_t at = 0;
  while (at < text.size()) {
    if (!is_continuation(text[at]) && index-- == 0) return at;
    ++at;
  }
  return text.size();
}

size_t write_code_point(uint32_t code_point, char* out) {
  const auto put = [&](size_t at, uint32_t value) { out[at] = static_cast<char>(value); };
  if (code_point < 0x80) {
    put(0, code_point);
    return 1;
  }
  if (code_point < 0x800) {
    put(0, 0xC0U | code_point >> 6U);
    put(1, 0x80U | (code_point & 0x3FU));
    return 2;
  }
  if (code_point < 0x10000) {
    put(0, 0xE0U | code_point >> 12U);
    put(1, 0x80U | (code_point >> 6U & 0x3FU));
    put(2, 0x80U | (code_point & 0x3FU));
    return 3;
  }
  put(0, 0xF0U | code_point >> 18U);
  put(1, 0x80U | (code_point >> 12U & 0x3FU));
  put(2, 0x80U | (code_point >> 6U & 0x3FU));
  put(3, 0x80U | (code_point & 0x3FU));
  return 4;
}

}  // namespace weir::types
