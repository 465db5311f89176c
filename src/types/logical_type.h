// LogicalType: one of Flink's SQL types, with its nullability.
//
// A small immutable value; copies share their children. Any thread. Equality includes nullability,
// which in Flink is part of the type; same_ignoring_nulls() leaves the outermost one out. The text
// of a type is Flink's (`DECIMAL(10, 2) NOT NULL`, `ROW<`a` INT>`).
//
// How each type lies in memory (Physical) follows Arrow, with two exceptions that buy speed: a
// BOOLEAN is a byte a row, and strings are 16-byte views (types/string_ref.h).
//   TIMESTAMP(p), TIMESTAMP_LTZ(p): int64 since 1970-01-01 00:00 in milliseconds for p <= 3, else
//   in microseconds for p <= 6, else in nanoseconds. TIME(p): int32 milliseconds of the day. DATE:
//   int32 days. INTERVAL YEAR TO MONTH: int32 months. INTERVAL DAY TO SECOND: int64 milliseconds.
//   DECIMAL(p, s): int128, the number times 10^s.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::types {

enum class TypeKind : uint8_t {
  kNull,
  kBoolean,
  kTinyint,
  kSmallint,
  kInt,
  kBigint,
  kFloat,
  kDouble,
  kDecimal,
  kChar,
  kVarchar,
  kBinary,
  kVarbinary,
  kDate,
  kTime,
  kTimestamp,
  kTimestampLtz,
  kIntervalYearMonth,
  kIntervalDayTime,
  kArray,
  kMultiset,
  kMap,
  kRow,
  kVariant,
  kBitmap,
  kRaw,
  kStructured,
  kDescriptor,
};

// How one value lies in a column's value buffer.
enum class Physical : uint8_t {
  kNone,   // NULL, DESCRIPTOR: no values
  kBool8,  // one byte, 0 or 1
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat32,
  kFloat64,
  kInt128,
  kString,  // StringRef
  kList,    // int32 offsets (rows + 1) and one child: ARRAY; MULTISET and MAP have two (key, value)
  kStruct,  // one child a field
};

// What Flink calls a time attribute: the column by which event or processing time is known.
enum class TimeAttribute : uint8_t { kNone, kRowtime, kProctime };

struct Field;

class LogicalType {
 public:
  static constexpr int32_t kMaxLength = 2147483647;  // STRING = VARCHAR(kMaxLength)
  static constexpr int kMaxDecimalPrecision = 38;

  LogicalType() = default;  // NULL
  // Out of line, as in Schema: types are copied when a query is planned, not while it runs.
  LogicalType(const LogicalType&);
  LogicalType(LogicalType&&) noexcept;
  LogicalType& operator=(const LogicalType&);
  LogicalType& operator=(LogicalType&&) noexcept;
  ~LogicalType();

  static LogicalType simple(TypeKind kind, bool nullable = true);
  static LogicalType boolean() { return simple(TypeKind::kBoolean); }
  static LogicalType tinyint() { return simple(TypeKind::kTinyint); }
  static LogicalType smallint() { return simple(TypeKind::kSmallint); }
  static LogicalType integer() { return simple(TypeKind::kInt); }
  static LogicalType bigint() { return simple(TypeKind::kBigint); }
  static LogicalType float32() { return simple(TypeKind::kFloat); }
  static LogicalType float64() { return simple(TypeKind::kDouble); }
  static LogicalType date() { return simple(TypeKind::kDate); }
  static LogicalType string() { return varchar(kMaxLength); }
  static LogicalType bytes() { return varbinary(kMaxLength); }
  static LogicalType chars(int32_t length);
  static LogicalType varchar(int32_t length);
  static LogicalType binary(int32_t length);
  static LogicalType varbinary(int32_t length);
  static LogicalType decimal(int precision, int scale);
  static LogicalType time(int precision = 0);
  static LogicalType timestamp(int precision = 6);
  static LogicalType timestamp_ltz(int precision = 6);
  static LogicalType interval_year_month();
  static LogicalType interval_day_time();
  static LogicalType array(LogicalType element);
  static LogicalType multiset(LogicalType element);
  static LogicalType map(LogicalType key, LogicalType value);
  static LogicalType row(std::vector<Field> fields);

  [[nodiscard]] TypeKind kind() const { return kind_; }
  [[nodiscard]] bool nullable() const { return nullable_; }
  [[nodiscard]] TimeAttribute time_attribute() const { return time_attribute_; }
  // CHAR, VARCHAR, BINARY, VARBINARY.
  [[nodiscard]] int32_t length() const { return length_; }
  // DECIMAL, TIME, TIMESTAMP, TIMESTAMP_LTZ.
  [[nodiscard]] int precision() const { return precision_; }
  [[nodiscard]] int scale() const { return scale_; }
  // ARRAY and MULTISET: one; MAP: key, value; ROW: its fields. Else empty.
  [[nodiscard]] const std::vector<Field>& children() const;

  [[nodiscard]] LogicalType with_nullable(bool nullable) const;
  [[nodiscard]] LogicalType with_time_attribute(TimeAttribute attribute) const;

  [[nodiscard]] Physical physical() const;
  [[nodiscard]] bool is_integer() const;
  [[nodiscard]] bool is_approximate() const;  // FLOAT, DOUBLE
  [[nodiscard]] bool is_numeric() const;      // integer, approximate or DECIMAL
  [[nodiscard]] bool is_character() const;    // CHAR, VARCHAR
  [[nodiscard]] bool is_binary() const;       // BINARY, VARBINARY
  [[nodiscard]] bool is_timestamp() const;    // TIMESTAMP, TIMESTAMP_LTZ
  [[nodiscard]] bool is_interval() const;
  [[nodiscard]] bool is_rowtime() const { return time_attribute_ == TimeAttribute::kRowtime; }
  // Units a second of TIMESTAMP and TIMESTAMP_LTZ: 1,000, 1,000,000 or 1,000,000,000.
  [[nodiscard]] int64_t units_per_second() const;

  // Flink's text; `NOT NULL` is appended where it applies.
  [[nodiscard]] std::string to_string() const;
  // The same without the outermost NOT NULL; time attributes are shown as in DESCRIBE
  // (`*ROWTIME*`).
  [[nodiscard]] std::string to_summary() const;

  bool operator==(const LogicalType& other) const;
  [[nodiscard]] bool same_ignoring_nulls(const LogicalType& other) const;

 private:
  TypeKind kind_ = TypeKind::kNull;
  bool nullable_ = true;
  TimeAttribute time_attribute_ = TimeAttribute::kNone;
  int8_t precision_ = 0;
  int8_t scale_ = 0;
  int32_t length_ = 0;
  std::shared_ptr<const std::vector<Field>> children_;
};

// A named column or a field of a ROW. Names are case sensitive.
struct Field {
  std::string name;
  LogicalType type;

  bool operator==(const Field&) const = default;
};

// The columns of a table, a query or a batch, in order.
class Schema {
 public:
  Schema() = default;
  explicit Schema(std::vector<Field> fields) : fields_(std::move(fields)) {}
  Schema(const Schema&);
  Schema(Schema&&) noexcept;
  Schema& operator=(const Schema&);
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  [[nodiscard]] size_t size() const { return fields_.size(); }
  [[nodiscard]] const Field& operator[](size_t index) const { return fields_[index]; }
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  // The first field of that name, or -1.
  [[nodiscard]] int find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;

  bool operator==(const Schema&) const = default;

 private:
  std::vector<Field> fields_;
};

// Bytes of one value in a value buffer; 0 for kNone, kList and kStruct.
[[nodiscard]] size_t physical_width(Physical physical);

}  // namespace weir::types
