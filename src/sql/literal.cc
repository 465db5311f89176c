#include "sql/literal.h"

#include <charconv>
#include <cmath>

#include "sql/source_text.h"

namespace weir::sql {
namespace {

using types::int128_t;
using types::LogicalType;
using types::TypeKind;

ExpressionRef make(LogicalType type, types::Value value) {
  return make_literal(type.with_nullable(false), std::move(value));
}

// All digits of `text`, which has at most 38.
int128_t digits_value(std::string_view text) {
  int128_t value = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') value = value * 10 + (c - '0');
  }
  return value;
}

Result<ExpressionRef> bind_exact(std::string_view text) {
  const size_t point = text.find('.');
  const bool whole = point == std::string_view::npos || point + 1 == text.size();
  const size_t digits = text.size() - (point == std::string_view::npos ? 0 : 1);
  if (digits > LogicalType::kMaxDecimalPrecision) {
    return invalid(fmt::format("the number {} has more than {} digits", text,
                               LogicalType::kMaxDecimalPrecision));
  }
  const int128_t value = digits_value(text);
  if (!whole) {
    const auto scale = static_cast<int>(text.size() - point - 1);
    return make(LogicalType::decimal(static_cast<int>(digits), scale), value);
  }
  if (value <= INT32_MAX) return make(LogicalType::integer(), static_cast<int64_t>(value));
  if (value <= INT64_MAX) return make(LogicalType::bigint(), static_cast<int64_t>(value));
  return make(LogicalType::decimal(static_cast<int>(digits), 0), value);
}

Result<ExpressionRef> bind_approximate(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range || !std::isfinite(value)) {
    return invalid(fmt::format("the number {} is out of range for DOUBLE", text));
  }
  return make(LogicalType::float64(), value);
}

// Reads fixed forms: digits() takes up to `most` digits, literally() a character.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  bool literally(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // False when there is no digit, or more than `most`.
  bool digits(int64_t& value, size_t most) {
    const size_t begin = at_;
    value = 0;
    while (!at_end() && text_[at_] >= '0' && text_[at_] <= '9') {
      if (at_ - begin == most) return false;
      value = value * 10 + (text_[at_++] - '0');
    }
    count_ = static_cast<int>(at_ - begin);
    return count_ > 0;
  }
  // How many the last digits() took.
  [[nodiscard]] int count() const { return count_; }

 private:
  std::string_view text_;
  size_t at_ = 0;
  int count_ = 0;
};

// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "days from civil").
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

bool read_date(Reader& reader, int64_t& days) {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  const bool read = reader.digits(year, 4) && reader.literally('-') && reader.digits(month, 2) &&
                    reader.literally('-') && reader.digits(day, 2);
  if (!read || month < 1 || month > 12 || day < 1) return false;
  static constexpr int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day > kDays[month - 1] + (leap && month == 2 ? 1 : 0)) return false;
  days = days_from_civil(year, month, day);
  return true;
}

struct TimeOfDay {
  int64_t seconds = 0;
  int64_t fraction = 0;  // in units of 10^-precision seconds
  int precision = 0;
};

bool read_time(Reader& reader, TimeOfDay& time) {
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  const bool read = reader.digits(hour, 2) && reader.literally(':') && reader.digits(minute, 2) &&
                    reader.literally(':') && reader.digits(second, 2);
  if (!read || hour > 23 || minute > 59 || second > 59) return false;
  if (reader.literally('.')) {
    if (!reader.digits(time.fraction, 9)) return false;
    time.precision = reader.count();
  }
  time.seconds = hour * 3600 + minute * 60 + second;
  return true;
}

int64_t power_of_ten(int exponent) {
  int64_t value = 1;
  for (int i = 0; i < exponent; ++i) value *= 10;
  return value;
}

Result<ExpressionRef> bind_time(std::string_view text) {
  Reader reader(text);
  TimeOfDay time;
  if (!read_time(reader, time) || !reader.at_end()) {
    return invalid(fmt::format("'{}' is not a time", text)).hint("write TIME 'HH:MM:SS'");
  }
  const int64_t scale = power_of_ten(std::max(0, time.precision - 3));
  const int64_t fraction = time.fraction * power_of_ten(std::max(0, 3 - time.precision)) / scale;
  return make(LogicalType::time(time.precision), time.seconds * 1000 + fraction);
}

Result<ExpressionRef> bind_timestamp(std::string_view text) {
  Reader reader(text);
  int64_t days = 0;
  TimeOfDay time;
  if (!read_date(reader, days) || !reader.literally(' ') || !read_time(reader, time) ||
      !reader.at_end()) {
    return invalid(fmt::format("'{}' is not a timestamp", text))
        .hint("write TIMESTAMP 'YYYY-MM-DD HH:MM:SS[.fff]'");
  }
  const LogicalType type = LogicalType::timestamp(time.precision);
  const int64_t units = type.units_per_second();
  const int64_t fraction = time.fraction * (units / power_of_ten(time.precision));
  int64_t value = 0;
  if (__builtin_mul_overflow(days * 86'400 + time.seconds, units, &value) ||
      __builtin_add_overflow(value, fraction, &value)) {
    return invalid(fmt::format("the timestamp '{}' is out of range", text));
  }
  return make(type, value);
}

struct IntervalUnit {
  std::string_view name;
  int64_t milliseconds;  // 0: a unit of months
  int64_t months;
  char before;  // what stands before it in a text of several units
};

constexpr IntervalUnit kIntervalUnits[] = {
    {"YEAR", 0, 12, 0},          {"QUARTER", 0, 3, 0},      {"MONTH", 0, 1, '-'},
    {"WEEK", 604'800'000, 0, 0}, {"DAY", 86'400'000, 0, 0}, {"HOUR", 3'600'000, 0, ' '},
    {"MINUTE", 60'000, 0, ':'},  {"SECOND", 1'000, 0, ':'},
};

size_t unit_index(std::string_view name) {
  size_t index = 0;
  while (kIntervalUnits[index].name != name) ++index;
  return index;
}

Result<ExpressionRef> bind_interval(const ast::Expression& literal) {
  const size_t first = unit_index(literal.unit);
  const size_t last = literal.unit_to.empty() ? first : unit_index(literal.unit_to);
  const bool months = kIntervalUnits[first].milliseconds == 0;
  const auto refuse = [&] {
    return invalid(fmt::format("'{}' is not an interval of {}{}{}", literal.text, literal.unit,
                               literal.unit_to.empty() ? "" : " TO ", literal.unit_to));
  };
  if (last < first || months != (kIntervalUnits[last].milliseconds == 0)) return refuse();
  const auto begin = literal.text.find_first_not_of(' ');
  if (begin == std::string::npos) return refuse();
  const auto end = literal.text.find_last_not_of(' ');
  Reader reader(std::string_view(literal.text).substr(begin, end - begin + 1));
  bool negative = literal.negated;
  if (reader.literally('-')) {
    negative = !negative;
  } else {
    reader.literally('+');
  }
  constexpr size_t kMostDigits = 10;
  int64_t total = 0;
  for (size_t i = first; i <= last; ++i) {
    const IntervalUnit& unit = kIntervalUnits[i];
    if (unit.name == "QUARTER" && i != first) continue;
    int64_t number = 0;
    if (i != first && !reader.literally(unit.before)) return refuse();
    if (!reader.digits(number, kMostDigits)) return refuse();
    int64_t part = 0;
    if (__builtin_mul_overflow(number, months ? unit.months : unit.milliseconds, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return refuse();
    }
  }
  if (kIntervalUnits[last].name == "SECOND" && reader.literally('.')) {
    int64_t fraction = 0;
    if (!reader.digits(fraction, 9)) return refuse();
    total += fraction * 1'000 / power_of_ten(reader.count());
  }
  if (!reader.at_end() || (months && total > INT32_MAX)) return refuse();
  return make(months ? LogicalType::interval_year_month() : LogicalType::interval_day_time(),
              negative ? -total : total);
}

// An exact number as a DECIMAL of no smaller scale, where it fits.
ExpressionRef retype_exact(const Expression& literal, const LogicalType& type) {
  int128_t value = 0;
  if (const auto* integer = std::get_if<int64_t>(&literal.literal)) {
    if (!literal.type.is_integer()) return nullptr;
    value = *integer;
  } else if (const auto* decimal = std::get_if<int128_t>(&literal.literal)) {
    value = *decimal;
  } else {
    return nullptr;
  }
  if (type.scale() < literal.type.scale()) return nullptr;
  int128_t bound = 1;  // 10 to the power of the digits that are free for it
  const int digits = type.precision() - (type.scale() - literal.type.scale());
  for (int i = 0; i < digits; ++i) bound *= 10;
  if (value >= bound || value <= -bound) return nullptr;
  for (int i = literal.type.scale(); i < type.scale(); ++i) value *= 10;
  return make_literal(type, value);
}

}  // namespace

Result<int64_t> parse_date(std::string_view text) {
  Reader reader(text);
  int64_t days = 0;
  if (!read_date(reader, days) || !reader.at_end()) {
    return invalid(fmt::format("'{}' is not a date", text)).hint("write DATE 'YYYY-MM-DD'");
  }
  return days;
}

Result<ExpressionRef> bind_literal(const ast::Expression& literal) {
  using Kind = ast::Expression::Kind;
  const std::string& text = literal.text;
  switch (literal.kind) {
    case Kind::kNull: return make_literal(LogicalType(), std::monostate{});
    case Kind::kBoolean: return make(LogicalType::boolean(), text == "TRUE");
    case Kind::kInteger:
    case Kind::kDecimal: return bind_exact(text);
    case Kind::kApproximate: return bind_approximate(text);
    case Kind::kTimeUnit:
    case Kind::kString: return make(LogicalType::chars(count_code_points(text)), text);
    case Kind::kBinary: return make(LogicalType::binary(static_cast<int32_t>(text.size())), text);
    case Kind::kDate: return make(LogicalType::date(), WEIR_TRY(parse_date(text)));
    case Kind::kTime: return bind_time(text);
    case Kind::kTimestamp: return bind_timestamp(text);
    case Kind::kInterval: return bind_interval(literal);
    case Kind::kColumn:
    case Kind::kCall:
    case Kind::kStar:
    case Kind::kCast:
    case Kind::kTryCast:
    case Kind::kCase:
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kIn:
    case Kind::kBetween:
    case Kind::kRow:
    case Kind::kIndex:
    case Kind::kField:
    case Kind::kSubquery:
    case Kind::kOver: break;
  }
  return invalid("this is not a literal");
}

ExpressionRef retype_literal(const Expression& literal, const LogicalType& type) {
  const LogicalType& from = literal.type;
  if (types::is_null(literal.literal)) {
    return make_literal(type.with_nullable(true), std::monostate{});
  }
  const LogicalType to = type.with_nullable(false);
  if (from.is_character() && type.kind() == TypeKind::kVarchar && type.length() >= from.length()) {
    return make_literal(to, literal.literal);
  }
  if (type.kind() == TypeKind::kDecimal) return retype_exact(literal, to);
  if (!from.is_integer()) return nullptr;
  const auto* value = std::get_if<int64_t>(&literal.literal);
  if (value == nullptr) return nullptr;
  if (type.is_integer() && type.kind() >= from.kind()) return make_literal(to, *value);
  if (type.kind() == TypeKind::kDouble && from.kind() <= TypeKind::kInt) {
    return make_literal(to, static_cast<double>(*value));
  }
  return nullptr;
}

}  // namespace weir::sql
