#include "types/logical_type.h"

#include "base/check.h"

namespace weir::types {
namespace {

std::shared_ptr<const std::vector<Field>> share(std::vector<Field> fields) {
  return std::make_shared<const std::vector<Field>>(std::move(fields));
}

std::string quote_field_name(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out.push_back('`');
    out.push_back(c);
  }
  out.push_back('`');
  return out;
}

std::string with_length(std::string_view name, int32_t length) {
  return fmt::format("{}({})", name, length);
}

}  // namespace

LogicalType::LogicalType(const LogicalType&) = default;
LogicalType::LogicalType(LogicalType&&) noexcept = default;
LogicalType& LogicalType::operator=(const LogicalType&) = default;
LogicalType& LogicalType::operator=(LogicalType&&) noexcept = default;
LogicalType::~LogicalType() = default;

Schema::Schema(const Schema&) = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(const Schema&) = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

LogicalType LogicalType::simple(TypeKind kind, bool nullable) {
  LogicalType type;
  type.kind_ = kind;
  type.nullable_ = nullable;
  return type;
}

LogicalType LogicalType::chars(int32_t length) {
  LogicalType type = simple(TypeKind::kChar);
  type.length_ = length;
  return type;
}

LogicalType LogicalType::varchar(int32_t length) {
  LogicalType type = simple(TypeKind::kVarchar);
  type.length_ = length;
  return type;
}

LogicalType LogicalType::binary(int32_t length) {
  LogicalType type = simple(TypeKind::kBinary);
  type.length_ = length;
  return type;
}

LogicalType LogicalType::varbinary(int32_t length) {
  LogicalType type = simple(TypeKind::kVarbinary);
  type.length_ = length;
  return type;
}

LogicalType LogicalType::decimal(int precision, int scale) {
  WEIR_CHECK(precision >= 1 && precision <= kMaxDecimalPrecision, "DECIMAL has 1 to 38 digits");
  WEIR_CHECK(scale >= 0 && scale <= precision, "a scale is at most the precision");
  LogicalType type = simple(TypeKind::kDecimal);
  type.precision_ = static_cast<int8_t>(precision);
  type.scale_ = static_cast<int8_t>(scale);
  return type;
}

LogicalType LogicalType::time(int precision) {
  LogicalType type = simple(TypeKind::kTime);
  type.precision_ = static_cast<int8_t>(precision);
  return type;
}

LogicalType LogicalType::timestamp(int precision) {
  LogicalType type = simple(TypeKind::kTimestamp);
  type.precision_ = static_cast<int8_t>(precision);
  return type;
}

LogicalType LogicalType::timestamp_ltz(int precision) {
  LogicalType type = simple(TypeKind::kTimestampLtz);
  type.precision_ = static_cast<int8_t>(precision);
  return type;
}

LogicalType LogicalType::interval_year_month() { return simple(TypeKind::kIntervalYearMonth); }

LogicalType LogicalType::interval_day_time() { return simple(TypeKind::kIntervalDayTime); }

LogicalType LogicalType::array(LogicalType element) {
  LogicalType type = simple(TypeKind::kArray);
  type.children_ = share({{"element", std::move(element)}});
  return type;
}

LogicalType LogicalType::multiset(LogicalType element) {
  LogicalType type = simple(TypeKind::kMultiset);
  type.children_ = share({{"element", std::move(element)}});
  return type;
}

LogicalType LogicalType::map(LogicalType key, LogicalType value) {
  LogicalType type = simple(TypeKind::kMap);
  type.children_ = share({{"key", std::move(key)}, {"value", std::move(value)}});
  return type;
}

LogicalType LogicalType::row(std::vector<Field> fields) {
  LogicalType type = simple(TypeKind::kRow);
  type.children_ = share(std::move(fields));
  return type;
}

const std::vector<Field>& LogicalType::children() const {
  static const std::vector<Field> none;
  return children_ ? *children_ : none;
}

LogicalType LogicalType::with_nullable(bool nullable) const {
  LogicalType type = *this;
  type.nullable_ = nullable;
  return type;
}

LogicalType LogicalType::with_time_attribute(TimeAttribute attribute) const {
  LogicalType type = *this;
  type.time_attribute_ = attribute;
  return type;
}

Physical LogicalType::physical() const {
  switch (kind_) {
    case TypeKind::kBoolean: return Physical::kBool8;
    case TypeKind::kTinyint: return Physical::kInt8;
    case TypeKind::kSmallint: return Physical::kInt16;
    case TypeKind::kInt:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kIntervalYearMonth: return Physical::kInt32;
    case TypeKind::kBigint:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
    case TypeKind::kIntervalDayTime: return Physical::kInt64;
    case TypeKind::kFloat: return Physical::kFloat32;
    case TypeKind::kDouble: return Physical::kFloat64;
    case TypeKind::kDecimal: return Physical::kInt128;
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kBinary:
    case TypeKind::kVarbinary:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw: return Physical::kString;
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap: return Physical::kList;
    case TypeKind::kRow:
    case TypeKind::kStructured: return Physical::kStruct;
    case TypeKind::kNull:
    case TypeKind::kDescriptor: return Physical::kNone;
  }
  return Physical::kNone;
}

bool LogicalType::is_integer() const {
  return kind_ == TypeKind::kTinyint || kind_ == TypeKind::kSmallint || kind_ == TypeKind::kInt ||
         kind_ == TypeKind::kBigint;
}

bool LogicalType::is_approximate() const {
  return kind_ == TypeKind::kFloat || kind_ == TypeKind::kDouble;
}

bool LogicalType::is_numeric() const {
  return is_integer() || is_approximate() || kind_ == TypeKind::kDecimal;
}

bool LogicalType::is_character() const {
  return kind_ == TypeKind::kChar || kind_ == TypeKind::kVarchar;
}

bool LogicalType::is_binary() const {
  return kind_ == TypeKind::kBinary || kind_ == TypeKind::kVarbinary;
}

bool LogicalType::is_timestamp() const {
  return kind_ == TypeKind::kTimestamp || kind_ == TypeKind::kTimestampLtz;
}

bool LogicalType::is_interval() const {
  return kind_ == TypeKind::kIntervalYearMonth || kind_ == TypeKind::kIntervalDayTime;
}

int64_t LogicalType::units_per_second() const {
  if (precision_ <= 3) return 1'000;
  return precision_ <= 6 ? 1'000'000 : 1'000'000'000;
}

std::string LogicalType::to_summary() const {
  switch (kind_) {
    case TypeKind::kNull: return "NULL";
    case TypeKind::kBoolean: return "BOOLEAN";
    case TypeKind::kTinyint: return "TINYINT";
    case TypeKind::kSmallint: return "SMALLINT";
    case TypeKind::kInt: return "INT";
    case TypeKind::kBigint: return "BIGINT";
    case TypeKind::kFloat: return "FLOAT";
    case TypeKind::kDouble: return "DOUBLE";
    case TypeKind::kDecimal: return fmt::format("DECIMAL({}, {})", precision_, scale_);
    case TypeKind::kChar: return with_length("CHAR", length_);
    case TypeKind::kVarchar:
      return length_ == kMaxLength ? "STRING" : with_length("VARCHAR", length_);
    case TypeKind::kBinary: return with_length("BINARY", length_);
    case TypeKind::kVarbinary:
      return length_ == kMaxLength ? "BYTES" : with_length("VARBINARY", length_);
    case TypeKind::kDate: return "DATE";
    case TypeKind::kTime: return fmt::format("TIME({})", precision_);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: {
      std::string text = fmt::format(
          "{}({})", kind_ == TypeKind::kTimestamp ? "TIMESTAMP" : "TIMESTAMP_LTZ", precision_);
      if (time_attribute_ == TimeAttribute::kRowtime) text += " *ROWTIME*";
      if (time_attribute_ == TimeAttribute::kProctime) text += " *PROCTIME*";
      return text;
    }
    case TypeKind::kIntervalYearMonth: return "INTERVAL YEAR TO MONTH";
    case TypeKind::kIntervalDayTime: return "INTERVAL DAY TO SECOND(3)";
    case TypeKind::kArray: return fmt::format("ARRAY<{}>", children()[0].type.to_string());
    case TypeKind::kMultiset: return fmt::format("MULTISET<{}>", children()[0].type.to_string());
    case TypeKind::kMap:
      return fmt::format("MAP<{}, {}>", children()[0].type.to_string(),
                         children()[1].type.to_string());
    case TypeKind::kRow: {
      std::string text = "ROW<";
      for (size_t i = 0; i < children().size(); ++i) {
        if (i > 0) text += ", ";
        text += quote_field_name(children()[i].name) + " " + children()[i].type.to_string();
      }
      return text + ">";
    }
    case TypeKind::kVariant: return "VARIANT";
    case TypeKind::kBitmap: return "BITMAP";
    case TypeKind::kRaw: return "RAW";
    case TypeKind::kStructured: return "STRUCTURED";
    case TypeKind::kDescriptor: return "DESCRIPTOR";
  }
  return "?";
}

std::string LogicalType::to_string() const {
  return nullable_ ? to_summary() : to_summary() + " NOT NULL";
}

bool LogicalType::same_ignoring_nulls(const LogicalType& other) const {
  return kind_ == other.kind_ && precision_ == other.precision_ && scale_ == other.scale_ &&
         length_ == other.length_ && children() == other.children();
}

bool LogicalType::operator==(const LogicalType& other) const {
  return nullable_ == other.nullable_ && time_attribute_ == other.time_attribute_ &&
         same_ignoring_nulls(other);
}

int Schema::find(std::string_view name) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::vector<std::string> Schema::names() const {
  std::vector<std::string> names;
  names.reserve(fields_.size());
  for (const auto& field : fields_) names.push_back(field.name);
  return names;
}

size_t physical_width(Physical physical) {
  switch (physical) {
    case Physical::kBool8:
    case Physical::kInt8: return 1;
    case Physical::kInt16: return 2;
    case Physical::kInt32:
    case Physical::kFloat32: return 4;
    case Physical::kInt64:
    case Physical::kFloat64: return 8;
    case Physical::kInt128:
    case Physical::kString: return 16;
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: return 0;
  }
  return 0;
}

}  // namespace weir::types
