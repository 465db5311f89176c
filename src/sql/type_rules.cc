#include "sql/type_rules.h"

#include <algorithm>

namespace weir::sql {
namespace {

using types::LogicalType;
using types::TypeKind;

// Digits before the point that an exact number takes.
int integer_digits(const LogicalType& type) {
  if (type.kind() == TypeKind::kTinyint) return 3;
  if (type.kind() == TypeKind::kSmallint) return 5;
  if (type.kind() == TypeKind::kInt) return 10;
  if (type.kind() == TypeKind::kBigint) return 19;
  return type.precision() - type.scale();
}

LogicalType common_numeric(const LogicalType& a, const LogicalType& b) {
  if (a.is_approximate() || b.is_approximate()) {
    const bool decimal = a.kind() == TypeKind::kDecimal || b.kind() == TypeKind::kDecimal;
    const bool wide = a.kind() == TypeKind::kDouble || b.kind() == TypeKind::kDouble;
    return decimal || wide ? LogicalType::float64() : LogicalType::float32();
  }
  if (a.is_integer() && b.is_integer()) return a.kind() > b.kind() ? a : b;
  const int digits = std::max(integer_digits(a), integer_digits(b));
  const int scale = std::min(std::max(a.scale(), b.scale()),
                             std::max(0, LogicalType::kMaxDecimalPrecision - digits));
  return LogicalType::decimal(std::min(digits + scale, LogicalType::kMaxDecimalPrecision), scale);
}

LogicalType common_character(const LogicalType& a, const LogicalType& b) {
  const int32_t length = std::max(a.length(), b.length());
  const bool fixed = a.kind() == TypeKind::kChar && b.kind() == TypeKind::kChar;
  if (fixed && a.length() == b.length()) return LogicalType::chars(length);
  return LogicalType::varchar(length);
}

LogicalType common_binary(const LogicalType& a, const LogicalType& b) {
  const int32_t length = std::max(a.length(), b.length());
  const bool fixed = a.kind() == TypeKind::kBinary && b.kind() == TypeKind::kBinary;
  if (fixed && a.length() == b.length()) return LogicalType::binary(length);
  return LogicalType::varbinary(length);
}

std::optional<LogicalType> common_of_two(const LogicalType& a, const LogicalType& b);

std::optional<LogicalType> common_nested(const LogicalType& a, const LogicalType& b) {
  if (a.kind() != b.kind() || a.children().size() != b.children().size()) return std::nullopt;
  std::vector<types::Field> fields;
  for (size_t i = 0; i < a.children().size(); ++i) {
    auto child = common_of_two(a.children()[i].type, b.children()[i].type);
    if (!child.has_value()) return std::nullopt;
    fields.push_back({a.children()[i].name, *child});
  }
  if (a.kind() == TypeKind::kRow) return LogicalType::row(std::move(fields));
  if (a.kind() == TypeKind::kArray) return LogicalType::array(fields[0].type);
  if (a.kind() == TypeKind::kMultiset) return LogicalType::multiset(fields[0].type);
  return LogicalType::map(fields[0].type, fields[1].type);
}

std::optional<LogicalType> common_ignoring_nulls(const LogicalType& a, const LogicalType& b) {
  if (a.kind() == TypeKind::kNull) return b;
  if (b.kind() == TypeKind::kNull || a.same_ignoring_nulls(b)) return a;
  if (a.is_numeric() && b.is_numeric()) return common_numeric(a, b);
  if (a.is_character() && b.is_character()) return common_character(a, b);
  if (a.is_binary() && b.is_binary()) return common_binary(a, b);
  if (a.kind() == b.kind() && a.is_timestamp()) return a.precision() > b.precision() ? a : b;
  if (a.kind() == b.kind() && a.kind() == TypeKind::kTime) {
    return a.precision() > b.precision() ? a : b;
  }
  if (!a.children().empty()) return common_nested(a, b);
  return std::nullopt;
}

std::optional<LogicalType> common_of_two(const LogicalType& a, const LogicalType& b) {
  auto common = common_ignoring_nulls(a, b);
  if (!common.has_value()) return std::nullopt;
  const bool same_attribute = a.time_attribute() == b.time_attribute();
  return common->with_nullable(a.nullable() || b.nullable())
      .with_time_attribute(same_attribute ? a.time_attribute() : types::TimeAttribute::kNone);
}

bool children_fit(const LogicalType& from, const LogicalType& to,
                  bool (*fit)(const LogicalType&, const LogicalType&)) {
  if (from.kind() != to.kind() || from.children().size() != to.children().size()) return false;
  for (size_t i = 0; i < from.children().size(); ++i) {
    if (!fit(from.children()[i].type, to.children()[i].type)) return false;
  }
  return true;
}

bool is_nested(const LogicalType& type) {
  return type.physical() == types::Physical::kList || type.physical() == types::Physical::kStruct;
}

}  // namespace

std::optional<LogicalType> common_type(std::span<const LogicalType> types) {
  if (types.empty()) return std::nullopt;
  LogicalType common = types.front();
  for (const auto& type : types.subspan(1)) {
    auto next = common_of_two(common, type);
    if (!next.has_value()) return std::nullopt;
    common = *next;
  }
  return common;
}

// Source: the table of casts in Flink's documentation of data types.
bool can_cast_implicitly(const LogicalType& from, const LogicalType& to) {
  if (from.kind() == TypeKind::kNull || from.same_ignoring_nulls(to)) return true;
  switch (to.kind()) {
    case TypeKind::kChar: return from.kind() == TypeKind::kChar;
    case TypeKind::kVarchar: return from.is_character();
    case TypeKind::kBinary: return from.kind() == TypeKind::kBinary;
    case TypeKind::kVarbinary: return from.is_binary();
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint: return from.is_integer() && from.kind() <= to.kind();
    case TypeKind::kDecimal:
    case TypeKind::kDouble: return from.is_numeric();
    case TypeKind::kFloat: return from.is_numeric() && from.kind() != TypeKind::kDouble;
    case TypeKind::kDate: return from.kind() == TypeKind::kTimestamp;
    case TypeKind::kTime:
      return from.kind() == TypeKind::kTime || from.kind() == TypeKind::kTimestamp;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return from.is_timestamp();
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap:
    case TypeKind::kRow: return children_fit(from, to, can_cast_implicitly);
    case TypeKind::kNull:
    case TypeKind::kBoolean:
    case TypeKind::kIntervalYearMonth:
    case TypeKind::kIntervalDayTime:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw:
    case TypeKind::kStructured:
    case TypeKind::kDescriptor: return from.kind() == to.kind();
  }
  return false;
}

bool can_cast(const LogicalType& from, const LogicalType& to) {
  if (can_cast_implicitly(from, to)) return true;
  switch (to.kind()) {
    case TypeKind::kChar:
    case TypeKind::kVarchar: return from.kind() != TypeKind::kDescriptor;
    case TypeKind::kBinary:
    case TypeKind::kVarbinary: return from.is_character() || from.is_binary();
    case TypeKind::kBoolean: return from.is_character() || from.is_numeric();
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
    case TypeKind::kDecimal:
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return from.is_numeric() || from.is_character() || from.kind() == TypeKind::kBoolean;
    case TypeKind::kDate: return from.is_timestamp() || from.is_character();
    case TypeKind::kTime:
      return from.is_timestamp() || from.is_character() || from.kind() == TypeKind::kTime;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
      return from.is_timestamp() || from.is_character() || from.kind() == TypeKind::kDate ||
             from.kind() == TypeKind::kTime;
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap:
    case TypeKind::kRow: return is_nested(from) && children_fit(from, to, can_cast);
    case TypeKind::kIntervalYearMonth:
    case TypeKind::kIntervalDayTime:
    case TypeKind::kNull:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw:
    case TypeKind::kStructured:
    case TypeKind::kDescriptor: return false;
  }
  return false;
}

}  // namespace weir::sql
