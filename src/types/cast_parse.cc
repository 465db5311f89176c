// Casts from characters.
#include <algorithm>
#include <array>

#include "types/cast_kernels.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/time_zone.h"

namespace weir::types {
namespace {

// One value a row by parse(text), which gives an optional.
template <typename T, typename Parse>
ColumnRef parse_rows(const CastJob& job, Parse&& parse) {
  CastOutput<T> out(job);
  const auto* from = job.from.values<StringRef>().data();
  for_each_value(job, [&](uint32_t row) {
    const std::string_view text = from[row].view();
    if (const auto value = parse(text)) {
      out[row] = static_cast<T>(*value);
    } else {
      out.fail(row, text);
    }
  });
  return std::move(out).finish();
}

// [+-]digits[.digits], blanks around it; what follows the point is cut. No exponent.
std::optional<int64_t> whole_number(std::string_view text) {
  text = java_trim(text);
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return parse_integer(text);
  const std::string_view fraction = text.substr(point + 1);
  if (!std::ranges::all_of(fraction, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  text = text.substr(0, point);
  if (text.empty() || text == "-" || text == "+") {
    return fraction.empty() ? std::nullopt : std::optional<int64_t>(0);
  }
  return parse_integer(text);
}

template <typename T>
ColumnRef to_integer(const CastJob& job) {
  return parse_rows<T>(job, [](std::string_view text) {
    auto value = whole_number(text);
    if (value && static_cast<T>(*value) != *value) value = std::nullopt;
    return value;
  });
}

ColumnRef to_double(const CastJob& job) {
  return parse_rows<double>(job,
                            [](std::string_view text) { return parse_double(java_trim(text)); });
}

ColumnRef to_float(const CastJob& job) {
  return parse_rows<float>(job, [](std::string_view text) { return parse_float(java_trim(text)); });
}

// Flink's reader of short texts does not look at the character that ends the digits, if it is the
// last: '12%' is 12 and 'x' is 0. Only texts and precisions of up to 18 go that way.
bool parse_short_decimal(std::string_view text, int precision, int scale,
                         std::optional<int128_t>& value) {
  constexpr size_t kShort = 18;
  if (text.empty() || text.size() > kShort || precision > static_cast<int>(kShort)) return false;
  const char last = text.back();
  if ((last >= '0' && last <= '9') || last == '.') return false;
  const bool sign_alone = text == "-" || text == "+";
  text.remove_suffix(1);
  if (sign_alone) return false;
  if (text.empty() || text == "-" || text == "+") text = "0";
  return parse_decimal(text, precision, scale, value);
}

ColumnRef to_decimal(const CastJob& job) {
  CastOutput<int128_t> out(job);
  const auto* from = job.from.values<StringRef>().data();
  for_each_value(job, [&](uint32_t row) {
    std::optional<int128_t> value;
    const std::string_view text = from[row].view();
    const std::string_view trimmed = java_trim(text);
    if (!parse_decimal(trimmed, job.to.precision(), job.to.scale(), value) &&
        !parse_short_decimal(trimmed, job.to.precision(), job.to.scale(), value)) {
      return out.fail(row, text);
    }
    if (value) {
      out[row] = *value;
    } else {
      out.set_null(row);
    }
  });
  return std::move(out).finish();
}

std::optional<bool> truth(std::string_view text) {
  text = java_trim(text);
  std::array<char, 5> lower{};
  if (text.empty() || text.size() > lower.size()) return std::nullopt;
  std::ranges::transform(text, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string_view word(lower.data(), text.size());
  for (const std::string_view yes : {"t", "true", "y", "yes", "1"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"f", "false", "n", "no", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

ColumnRef to_bool(const CastJob& job) {
  return parse_rows<uint8_t>(job, [](std::string_view text) { return truth(text); });
}

ColumnRef to_date(const CastJob& job) {
  return parse_rows<int32_t>(job, [](std::string_view text) {
    text = java_trim(text);
    // A time behind the date is ignored.
    return parse_date(text.substr(0, text.find(' ')), true);
  });
}

ColumnRef to_time(const CastJob& job) {
  return parse_rows<int32_t>(job,
                             [](std::string_view text) { return parse_time(java_trim(text)); });
}

ColumnRef to_timestamp(const CastJob& job) {
  const int64_t units = job.to.units_per_second();
  const bool instant = job.to.kind() == TypeKind::kTimestampLtz;
  const TimeZone& zone = time_zone(job.context.time_zone);
  return parse_rows<int64_t>(job, [&](std::string_view text) -> std::optional<int64_t> {
    auto moment = parse_timestamp(java_trim(text), TimestampStyle::kCast);
    if (!moment) return std::nullopt;
    if (instant) moment->seconds = zone.to_utc(moment->seconds);
    const auto value = to_units(*moment, units);
    return value ? std::optional(cut_second(*value, job.to)) : std::nullopt;
  });
}

}  // namespace

CastKernel parse_cast(const LogicalType& from, const LogicalType& to) {
  if (!from.is_character()) return nullptr;
  const TypeKind kind = to.kind();
  if (kind == TypeKind::kBoolean) return &to_bool;
  if (kind == TypeKind::kTinyint) return &to_integer<int8_t>;
  if (kind == TypeKind::kSmallint) return &to_integer<int16_t>;
  if (kind == TypeKind::kInt) return &to_integer<int32_t>;
  if (kind == TypeKind::kBigint) return &to_integer<int64_t>;
  if (kind == TypeKind::kFloat) return &to_float;
  if (kind == TypeKind::kDouble) return &to_double;
  if (kind == TypeKind::kDecimal) return &to_decimal;
  if (kind == TypeKind::kDate) return &to_date;
  if (kind == TypeKind::kTime) return &to_time;
  if (kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampLtz) return &to_timestamp;
  return nullptr;
}

}  // namespace weir::types
