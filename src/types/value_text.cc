#include "types/value_text.h"

#include <array>

#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/time_zone.h"

namespace weir::types {
namespace {

int64_t integer_at(const Column& column, size_t row) {
  switch (physical_width(column.type().physical())) {
    case 1: return column.value<int8_t>(row);
    case 2: return column.value<int16_t>(row);
    case 4: return column.value<int32_t>(row);
    default: return column.value<int64_t>(row);
  }
}

// Java's toString of a local time: seconds only when something is left, digits in threes.
void append_java_time(int64_t second_of_day, int32_t nanos, bool always_seconds, std::string& out) {
  std::array<char, kDateTimeTextBytes> text{};
  int digits = 0;
  if (nanos != 0) digits = nanos % 1'000'000 == 0 ? 3 : (nanos % 1000 == 0 ? 6 : 9);
  const Moment moment{second_of_day, nanos};
  size_t length = format_timestamp(moment, ' ', digits, text.data());
  constexpr size_t kDate = 11;
  if (!always_seconds && nanos == 0 && second_of_day % 60 == 0) length -= 3;
  out.append(text.data() + kDate, length - kDate);
}

void append_timestamp(const Column& column, size_t row, TextStyle style, const TimeZone& zone,
                      std::string& out) {
  const LogicalType& type = column.type();
  Moment moment = from_units(column.value<int64_t>(row), type.units_per_second());
  const bool instant = type.kind() == TypeKind::kTimestampLtz;
  std::array<char, kDateTimeTextBytes> text{};
  if (style == TextStyle::kCast) {
    if (instant) moment.seconds = zone.to_local(moment.seconds);
    out.append(text.data(), format_timestamp(moment, ' ', type.precision(), text.data()));
    return;
  }
  const int64_t days = floor_divide(moment.seconds, kSecondsPerDay);
  out.append(text.data(), format_date(days, text.data()));
  out.push_back('T');
  append_java_time(floor_modulo(moment.seconds, kSecondsPerDay), moment.nanos, instant, out);
  if (instant) out.push_back('Z');
}

void append_time(const Column& column, size_t row, TextStyle style, std::string& out) {
  const int32_t ms = column.value<int32_t>(row);
  if (style == TextStyle::kPrint) {
    append_java_time(ms / 1000, ms % 1000 * 1'000'000, false, out);
    return;
  }
  std::array<char, kDateTimeTextBytes> text{};
  out.append(text.data(), format_time(ms, std::min(column.type().precision(), 3), text.data()));
}

void append_bytes(std::string_view bytes, TextStyle style, std::string& out) {
  if (style == TextStyle::kCast) {
    out += bytes;
    return;
  }
  out.push_back('[');
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) out += ", ";
    out += std::to_string(static_cast<int>(static_cast<signed char>(bytes[i])));
  }
  out.push_back(']');
}

void append_months(int32_t months, std::string& out) {
  const int64_t magnitude = months < 0 ? -int64_t{months} : months;
  out.push_back(months < 0 ? '-' : '+');
  out += fmt::format("{}-{:02}", magnitude / 12, magnitude % 12);
}

void append_day_time(int64_t ms, std::string& out) {
  const uint64_t magnitude = ms < 0 ? ~static_cast<uint64_t>(ms) + 1 : static_cast<uint64_t>(ms);
  out.push_back(ms < 0 ? '-' : '+');
  out +=
      fmt::format("{} {:02}:{:02}:{:02}.{:03}", magnitude / 86'400'000, magnitude / 3'600'000 % 24,
                  magnitude / 60'000 % 60, magnitude / 1000 % 60, magnitude % 1000);
}

void append_list(const Column& column, size_t row, TextStyle style, const TimeZone& zone,
                 std::string& out) {
  const bool map = column.children().size() == 2;
  const auto [begin, end] = column.list_range(row);
  out.push_back(map ? '{' : '[');
  for (int32_t i = begin; i < end; ++i) {
    if (i > begin) out += ", ";
    append_text(*column.children()[0], static_cast<size_t>(i), style, zone, out);
    if (!map) continue;
    out.push_back('=');
    append_text(*column.children()[1], static_cast<size_t>(i), style, zone, out);
  }
  out.push_back(map ? '}' : ']');
}

void append_row(const Column& column, size_t row, TextStyle style, const TimeZone& zone,
                std::string& out) {
  out += style == TextStyle::kCast ? "(" : "+I[";
  for (size_t i = 0; i < column.children().size(); ++i) {
    if (i > 0) out += ", ";
    append_text(*column.children()[i], column.is_constant() ? 0 : row, style, zone, out);
  }
  out.push_back(style == TextStyle::kCast ? ')' : ']');
}

}  // namespace

void append_text(const Column& column, size_t row, TextStyle style, const TimeZone& zone,
                 std::string& out) {
  const LogicalType& type = column.type();
  if (type.physical() == Physical::kNone || column.is_null(row)) {
    out += style == TextStyle::kCast ? "NULL" : "null";
    return;
  }
  std::array<char, kDecimalTextBytes> text{};
  switch (type.kind()) {
    case TypeKind::kBoolean: {
      const bool value = column.value<uint8_t>(row) != 0;
      if (style == TextStyle::kCast) {
        out += value ? "TRUE" : "FALSE";
      } else {
        out += value ? "true" : "false";
      }
      return;
    }
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
      out.append(text.data(), format_integer(integer_at(column, row), text.data()));
      return;
    case TypeKind::kFloat:
      out.append(text.data(), format_float(column.value<float>(row), text.data()));
      return;
    case TypeKind::kDouble:
      out.append(text.data(), format_double(column.value<double>(row), text.data()));
      return;
    case TypeKind::kDecimal:
      out.append(text.data(),
                 format_decimal(column.value<int128_t>(row), type.scale(), text.data()));
      return;
    case TypeKind::kChar:
    case TypeKind::kVarchar: out += column.text(row); return;
    case TypeKind::kBinary:
    case TypeKind::kVarbinary:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw: append_bytes(column.text(row), style, out); return;
    case TypeKind::kDate:
      out.append(text.data(), format_date(column.value<int32_t>(row), text.data()));
      return;
    case TypeKind::kTime: append_time(column, row, style, out); return;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: append_timestamp(column, row, style, zone, out); return;
    case TypeKind::kIntervalYearMonth: append_months(column.value<int32_t>(row), out); return;
    case TypeKind::kIntervalDayTime: append_day_time(column.value<int64_t>(row), out); return;
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap: append_list(column, row, style, zone, out); return;
    case TypeKind::kRow:
    case TypeKind::kStructured: append_row(column, row, style, zone, out); return;
    case TypeKind::kNull:
    case TypeKind::kDescriptor: return;
  }
}

}  // namespace weir::types
