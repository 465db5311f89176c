// Numbers as Java writes and reads them.
//
// Pure functions. Readers take the whole text, without blanks around it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::types {

inline constexpr size_t kNumberTextBytes = 32;

// Java's Double.toString with the shortest digits that read back: "1.0", "1.0E7", "1.5E-7", "NaN",
// "-Infinity". `out` has kNumberTextBytes; returns the length.
size_t format_double(double value, char* out);
size_t format_float(float value, char* out);
size_t format_integer(int64_t value, char* out);

// [+-]digits, as Long.parseLong; nullopt: not a number or out of the 64 bits.
[[nodiscard]] std::optional<int64_t> parse_integer(std::string_view text);
// As Double.parseDouble: "NaN", "Infinity", exponents, a trailing d or f.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<float> parse_float(std::string_view text);

// What String.trim() leaves: nothing up to and including the blank at both ends.
[[nodiscard]] std::string_view java_trim(std::string_view text);

}  // namespace weir::types
