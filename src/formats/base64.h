// Base64 (RFC 4648 section 4), the standard alphabet with padding.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::formats {

// Writes at most text.size() bytes; nullopt: not base64. Padding may be missing at the end.
[[nodiscard]] std::optional<size_t> decode_base64(std::string_view text, char* out);
[[nodiscard]] constexpr size_t base64_size(size_t bytes) { return (bytes + 2) / 3 * 4; }
// Writes base64_size(bytes.size()) characters.
void encode_base64(std::string_view bytes, char* out);

}  // namespace weir::formats
