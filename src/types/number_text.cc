#include "types/number_text.h"

#include <fast_float/fast_float.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace weir::types {
namespace {

size_t copy(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return text.size();
}

// Lays out digits d.ddd * 10^exponent as Java does: plain for 10^-3 <= |v| < 10^7.
size_t lay_out(std::string_view digits, int exponent, char* out) {
  char* to = out;
  const auto count = static_cast<int>(digits.size());
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) {
      to += copy("0.", to);
      for (int i = exponent + 1; i < 0; ++i) *to++ = '0';
      to += copy(digits, to);
      return static_cast<size_t>(to - out);
    }
    for (int i = 0; i <= exponent; ++i) *to++ = i < count ? digits[static_cast<size_t>(i)] : '0';
    *to++ = '.';
    if (count > exponent + 1) {
      to += copy(digits.substr(static_cast<size_t>(exponent) + 1), to);
    } else {
      *to++ = '0';
    }
    return static_cast<size_t>(to - out);
  }
  *to++ = digits[0];
  *to++ = '.';
  to += count > 1 ? copy(digits.substr(1), to) : copy("0", to);
  *to++ = 'E';
  return static_cast<size_t>(std::to_chars(to, to + 6, exponent).ptr - out);
}

template <typename T>
size_t format_float_type(T value, char* out) {
  if (std::isnan(value)) return copy("NaN", out);
  char* to = out;
  if (std::signbit(value)) {
    *to++ = '-';
    value = -value;
  }
  if (std::isinf(value)) return static_cast<size_t>(to - out) + copy("Infinity", to);
  if (value == 0) return static_cast<size_t>(to - out) + copy("0.0", to);
  std::array<char, 40> text{};
  const char* end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  // d[.ddd]e[+-]xx
  std::array<char, 24> digits{};
  size_t count = 0;
  const char* at = text.data();
  for (; *at != 'e'; ++at) {
    if (*at != '.') digits[count++] = *at;
  }
  ++at;
  if (*at == '+') ++at;
  int exponent = 0;
  std::from_chars(at, end, exponent);
  return static_cast<size_t>(to - out) + lay_out({digits.data(), count}, exponent, to);
}

template <typename T>
std::optional<T> parse_float_type(std::string_view text) {
  const std::string_view whole = text;
  if (text.empty()) return std::nullopt;
  const char last = text.back();
  if (text.size() > 1 && (last == 'd' || last == 'D' || last == 'f' || last == 'F')) {
    text.remove_suffix(1);
  }
  bool negative = false;
  if (text[0] == '+' || text[0] == '-') {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  if (!(text[0] == '.' || (text[0] >= '0' && text[0] <= '9'))) {
    // Only these words, in this spelling and without a suffix, are numbers in Java.
    if (whole == "NaN" || whole == "+NaN" || whole == "-NaN") return static_cast<T>(NAN);
    if (whole.ends_with("Infinity") && text == "Infinity") {
      return static_cast<T>(negative ? -INFINITY : INFINITY);
    }
    return std::nullopt;
  }
  T value = 0;
  const auto [end, error] = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error != std::errc{} && error != std::errc::result_out_of_range) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace

size_t format_double(double value, char* out) { return format_float_type(value, out); }

size_t format_float(float value, char* out) { return format_float_type(value, out); }

size_t format_integer(int64_t value, char* out) {
  return static_cast<size_t>(std::to_chars(out, out + kNumberTextBytes, value).ptr - out);
}

std::optional<int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_double(std::string_view text) { return parse_float_type<double>(text); }

std::optional<float> parse_float(std::string_view text) { return parse_float_type<float>(text); }

std::string_view java_trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

}  // namespace weir::types
