// Dates, times and timestamps: calendar arithmetic, text, patterns.
//
// The calendar is the proleptic Gregorian one of Java's java.time. A timestamp's number has the
// unit that its type says (LogicalType::units_per_second); functions here take the units a second
// as a parameter. Text is ASCII. Pure functions; nullopt: the text is not of that form or the value
// does not exist (2024-02-30).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::types {

struct CivilDate {
  int64_t year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
};

inline constexpr int64_t kMsPerDay = 86'400'000;
inline constexpr int64_t kSecondsPerDay = 86'400;

[[nodiscard]] int64_t days_from_civil(int64_t year, int month, int day);
[[nodiscard]] CivilDate civil_from_days(int64_t days);
[[nodiscard]] bool is_leap_year(int64_t year);
[[nodiscard]] int days_in_month(int64_t year, int month);
// Toward minus infinity, and what is left (never negative).
[[nodiscard]] constexpr int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
[[nodiscard]] constexpr int64_t floor_modulo(int64_t a, int64_t b) {
  const int64_t rest = a % b;
  return rest < 0 ? rest + b : rest;
}
// high * factor + low. At the ends of the range it wraps, as Java's long and so Flink's times do.
[[nodiscard]] constexpr int64_t wrapping_multiply_add(int64_t high, int64_t factor, int64_t low) {
  return static_cast<int64_t>(static_cast<uint64_t>(high) * static_cast<uint64_t>(factor) +
                              static_cast<uint64_t>(low));
}
// Adds months; the day is clamped to the month's last.
[[nodiscard]] int64_t add_months(int64_t days, int64_t months);

// What a timestamp is made of; nanoseconds inside the second.
struct Moment {
  int64_t seconds = 0;  // since 1970-01-01 00:00
  int32_t nanos = 0;    // 0 to 999,999,999
};
// nullopt: out of an int64 in that unit. Finer digits are cut.
[[nodiscard]] std::optional<int64_t> to_units(const Moment& moment, int64_t units_per_second);
[[nodiscard]] Moment from_units(int64_t value, int64_t units_per_second);

// How the two halves of a timestamp are separated in text.
enum class TimestampStyle : uint8_t {
  kSql,   // 'yyyy-MM-dd HH:mm:ss[.fffffffff]'
  kIso,   // 'yyyy-MM-ddTHH:mm[:ss[.fffffffff]]'
  kCast,  // as CAST and TO_TIMESTAMP read them: 'y-M-d[ H:m:s[.f]]', one or two digits a part, a
          // day up to 31 clamped to the month's last
  kJdbc,  // as kCast, around it blanks, what is too large (31 April, 25 o'clock) carried over
};
[[nodiscard]] std::optional<Moment> parse_timestamp(std::string_view text, TimestampStyle style);
// 'yyyy-MM-dd'; `lenient` as CAST reads: 'y[-M[-d]]', blanks around a part.
[[nodiscard]] std::optional<int32_t> parse_date(std::string_view text, bool lenient = false);
// 'HH:mm:ss[.fff]' or 'HH:mm'; milliseconds of the day.
[[nodiscard]] std::optional<int32_t> parse_time(std::string_view text);

// Writers return the length; `out` has kDateTimeTextBytes.
inline constexpr size_t kDateTimeTextBytes = 48;
size_t format_date(int64_t days, char* out);
// `digits` of the second's fraction, all of them written (0: none).
size_t format_time(int32_t ms_of_day, int digits, char* out);
size_t format_timestamp(const Moment& moment, char separator, int digits, char* out);
// The fraction without trailing zeros, none when it is zero.
size_t format_timestamp_short(const Moment& moment, char separator, char* out);
// A compiled pattern of Java's DateTimeFormatter: y M d H h m s S a E and quoted text.
class DateTimePattern {
 public:
  // nullopt: a letter that is not known.
  [[nodiscard]] static std::optional<DateTimePattern> compile(std::string_view pattern);
  // The whole text must match; missing parts are 1970-01-01 00:00:00.
  [[nodiscard]] std::optional<Moment> parse(std::string_view text) const;
  // As Java's SimpleDateFormat: numbers as long as they are, blanks before them, values beyond
  // their range carried over, what follows the pattern ignored.
  [[nodiscard]] std::optional<Moment> parse_leniently(std::string_view text) const;
  void format(const Moment& moment, std::string& out) const;

 private:
  struct Part {
    char letter;          // 0: literal
    int count;            // letters in a row
    std::string literal;  // only of a literal
  };
  std::vector<Part> parts_;
};

}  // namespace weir::types
