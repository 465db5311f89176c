#include "types/datetime.h"

#include <array>
#include <cstring>

#include "base/bytes.h"

namespace weir::types {
namespace {

constexpr int32_t kNanosPerSecond = 1'000'000'000;

// Two ASCII digits, or -1.
int two_digits(const char* text) {
  const auto tens = static_cast<unsigned>(text[0] - '0');
  const auto ones = static_cast<unsigned>(text[1] - '0');
  return tens <= 9 && ones <= 9 ? static_cast<int>(tens * 10 + ones) : -1;
}

// A cursor over the text of a date or time.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // A number of `fewest` to `most` digits; -1 when there are fewer.
  int64_t digits(size_t fewest, size_t most) {
    int64_t value = 0;
    size_t count = 0;
    while (count < most && !at_end() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
    }
    return count < fewest ? -1 : value;
  }
  // ".123": nanoseconds; 0 when there is no point, -1 when no or more than nine digits follow it.
  int32_t fraction() {
    if (!take('.')) return 0;
    int32_t nanos = 0;
    size_t count = 0;
    while (!at_end() && text_[at_] >= '0' && text_[at_] <= '9') {
      if (count == 9) return -1;
      nanos = nanos * 10 + (text_[at_++] - '0');
      ++count;
    }
    if (count == 0) return -1;
    for (; count < 9; ++count) nanos *= 10;
    return nanos;
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  void skip(size_t count) { at_ += count; }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

bool is_date(int64_t year, int64_t month, int64_t day) {
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 &&
         day <= days_in_month(year, static_cast<int>(month));
}

bool is_time(int64_t hour, int64_t minute, int64_t second) {
  return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
}

// 'yyyy-MM-dd?HH:mm:ss' at fixed positions, `?` being `separator`.
bool parse_fixed(const char* text, char separator, int64_t& seconds) {
  const int century = two_digits(text);
  const int years = two_digits(text + 2);
  const int month = two_digits(text + 5);
  const int day = two_digits(text + 8);
  const int hour = two_digits(text + 11);
  const int minute = two_digits(text + 14);
  const int second = two_digits(text + 17);
  const bool marks = text[4] == '-' && text[7] == '-' && text[10] == separator && text[13] == ':' &&
                     text[16] == ':';
  if (!marks || (century | years | month | day | hour | minute | second) < 0) return false;
  const int64_t year = century * 100 + years;
  if (!is_date(year, month, day) || !is_time(hour, minute, second)) return false;
  seconds = days_from_civil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  return true;
}

std::optional<Moment> parse_slowly(std::string_view text, TimestampStyle style) {
  const bool carries = style == TimestampStyle::kJdbc;
  const bool lenient = style == TimestampStyle::kCast || carries;
  const size_t fewest = lenient ? 1 : 2;
  Scanner scan(text);
  const int64_t year = scan.digits(4, 4);
  if (!scan.take('-')) return std::nullopt;
  const int64_t month = scan.digits(fewest, 2);
  if (!scan.take('-')) return std::nullopt;
  int64_t day = scan.digits(fewest, 2);
  if (lenient && is_date(year, month, 1) && day >= 1 && day <= 31) {
    if (!carries) day = std::min<int64_t>(day, days_in_month(year, static_cast<int>(month)));
  } else if (!is_date(year, month, day)) {
    return std::nullopt;
  }
  Moment moment;
  moment.seconds =
      days_from_civil(year, static_cast<int>(month), static_cast<int>(day)) * kSecondsPerDay;
  if (lenient && scan.at_end()) return moment;
  if (!scan.take(style == TimestampStyle::kIso ? 'T' : ' ')) return std::nullopt;
  const size_t most = carries ? 9 : 2;
  const int64_t hour = scan.digits(fewest, most);
  if (!scan.take(':')) return std::nullopt;
  const int64_t minute = scan.digits(fewest, most);
  int64_t second = 0;
  if (!(style == TimestampStyle::kIso && scan.at_end())) {
    if (!scan.take(':')) return std::nullopt;
    second = scan.digits(fewest, most);
    moment.nanos = scan.fraction();
  }
  const bool fits = carries ? (hour | minute | second) >= 0 : is_time(hour, minute, second);
  if (!fits || moment.nanos < 0 || !scan.at_end()) return std::nullopt;
  moment.seconds += hour * 3600 + minute * 60 + second;
  return moment;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// 'y[-M[-d]]', each of one to four digits with blanks around it.
std::optional<int32_t> parse_loose_date(std::string_view text) {
  std::array<int64_t, 3> parts{0, 1, 1};
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t end = i + 1 < parts.size() ? text.find('-') : std::string_view::npos;
    Scanner scan(trim_blanks(text.substr(0, end)));
    parts[i] = scan.digits(1, 4);
    if (!scan.at_end()) return std::nullopt;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (!is_date(parts[0], parts[1], parts[2])) return std::nullopt;
  return static_cast<int32_t>(
      days_from_civil(parts[0], static_cast<int>(parts[1]), static_cast<int>(parts[2])));
}

char* write_padded(int64_t value, int width, char* to) {
  for (int i = width - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + width;
}

char* write_seconds(int64_t second_of_day, char* to) {
  to = write_padded(second_of_day / 3600, 2, to);
  *to++ = ':';
  to = write_padded(second_of_day / 60 % 60, 2, to);
  *to++ = ':';
  return write_padded(second_of_day % 60, 2, to);
}

char* write_fraction(int32_t nanos, int digits, char* to) {
  if (digits == 0) return to;
  *to++ = '.';
  for (int i = digits; i < 9; ++i) nanos /= 10;
  return write_padded(nanos, digits, to);
}

}  // namespace

int64_t days_from_civil(int64_t year, int month, int day) {
  // Years begin in March, so that the leap day is the last; eras have 400 years.
  const int64_t y = year - (month <= 2 ? 1 : 0);
  const int64_t era = floor_divide(y, 400);
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_from_days(int64_t days) {
  const int64_t shifted = days + 719'468;
  const int64_t era = floor_divide(shifted, 146'097);
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const auto month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

bool is_leap_year(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int64_t year, int month) {
  constexpr std::array<int8_t, 13> kDays{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[static_cast<size_t>(month)];
}

int64_t add_months(int64_t days, int64_t months) {
  const CivilDate date = civil_from_days(days);
  const int64_t total = date.year * 12 + date.month - 1 + months;
  const int64_t year = floor_divide(total, 12);
  const auto month = static_cast<int>(floor_modulo(total, 12)) + 1;
  return days_from_civil(year, month, std::min(date.day, days_in_month(year, month)));
}

std::optional<int64_t> to_units(const Moment& moment, int64_t units_per_second) {
  // Constants, since a division by an unknown number takes as long as the rest of a timestamp.
  const int64_t fraction =
      units_per_second == 1000
          ? moment.nanos / 1'000'000
          : (units_per_second == 1'000'000 ? moment.nanos / 1000
                                           : moment.nanos / (kNanosPerSecond / units_per_second));
  int64_t value = 0;
  if (__builtin_mul_overflow(moment.seconds, units_per_second, &value) ||
      __builtin_add_overflow(value, fraction, &value)) {
    return std::nullopt;
  }
  return value;
}

Moment from_units(int64_t value, int64_t units_per_second) {
  const int64_t seconds = floor_divide(value, units_per_second);
  const int64_t rest = floor_modulo(value, units_per_second);
  return {seconds, static_cast<int32_t>(rest * (kNanosPerSecond / units_per_second))};
}

std::optional<Moment> parse_timestamp(std::string_view text, TimestampStyle style) {
  if (style == TimestampStyle::kJdbc) return parse_slowly(trim_blanks(text), style);
  const char separator = style == TimestampStyle::kIso ? 'T' : ' ';
  Moment moment;
  if (text.size() >= 19 && parse_fixed(text.data(), separator, moment.seconds)) [[likely]] {
    if (text.size() == 19) return moment;
    Scanner scan(text.substr(19));
    moment.nanos = scan.fraction();
    if (moment.nanos >= 0 && scan.at_end()) return moment;
    return std::nullopt;
  }
  return parse_slowly(text, style);
}

std::optional<int32_t> parse_date(std::string_view text, bool lenient) {
  if (lenient) return parse_loose_date(text);
  Scanner scan(text);
  const int64_t year = scan.digits(4, 4);
  if (!scan.take('-')) return std::nullopt;
  const int64_t month = scan.digits(2, 2);
  if (!scan.take('-')) return std::nullopt;
  const int64_t day = scan.digits(2, 2);
  if (!scan.at_end() || !is_date(year, month, day)) return std::nullopt;
  return static_cast<int32_t>(
      days_from_civil(year, static_cast<int>(month), static_cast<int>(day)));
}

std::optional<int32_t> parse_time(std::string_view text) {
  Scanner scan(text);
  const int64_t hour = scan.digits(2, 2);
  if (!scan.take(':')) return std::nullopt;
  const int64_t minute = scan.digits(2, 2);
  int64_t second = 0;
  int32_t nanos = 0;
  if (!scan.at_end()) {
    if (!scan.take(':')) return std::nullopt;
    second = scan.digits(2, 2);
    nanos = scan.fraction();
  }
  if (!scan.at_end() || nanos < 0 || !is_time(hour, minute, second)) return std::nullopt;
  return static_cast<int32_t>((hour * 3600 + minute * 60 + second) * 1000 + nanos / 1'000'000);
}

size_t format_date(int64_t days, char* out) {
  const CivilDate date = civil_from_days(days);
  char* to = out;
  int64_t year = date.year;
  if (year < 0) {
    *to++ = '-';
    year = -year;
  } else if (year > 9999) {
    *to++ = '+';  // as java.time: more than four digits need a sign
  }
  int width = 4;
  for (int64_t bound = 10'000; year >= bound; bound *= 10) ++width;
  to = write_padded(year, width, to);
  *to++ = '-';
  to = write_padded(date.month, 2, to);
  *to++ = '-';
  to = write_padded(date.day, 2, to);
  return static_cast<size_t>(to - out);
}

size_t format_time(int32_t ms_of_day, int digits, char* out) {
  char* to = write_seconds(ms_of_day / 1000, out);
  to = write_fraction(ms_of_day % 1000 * 1'000'000, digits, to);
  return static_cast<size_t>(to - out);
}

size_t format_timestamp(const Moment& moment, char separator, int digits, char* out) {
  const int64_t days = floor_divide(moment.seconds, kSecondsPerDay);
  char* to = out + format_date(days, out);
  *to++ = separator;
  to = write_seconds(floor_modulo(moment.seconds, kSecondsPerDay), to);
  to = write_fraction(moment.nanos, digits, to);
  return static_cast<size_t>(to - out);
}

size_t format_timestamp_short(const Moment& moment, char separator, char* out) {
  int digits = 9;
  int32_t rest = moment.nanos;
  while (digits > 0 && rest % 10 == 0) {
    rest /= 10;
    --digits;
  }
  return format_timestamp(moment, separator, digits, out);
}

}  // namespace weir::types
