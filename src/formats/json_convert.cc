#include "formats/json_convert.h"

#include <limits>

#include "formats/base64.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"

namespace weir::formats {
namespace {

using types::StringRef;
using types::TypeKind;
using Kind = JsonToken::Kind;

// What Jackson's getText() gives: a string without its escapes, everything else as written.
std::string_view text_of(const JsonToken& token, std::string& scratch) {
  if (!token.escaped || token.kind != Kind::kString) return token.text;
  scratch.clear();
  // The escapes were checked when the token was taken.
  static_cast<void>(unescape(token.text, scratch));
  return scratch;
}

// Numbers lose their fraction, text must be a whole number (getLongValue, Long.parseLong).
std::optional<int64_t> whole_of(const JsonToken& token, bool fraction_allowed,
                                std::string& scratch) {
  if (token.kind == Kind::kInteger) [[likely]] {
    if (token.small) return token.integer;
    return types::parse_integer(token.text);
  }
  if (token.kind == Kind::kFloat && fraction_allowed) {
    const auto value = types::parse_double(token.text);
    constexpr double kBound = 9223372036854775808.0;
    if (!value || !(*value >= -kBound && *value < kBound)) return std::nullopt;
    return static_cast<int64_t>(*value);
  }
  return types::parse_integer(types::java_trim(text_of(token, scratch)));
}

template <typename T>
bool set_integer(const JsonToken& token, bool fraction_allowed, ColumnSink& sink, uint32_t row,
                 std::string& scratch) {
  const auto value = whole_of(token, fraction_allowed, scratch);
  if (!value || *value < std::numeric_limits<T>::min() || *value > std::numeric_limits<T>::max()) {
    return false;
  }
  sink.set(row, static_cast<T>(*value));
  return true;
}

bool set_bool(const JsonToken& token, ColumnSink& sink, uint32_t row, std::string& scratch) {
  bool value = token.kind == Kind::kTrue;
  if (token.kind != Kind::kTrue && token.kind != Kind::kFalse) {
    // Boolean.parseBoolean: whatever is not "true" is false.
    const std::string_view text = types::java_trim(text_of(token, scratch));
    constexpr std::string_view kTrue = "true";
    value = std::ranges::equal(text, kTrue, [](char a, char b) { return (a | 0x20) == b; });
  }
  sink.set<uint8_t>(row, value ? 1 : 0);
  return true;
}

bool set_string(const JsonToken& token, ColumnSink& sink, uint32_t row, std::string& scratch) {
  if (token.escaped) [[unlikely]] {
    sink.set(row, sink.heap().add(text_of(token, scratch)));
  } else {
    sink.set(row, StringRef(token.text));
  }
  return true;
}

bool set_decimal(const JsonToken& token, ColumnSink& sink, uint32_t row, std::string& scratch) {
  if (token.kind == Kind::kTrue || token.kind == Kind::kFalse) return false;
  const auto& type = sink.type();
  std::optional<types::int128_t> value;
  const std::string_view text = types::java_trim(text_of(token, scratch));
  if (!types::parse_decimal(text, type.precision(), type.scale(), value)) return false;
  if (value) {
    sink.set(row, *value);
  } else {
    sink.set_null(row);  // too large: NULL, as everywhere in Flink
  }
  return true;
}

bool set_bytes(const JsonToken& token, ColumnSink& sink, uint32_t row, std::string& scratch) {
  if (token.kind != Kind::kString) return false;
  const std::string_view text = text_of(token, scratch);
  char* to = sink.heap().reserve(text.size());
  const auto size = decode_base64(text, to);
  if (!size) return false;
  sink.set(row, sink.heap().commit_text(to, *size));
  return true;
}

bool set_timestamp(const JsonToken& token, ColumnSink& sink, uint32_t row,
                   JsonTimestamps timestamps, std::string& scratch) {
  std::string_view text = text_of(token, scratch);
  if (sink.type().kind() == TypeKind::kTimestampLtz) {
    if (!text.ends_with('Z')) return false;
    text.remove_suffix(1);
  }
  const auto moment = types::parse_timestamp(text, timestamps == JsonTimestamps::kSql
                                                       ? types::TimestampStyle::kSql
                                                       : types::TimestampStyle::kIso);
  if (!moment) return false;
  const auto value = types::to_units(*moment, sink.type().units_per_second());
  if (!value) return false;
  sink.set(row, *value);
  return true;
}

bool set_optional(const std::optional<int32_t>& value, ColumnSink& sink, uint32_t row) {
  if (value) sink.set(row, *value);
  return value.has_value();
}

template <typename T>
bool set_float(const std::optional<T>& value, ColumnSink& sink, uint32_t row) {
  if (value) sink.set(row, *value);
  return value.has_value();
}

}  // namespace

bool is_json_scalar(const types::LogicalType& type) {
  return type.is_numeric() || type.is_character() || type.is_binary() || type.is_timestamp() ||
         type.is_interval() || type.kind() == TypeKind::kBoolean ||
         type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

bool convert_json_token(const JsonToken& token, ColumnSink& sink, uint32_t row,
                        JsonTimestamps timestamps, std::string& scratch) {
  switch (sink.type().kind()) {
    case TypeKind::kChar:
    case TypeKind::kVarchar: return set_string(token, sink, row, scratch);
    case TypeKind::kInt:
    case TypeKind::kIntervalYearMonth: return set_integer<int32_t>(token, true, sink, row, scratch);
    case TypeKind::kBigint:
    case TypeKind::kIntervalDayTime: return set_integer<int64_t>(token, true, sink, row, scratch);
    case TypeKind::kTinyint: return set_integer<int8_t>(token, false, sink, row, scratch);
    case TypeKind::kSmallint: return set_integer<int16_t>(token, false, sink, row, scratch);
    case TypeKind::kBoolean: return set_bool(token, sink, row, scratch);
    case TypeKind::kDouble:
      return set_float(types::parse_double(types::java_trim(text_of(token, scratch))), sink, row);
    case TypeKind::kFloat:
      return set_float(types::parse_float(types::java_trim(text_of(token, scratch))), sink, row);
    case TypeKind::kDecimal: return set_decimal(token, sink, row, scratch);
    case TypeKind::kBinary:
    case TypeKind::kVarbinary: return set_bytes(token, sink, row, scratch);
    case TypeKind::kDate:
      return set_optional(types::parse_date(text_of(token, scratch)), sink, row);
    case TypeKind::kTime:
      return set_optional(types::parse_time(text_of(token, scratch)), sink, row);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return set_timestamp(token, sink, row, timestamps, scratch);
    case TypeKind::kNull:
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap:
    case TypeKind::kRow:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw:
    case TypeKind::kStructured:
    case TypeKind::kDescriptor: return false;
  }
  return false;
}

}  // namespace weir::formats
