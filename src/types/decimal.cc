#include "types/decimal.h"

#include <array>
#include <charconv>
#include <cmath>

namespace weir::types {
namespace {

constexpr std::array<int128_t, kMaxDecimalDigits + 1> kPowers = [] {
  std::array<int128_t, kMaxDecimalDigits + 1> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

uint128_t magnitude(int128_t value) {
  return value < 0 ? ~static_cast<uint128_t>(value) + 1 : static_cast<uint128_t>(value);
}

// A product of two magnitudes: four 64-bit limbs, the lowest first.
struct Wide {
  std::array<uint64_t, 4> limbs{};

  static Wide product(uint128_t a, uint128_t b) {
    const std::array<uint64_t, 2> x{static_cast<uint64_t>(a), static_cast<uint64_t>(a >> 64U)};
    const std::array<uint64_t, 2> y{static_cast<uint64_t>(b), static_cast<uint64_t>(b >> 64U)};
    Wide out;
    for (size_t i = 0; i < 2; ++i) {
      uint128_t carry = 0;
      for (size_t j = 0; j < 2; ++j) {
        carry += static_cast<uint128_t>(x[i]) * y[j] + out.limbs[i + j];
        out.limbs[i + j] = static_cast<uint64_t>(carry);
        carry >>= 64U;
      }
      out.limbs[i + 2] = static_cast<uint64_t>(carry);
    }
    return out;
  }

  // Divides in place, returns the remainder.
  uint64_t divide(uint64_t by) {
    uint128_t rest = 0;
    for (size_t i = 4; i-- > 0;) {
      rest = rest << 64U | limbs[i];
      limbs[i] = static_cast<uint64_t>(rest / by);
      rest %= by;
    }
    return static_cast<uint64_t>(rest);
  }

  [[nodiscard]] bool fits() const { return limbs[2] == 0 && limbs[3] == 0 && limbs[1] >> 63U == 0; }
  [[nodiscard]] uint128_t low() const { return static_cast<uint128_t>(limbs[1]) << 64U | limbs[0]; }
  [[nodiscard]] bool bit(size_t at) const { return (limbs[at / 64] >> (at % 64) & 1U) != 0; }
};

// magnitude / 10^digits, rounded half up.
uint128_t drop_digits(uint128_t value, int digits) {
  if (digits > kMaxDecimalDigits) return 0;
  const auto divisor = static_cast<uint128_t>(power_of_ten(digits));
  const uint128_t quotient = value / divisor;
  const uint128_t rest = value % divisor;
  return rest >= divisor - rest ? quotient + 1 : quotient;
}

std::optional<int128_t> signed_result(uint128_t value, bool negative, int precision) {
  if (value >= static_cast<uint128_t>(power_of_ten(precision))) return std::nullopt;
  const auto result = static_cast<int128_t>(value);
  return negative ? -result : result;
}

// value * 10^up / divisor, rounded half up, by long division bit by bit.
std::optional<uint128_t> divide_scaled(uint128_t value, int up, uint128_t divisor) {
  Wide numerator = Wide::product(value, static_cast<uint128_t>(power_of_ten(up)));
  uint128_t quotient = 0;
  uint128_t rest = 0;
  for (size_t i = 256; i-- > 0;) {
    if (quotient >> 126U != 0) return std::nullopt;
    rest = rest << 1U | (numerator.bit(i) ? 1U : 0U);
    quotient <<= 1U;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1U;
    }
  }
  return rest >= divisor - rest ? quotient + 1 : quotient;
}

size_t write_digits(uint128_t value, char* out) {
  std::array<char, 40> reversed{};
  size_t length = 0;
  while (value > 0xFFFFFFFFFFFFFFFFULL) {
    reversed[length++] = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  }
  auto rest = static_cast<uint64_t>(value);
  do {
    reversed[length++] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  for (size_t i = 0; i < length; ++i) out[i] = reversed[length - 1 - i];
  return length;
}

// The significant digits of a decimal text: value = digits * 10^exponent.
struct DecimalText {
  uint128_t digits = 0;
  int64_t exponent = 0;
  bool negative = false;
  int dropped = -1;  // the first digit that did not fit, -1: none
};

bool read_exponent(std::string_view text, int64_t& exponent) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (value > 2147483647 || value < -2147483647) return false;
  exponent += value;
  return true;
}

bool read_decimal(std::string_view text, DecimalText& out) {
  size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) out.negative = text[at++] == '-';
  bool any = false;
  bool point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.') {
      if (point) return false;
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      const auto digit = static_cast<unsigned>(c - '0');
      if (out.dropped < 0 && out.digits < static_cast<uint128_t>(power_of_ten(37))) {
        out.digits = out.digits * 10 + digit;
        if (point) --out.exponent;
      } else {
        if (out.dropped < 0) out.dropped = static_cast<int>(digit);
        if (!point) ++out.exponent;
      }
    } else {
      break;
    }
  }
  if (!any) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  return read_exponent(text.substr(at + 1), out.exponent);
}

}  // namespace

int128_t power_of_ten(int power) { return kPowers[static_cast<size_t>(power)]; }

std::optional<int128_t> rescale(int128_t value, int from_scale, int to_scale, int precision) {
  if (to_scale >= from_scale) {
    int128_t result = 0;
    if (__builtin_mul_overflow(value, power_of_ten(to_scale - from_scale), &result)) {
      return std::nullopt;
    }
    return fits_precision(result, precision) ? std::optional(result) : std::nullopt;
  }
  return signed_result(drop_digits(magnitude(value), from_scale - to_scale), value < 0, precision);
}

std::optional<int128_t> decimal_add(int128_t a, int scale_a, int128_t b, int scale_b,
                                    const LogicalType& result) {
  const int scale = std::max(scale_a, scale_b);
  int128_t left = 0;
  int128_t right = 0;
  int128_t sum = 0;
  if (__builtin_mul_overflow(a, power_of_ten(scale - scale_a), &left) ||
      __builtin_mul_overflow(b, power_of_ten(scale - scale_b), &right) ||
      __builtin_add_overflow(left, right, &sum)) {
    return std::nullopt;
  }
  return rescale(sum, scale, result.scale(), result.precision());
}

std::optional<int128_t> decimal_multiply(int128_t a, int128_t b, int scale_of_product,
                                         const LogicalType& result) {
  int128_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) {
    return rescale(product, scale_of_product, result.scale(), result.precision());
  }
  int drop = scale_of_product - result.scale();
  Wide wide = Wide::product(magnitude(a), magnitude(b));
  // The last digit that goes decides the rounding; those behind it do not.
  for (; drop > 1 && !wide.fits(); --drop) wide.divide(10);
  if (!wide.fits()) {
    if (drop != 1) return std::nullopt;
    const bool up = wide.divide(10) >= 5;
    if (!wide.fits()) return std::nullopt;
    return signed_result(wide.low() + (up ? 1 : 0), (a < 0) != (b < 0), result.precision());
  }
  return signed_result(drop_digits(wide.low(), drop), (a < 0) != (b < 0), result.precision());
}

std::optional<int128_t> decimal_divide(int128_t a, int scale_a, int128_t b, int scale_b,
                                       const LogicalType& result) {
  const int up = result.scale() - scale_a + scale_b;
  const bool negative = (a < 0) != (b < 0);
  if (up < 0) {
    int128_t divisor = 0;
    if (__builtin_mul_overflow(b, power_of_ten(std::min(-up, kMaxDecimalDigits)), &divisor)) {
      return 0;
    }
    const uint128_t by = magnitude(divisor);
    const uint128_t quotient = magnitude(a) / by;
    const uint128_t rest = magnitude(a) % by;
    return signed_result(rest >= by - rest ? quotient + 1 : quotient, negative, result.precision());
  }
  if (up > kMaxDecimalDigits) return a == 0 ? std::optional<int128_t>(0) : std::nullopt;
  int128_t scaled = 0;
  if (!__builtin_mul_overflow(a, power_of_ten(up), &scaled)) {
    const uint128_t by = magnitude(b);
    const uint128_t quotient = magnitude(scaled) / by;
    const uint128_t rest = magnitude(scaled) % by;
    return signed_result(rest >= by - rest ? quotient + 1 : quotient, negative, result.precision());
  }
  const auto quotient = divide_scaled(magnitude(a), up, magnitude(b));
  return quotient ? signed_result(*quotient, negative, result.precision()) : std::nullopt;
}

int decimal_compare(int128_t a, int scale_a, int128_t b, int scale_b) {
  if (scale_a == scale_b) return a < b ? -1 : (a > b ? 1 : 0);
  const bool shift_a = scale_a < scale_b;
  const int128_t narrow = shift_a ? a : b;
  const int128_t other = shift_a ? b : a;
  int128_t scaled = 0;
  int order = 0;
  if (__builtin_mul_overflow(narrow, power_of_ten(std::abs(scale_a - scale_b)), &scaled)) {
    order = narrow < 0 ? -1 : 1;  // beyond every other value
  } else {
    order = scaled < other ? -1 : (scaled > other ? 1 : 0);
  }
  return shift_a ? order : -order;
}

double decimal_to_double(int128_t value, int scale) {
  // Through the text, so that the nearest double comes out, as in Java.
  std::array<char, kDecimalTextBytes> text{};
  const size_t length = format_decimal(value, scale, text.data());
  double out = 0;
  std::from_chars(text.data(), text.data() + length, out);
  return out;
}

std::optional<int128_t> double_to_decimal(double value, int precision, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  std::array<char, 32> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  std::optional<int128_t> out;
  if (error != std::errc{} || !parse_decimal({text.data(), static_cast<size_t>(end - text.data())},
                                             precision, scale, out)) {
    return std::nullopt;
  }
  return out;
}

bool parse_decimal(std::string_view text, int precision, int scale, std::optional<int128_t>& out) {
  DecimalText read;
  if (!read_decimal(text, read)) return false;
  out = std::nullopt;
  const int64_t up = read.exponent + scale;
  if (read.digits == 0) {
    out = 0;
  } else if (up >= 0) {
    uint128_t value = read.digits;
    for (int64_t i = 0; i < up; ++i) {
      if (value >= static_cast<uint128_t>(power_of_ten(37))) return true;
      value *= 10;
    }
    if (read.dropped >= 5 && up == 0) ++value;
    out = signed_result(value, read.negative, precision);
  } else {
    const auto drop = static_cast<int>(std::min<int64_t>(-up, kMaxDecimalDigits + 1));
    out = signed_result(drop_digits(read.digits, drop), read.negative, precision);
  }
  return true;
}

size_t format_decimal(int128_t value, int scale, char* out) {
  std::array<char, 40> digits{};
  const auto count = static_cast<int>(write_digits(magnitude(value), digits.data()));
  char* to = out;
  if (value < 0) *to++ = '-';
  if (scale == 0) {
    std::memcpy(to, digits.data(), static_cast<size_t>(count));
    return static_cast<size_t>(to + count - out);
  }
  const int whole = count - scale;
  if (whole > 0) {
    std::memcpy(to, digits.data(), static_cast<size_t>(whole));
    to += whole;
    *to++ = '.';
    std::memcpy(to, digits.data() + whole, static_cast<size_t>(scale));
    return static_cast<size_t>(to + scale - out);
  }
  *to++ = '0';
  *to++ = '.';
  for (int i = whole; i < 0; ++i) *to++ = '0';
  std::memcpy(to, digits.data(), static_cast<size_t>(count));
  return static_cast<size_t>(to + count - out);
}

size_t format_decimal_stripped(int128_t value, int scale, char* out) {
  if (value == 0) {
    *out = '0';
    return 1;
  }
  while (value % 10 == 0) {
    value /= 10;
    --scale;
  }
  std::array<char, 40> digits{};
  const auto count = static_cast<int>(write_digits(magnitude(value), digits.data()));
  const int adjusted = count - 1 - scale;
  if (scale >= 0 && adjusted >= -6) return format_decimal(value, scale, out);
  char* to = out;
  if (value < 0) *to++ = '-';
  *to++ = digits[0];
  if (count > 1) {
    *to++ = '.';
    std::memcpy(to, digits.data() + 1, static_cast<size_t>(count) - 1);
    to += count - 1;
  }
  *to++ = 'E';
  if (adjusted >= 0) *to++ = '+';
  to = std::to_chars(to, to + 8, adjusted).ptr;
  return static_cast<size_t>(to - out);
}

LogicalType decimal_of(const LogicalType& type) {
  int digits = 0;
  if (type.kind() == TypeKind::kTinyint) digits = 3;
  if (type.kind() == TypeKind::kSmallint) digits = 5;
  if (type.kind() == TypeKind::kInt) digits = 10;
  if (type.kind() == TypeKind::kBigint) digits = 19;
  if (digits > 0) return LogicalType::decimal(digits, 0).with_nullable(type.nullable());
  WEIR_CHECK(type.kind() == TypeKind::kDecimal, "an exact number");
  return type;
}

LogicalType decimal_result(DecimalOperation operation, const LogicalType& a, const LogicalType& b) {
  const int p1 = a.precision();
  const int s1 = a.scale();
  const int p2 = b.precision();
  const int s2 = b.scale();
  int precision = 0;
  int scale = 0;
  switch (operation) {
    case DecimalOperation::kPlus:
    case DecimalOperation::kMinus:
      scale = std::max(s1, s2);
      precision = std::max(p1 - s1, p2 - s2) + scale + 1;
      break;
    case DecimalOperation::kTimes:
      scale = s1 + s2;
      precision = p1 + p2 + 1;
      break;
    case DecimalOperation::kDivide:
      scale = std::max(6, s1 + p2 + 1);
      precision = p1 - s1 + s2 + scale;
      break;
    case DecimalOperation::kModulo:
      scale = std::max(s1, s2);
      precision = std::min(p1 - s1, p2 - s2) + scale;
      break;
  }
  if (precision > kMaxDecimalDigits) {
    // Integer digits are kept, the scale gives way, but not below 6 (or what it was).
    const int whole = precision - scale;
    scale = std::max(kMaxDecimalDigits - whole, std::min(scale, 6));
    precision = kMaxDecimalDigits;
  }
  return LogicalType::decimal(std::max(precision, 1), scale)
      .with_nullable(a.nullable() || b.nullable());
}

}  // namespace weir::types
