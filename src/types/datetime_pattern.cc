// DateTimePattern: Java's DateTimeFormatter letters that SQL uses.
#include <algorithm>
#include <array>

#include "types/datetime.h"

namespace weir::types {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};

void append_number(int64_t value, int width, std::string& out) {
  if (value < 0) {
    out.push_back('-');
    value = -value;
  }
  const std::string digits = std::to_string(value);
  for (auto i = static_cast<int>(digits.size()); i < width; ++i) out.push_back('0');
  out += digits;
}

// What a pattern reads; absent parts keep the defaults.
struct Parsed {
  int64_t year = 1970;
  int64_t month = 1;
  int64_t day = 1;
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int32_t nanos = 0;
  bool half_day = false;  // `h` was read, `a` decides
  bool afternoon = false;
};

bool read_number(std::string_view text, size_t& at, size_t fewest, size_t most, int64_t& value) {
  size_t count = 0;
  int64_t read = 0;
  while (count < most && at < text.size() && text[at] >= '0' && text[at] <= '9') {
    read = read * 10 + (text[at++] - '0');
    ++count;
  }
  value = read;
  return count >= fewest;
}

template <size_t n>
bool read_name(std::string_view text, size_t& at, const std::array<std::string_view, n>& names,
               bool whole, int64_t& index) {
  for (size_t i = 0; i < n; ++i) {
    const std::string_view name = whole ? names[i] : names[i].substr(0, 3);
    if (text.substr(at).starts_with(name)) {
      at += name.size();
      index = static_cast<int64_t>(i) + 1;
      return true;
    }
  }
  return false;
}

bool read_fraction(std::string_view text, size_t& at, int count, int32_t& nanos) {
  int64_t value = 0;
  const auto digits = static_cast<size_t>(count);
  if (!read_number(text, at, digits, digits, value)) return false;
  for (int i = count; i < 9; ++i) value *= 10;
  nanos = static_cast<int32_t>(value);
  return true;
}

bool read_half(std::string_view text, size_t& at, bool& afternoon) {
  const std::string_view rest = text.substr(at);
  if (!rest.starts_with("AM") && !rest.starts_with("PM")) return false;
  afternoon = rest[0] == 'P';
  at += 2;
  return true;
}

bool read_year(std::string_view text, size_t& at, int count, int64_t& year) {
  if (count == 2) {
    if (!read_number(text, at, 2, 2, year)) return false;
    year += 2000;
    return true;
  }
  return read_number(text, at, static_cast<size_t>(count), std::max<size_t>(4, size_t(count)),
                     year);
}

bool read_part(char letter, int count, std::string_view text, size_t& at, Parsed& out) {
  const auto width = static_cast<size_t>(count);
  const size_t most = std::max<size_t>(2, width);
  int64_t ignored = 0;
  switch (letter) {
    case 'y':
    case 'u': return read_year(text, at, count, out.year);
    case 'M':
    case 'L':
      if (count >= 3) return read_name(text, at, kMonths, count > 3, out.month);
      return read_number(text, at, width, most, out.month);
    case 'd': return read_number(text, at, width, most, out.day);
    case 'H': return read_number(text, at, width, most, out.hour);
    case 'h': out.half_day = true; return read_number(text, at, width, most, out.hour);
    case 'm': return read_number(text, at, width, most, out.minute);
    case 's': return read_number(text, at, width, most, out.second);
    case 'S': return read_fraction(text, at, count, out.nanos);
    case 'a': return read_half(text, at, out.afternoon);
    case 'E': return read_name(text, at, kDays, count > 3, ignored);
    default: return false;
  }
}

bool is_number(char letter, int count) {
  if (letter == 'M' || letter == 'L') return count < 3;
  return letter != 0 && letter != 'a' && letter != 'E';
}

int64_t& number_field(char letter, Parsed& out, int64_t& ms) {
  if (letter == 'M' || letter == 'L') return out.month;
  if (letter == 'd') return out.day;
  if (letter == 'H' || letter == 'h') return out.hour;
  if (letter == 'm') return out.minute;
  if (letter == 's') return out.second;
  return letter == 'S' ? ms : out.year;
}

// A number with blanks and a sign before it, of at most `most` digits.
bool read_loose_number(std::string_view text, size_t& at, size_t most, int64_t& value) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (negative) ++at;
  if (!read_number(text, at, 1, most, value)) return false;
  if (negative) value = -value;
  return true;
}

// What is beyond its range moves the next larger part.
Moment carry(const Parsed& parsed, int64_t ms) {
  int64_t hour = parsed.hour;
  if (parsed.half_day) hour = (hour == 12 ? 0 : hour) + (parsed.afternoon ? 12 : 0);
  const int64_t months = parsed.month - 1;
  const int64_t year = parsed.year + floor_divide(months, 12);
  const auto month = static_cast<int>(floor_modulo(months, 12)) + 1;
  Moment moment;
  moment.seconds = (days_from_civil(year, month, 1) + parsed.day - 1) * kSecondsPerDay +
                   hour * 3600 + parsed.minute * 60 + parsed.second + floor_divide(ms, 1000);
  moment.nanos = static_cast<int32_t>(floor_modulo(ms, 1000)) * 1'000'000;
  return moment;
}

std::optional<Moment> assemble(const Parsed& parsed) {
  int64_t hour = parsed.hour;
  if (parsed.half_day) {
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (parsed.afternoon ? 12 : 0);
  }
  if (parsed.month < 1 || parsed.month > 12 || parsed.day < 1 || parsed.day > 31 || hour > 23 ||
      parsed.minute > 59 || parsed.second > 59) {
    return std::nullopt;
  }
  // Java's SMART resolver: a day up to 31 is clamped to the month's last.
  const auto month = static_cast<int>(parsed.month);
  const int day = std::min(static_cast<int>(parsed.day), days_in_month(parsed.year, month));
  Moment moment;
  moment.seconds = days_from_civil(parsed.year, month, day) * kSecondsPerDay + hour * 3600 +
                   parsed.minute * 60 + parsed.second;
  moment.nanos = parsed.nanos;
  return moment;
}

}  // namespace

std::optional<DateTimePattern> DateTimePattern::compile(std::string_view pattern) {
  constexpr std::string_view kLetters = "yuMLdHhmsSaE";
  DateTimePattern out;
  const auto literal = [&](char c) {
    if (out.parts_.empty() || out.parts_.back().letter != 0) out.parts_.push_back({0, 0, {}});
    out.parts_.back().literal.push_back(c);
  };
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '\'') {
      if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
        literal('\'');
        at += 2;
        continue;
      }
      const size_t end = pattern.find('\'', at + 1);
      if (end == std::string_view::npos) return std::nullopt;
      for (const char quoted : pattern.substr(at + 1, end - at - 1)) literal(quoted);
      at = end + 1;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      if (kLetters.find(c) == std::string_view::npos) return std::nullopt;
      size_t end = at;
      while (end < pattern.size() && pattern[end] == c) ++end;
      if (end - at > 9) return std::nullopt;
      out.parts_.push_back({c, static_cast<int>(end - at), {}});
      at = end;
    } else {
      literal(c);
      ++at;
    }
  }
  return out;
}

std::optional<Moment> DateTimePattern::parse(std::string_view text) const {
  Parsed parsed;
  size_t at = 0;
  for (const auto& part : parts_) {
    if (part.letter == 0) {
      if (!text.substr(at).starts_with(part.literal)) return std::nullopt;
      at += part.literal.size();
    } else if (!read_part(part.letter, part.count, text, at, parsed)) {
      return std::nullopt;
    }
  }
  if (at != text.size()) return std::nullopt;
  return assemble(parsed);
}

std::optional<Moment> DateTimePattern::parse_leniently(std::string_view text) const {
  constexpr size_t kMostDigits = 9;
  Parsed parsed;
  int64_t ms = 0;
  size_t at = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const auto& [letter, count, literal] = parts_[i];
    if (letter == 0) {
      if (!text.substr(at).starts_with(literal)) return std::nullopt;
      at += literal.size();
    } else if (is_number(letter, count)) {
      // Numbers that touch each other have exactly their letters' digits.
      const bool touches =
          i + 1 < parts_.size() && is_number(parts_[i + 1].letter, parts_[i + 1].count);
      if (letter == 'h') parsed.half_day = true;
      int64_t& field = number_field(letter, parsed, ms);
      const size_t begin = at;
      if (!read_loose_number(text, at, touches ? static_cast<size_t>(count) : kMostDigits, field)) {
        return std::nullopt;
      }
      if ((letter == 'y' || letter == 'u') && count == 2 && at - begin == 2) field += 2000;
    } else if (!read_part(letter, count, text, at, parsed)) {
      return std::nullopt;
    }
  }
  return carry(parsed, ms);
}

void DateTimePattern::format(const Moment& moment, std::string& out) const {
  const int64_t days = floor_divide(moment.seconds, kSecondsPerDay);
  const int64_t second_of_day = floor_modulo(moment.seconds, kSecondsPerDay);
  const CivilDate date = civil_from_days(days);
  const int64_t hour = second_of_day / 3600;
  for (const auto& [letter, count, literal] : parts_) {
    switch (letter) {
      case 'y':
      case 'u': append_number(count == 2 ? date.year % 100 : date.year, count, out); break;
      case 'M':
      case 'L': {
        const auto name = kMonths[static_cast<size_t>(date.month - 1)];
        if (count < 3) {
          append_number(date.month, count, out);
        } else {
          out += count == 3 ? name.substr(0, 3) : name;
        }
        break;
      }
      case 'd': append_number(date.day, count, out); break;
      case 'H': append_number(hour, count, out); break;
      case 'h': append_number(hour % 12 == 0 ? 12 : hour % 12, count, out); break;
      case 'm': append_number(second_of_day / 60 % 60, count, out); break;
      case 's': append_number(second_of_day % 60, count, out); break;
      case 'S': {
        int64_t fraction = moment.nanos;
        for (int i = count; i < 9; ++i) fraction /= 10;
        append_number(fraction, count, out);
        break;
      }
      case 'a': out += hour < 12 ? "AM" : "PM"; break;
      case 'E': {
        const auto name = kDays[static_cast<size_t>(floor_modulo(days + 3, 7))];
        out += count <= 3 ? name.substr(0, 3) : name;
        break;
      }
      default: out += literal; break;
    }
  }
}

}  // namespace weir::types
