#include "formats/json_number.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "types/number_text.h"

namespace weir::formats {
namespace {

// Beyond any exponent that is worth telling apart; sums with lengths of numbers stay far from
// the ends of int64.
constexpr int64_t kExponentMax = 1'000'000'000'000;

int64_t exponent_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  for (const char digit : text) value = std::min(value * 10 + (digit - '0'), kExponentMax);
  return negative ? -value : value;
}

void append_big_decimal(std::string_view text, std::string& out) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t mark = std::min(text.find_first_of("eE"), text.size());
  std::string digits;
  int64_t scale = mark < text.size() ? -exponent_of(text.substr(mark + 1)) : 0;
  bool behind_point = false;
  for (const char c : text.substr(0, mark)) {
    if (c == '.') {
      behind_point = true;
      continue;
    }
    digits.push_back(c);
    if (behind_point) ++scale;
  }
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) {
    out.push_back('0');
    return;
  }
  while (digits.back() == '0') {
    digits.pop_back();
    --scale;
  }
  if (negative) out.push_back('-');
  const auto count = static_cast<int64_t>(digits.size());
  const int64_t exponent = count - 1 - scale;
  if (scale >= 0 && exponent >= -6) {
    if (scale >= count) {
      out += "0.";
      out.append(static_cast<size_t>(scale - count), '0');
    } else if (scale > 0) {
      digits.insert(static_cast<size_t>(count - scale), 1, '.');
    }
    out += digits;
    return;
  }
  if (count > 1) digits.insert(1, 1, '.');
  out += digits;
  out += exponent > 0 ? "E+" : "E";
  out += std::to_string(exponent);
}

}  // namespace

void append_json_float(std::string_view text, JsonFloats floats, std::string& out) {
  if (floats == JsonFloats::kBigDecimal) return append_big_decimal(text, out);
  std::array<char, types::kNumberTextBytes> number{};
  const double value = types::parse_double(text).value_or(0);
  out.append(number.data(), types::format_double(value, number.data()));
}

}  // namespace weir::formats
