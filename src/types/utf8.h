// UTF-8: validation and counting, fast where text is ASCII.
//
// Pure functions. Counting takes the text as valid (everything that enters columns was validated)
// but never reads beyond it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::types {

[[nodiscard]] bool is_ascii(std::string_view text);
// Well-formed as Unicode defines it: no overlong forms, no surrogates, at most U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);
[[nodiscard]] size_t count_code_points(std::string_view text);
// Where code point number `index` (from 0) begins; the size when there are fewer.
[[nodiscard]] size_t code_point_offset(std::string_view text, size_t index);
// Bytes of the code point that begins with `lead`.
[[nodiscard]] inline size_t code_point_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}
// Writes up to 4 bytes, returns how many. `code_point` is at most 0x10FFFF and no surrogate.
size_t write_code_point(uint32_t code_point, char* out);

}  // namespace weir::types
