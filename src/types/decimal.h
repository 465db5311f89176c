// DECIMAL values: int128 times 10^-scale, at most 38 digits; rounding is HALF_UP as in Java.
//
// Pure functions; "no value" (nullopt) means that the result has more digits than the precision
// allows, which SQL turns into NULL (arithmetic) or a failed row (a cast of text).
// Result types of arithmetic follow Flink's LogicalTypeMerging (flink-sql.md 2.2).
#pragma once

#include <optional>
#include <string_view>

#include "types/column.h"

namespace weir::types {

inline constexpr int kMaxDecimalDigits = 38;
// Room for the text of any DECIMAL: sign, digits, point, a leading zero, exponent.
inline constexpr size_t kDecimalTextBytes = 48;

// 10^power, 0 <= power <= 38.
[[nodiscard]] int128_t power_of_ten(int power);
[[nodiscard]] inline bool fits_precision(int128_t value, int precision) {
  const int128_t bound = power_of_ten(precision);
  return value < bound && value > -bound;
}

// The value at another scale; digits that go are rounded.
[[nodiscard]] std::optional<int128_t> rescale(int128_t value, int from_scale, int to_scale,
                                              int precision);
[[nodiscard]] std::optional<int128_t> decimal_add(int128_t a, int scale_a, int128_t b, int scale_b,
                                                  const LogicalType& result);
[[nodiscard]] std::optional<int128_t> decimal_multiply(int128_t a, int128_t b, int scale_of_product,
                                                       const LogicalType& result);
// `b` is not zero.
[[nodiscard]] std::optional<int128_t> decimal_divide(int128_t a, int scale_a, int128_t b,
                                                     int scale_b, const LogicalType& result);
// -1, 0, 1.
[[nodiscard]] int decimal_compare(int128_t a, int scale_a, int128_t b, int scale_b);
[[nodiscard]] double decimal_to_double(int128_t value, int scale);
// By the shortest decimal text of the double, as Java's BigDecimal.valueOf.
[[nodiscard]] std::optional<int128_t> double_to_decimal(double value, int precision, int scale);

// Java's BigDecimal(String): [+-]digits[.digits][e[+-]digits], no blanks. False when the text is
// no number; a number that has too many digits gives true and nullopt.
[[nodiscard]] bool parse_decimal(std::string_view text, int precision, int scale,
                                 std::optional<int128_t>& out);
// "-1.50"; `out` has kDecimalTextBytes; returns the length.
[[nodiscard]] size_t format_decimal(int128_t value, int scale, char* out);
// Trailing zeros stripped, then BigDecimal.toString(): 2000010.00 is "2.00001E+6", 0.50 is "0.5".
[[nodiscard]] size_t format_decimal_stripped(int128_t value, int scale, char* out);

enum class DecimalOperation : uint8_t { kPlus, kMinus, kTimes, kDivide, kModulo };
// The type of `a op b`, both DECIMAL.
[[nodiscard]] LogicalType decimal_result(DecimalOperation operation, const LogicalType& a,
                                         const LogicalType& b);
// An integer type as the DECIMAL that holds all its values; DECIMAL stays.
[[nodiscard]] LogicalType decimal_of(const LogicalType& type);

}  // namespace weir::types
