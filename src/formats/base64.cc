#include "formats/base64.h"

#include <array>
#include <cstdint>

namespace weir::formats {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> kValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}();

}  // namespace

std::optional<size_t> decode_base64(std::string_view text, char* out) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  uint32_t bits = 0;
  unsigned have = 0;
  size_t size = 0;
  for (const char c : text) {
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6U | static_cast<uint32_t>(value);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out[size++] = static_cast<char>(bits >> have & 0xFFU);
    }
  }
  return size;
}

void encode_base64(std::string_view bytes, char* out) {
  const auto byte = [&](size_t at) -> uint32_t {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
  };
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const uint32_t bits = byte(at) << 16U | byte(at + 1) << 8U | byte(at + 2);
    *out++ = kAlphabet[bits >> 18U];
    *out++ = kAlphabet[bits >> 12U & 63U];
    *out++ = at + 1 < bytes.size() ? kAlphabet[bits >> 6U & 63U] : '=';
    *out++ = at + 2 < bytes.size() ? kAlphabet[bits & 63U] : '=';
  }
}

}  // namespace weir::formats
