#include "types/cast.h"

#include <gtest/gtest.h>

#include <cmath>

#include "types/datetime.h"
#include "types/time_zone.h"
#include "types/value.h"
#include "types/value_text.h"

namespace weir::types {
namespace {

// The value as its CAST text; "<failed>" when the row fails.
std::string cast(const LogicalType& from, const Value& value, const LogicalType& to,
                 std::string_view zone = "UTC") {
  std::vector<CastFailure> failures;
  const CastContext context{zone, &failures};
  const auto column = cast_column(make_constant(from, value, 1), to, Selection(1), context);
  if (!failures.empty()) return "<failed>";
  std::string text;
  append_text(*column, 0, TextStyle::kCast, time_zone(zone), text);
  return text;
}

std::string from_text(std::string text, const LogicalType& to, std::string_view zone = "UTC") {
  return cast(LogicalType::string(), Value(std::move(text)), to, zone);
}

const auto kString = LogicalType::string();

TEST(Cast, NarrowingKeepsLowBitsAndDoublesSaturate) {
  EXPECT_EQ(cast(LogicalType::bigint(), Value(INT64_MAX), LogicalType::integer()), "-1");
  EXPECT_EQ(cast(LogicalType::float64(), Value(1e10), LogicalType::integer()), "2147483647");
  EXPECT_EQ(cast(LogicalType::float64(), Value(double{NAN}), LogicalType::bigint()), "0");
  EXPECT_EQ(cast(LogicalType::float64(), Value(-1.9), LogicalType::integer()), "-1");
  EXPECT_EQ(cast(LogicalType::integer(), Value(int64_t{300}), LogicalType::tinyint()), "44");
}

TEST(Cast, TextToNumbers) {
  EXPECT_EQ(from_text("1.9", LogicalType::integer()), "1");
  EXPECT_EQ(from_text(" 12 ", LogicalType::integer()), "12");
  EXPECT_EQ(from_text("", LogicalType::integer()), "<failed>");
  EXPECT_EQ(from_text("2147483648", LogicalType::integer()), "<failed>");
  EXPECT_EQ(from_text("12.35", LogicalType::decimal(4, 1)), "12.4");
  EXPECT_EQ(from_text("12345", LogicalType::decimal(3, 0)), "NULL");
  EXPECT_EQ(from_text("1e3", LogicalType::float64()), "1000.0");
  EXPECT_EQ(from_text("NaN", LogicalType::float64()), "NaN");
  EXPECT_EQ(from_text("Yes", LogicalType::boolean()), "TRUE");
  EXPECT_EQ(from_text("maybe", LogicalType::boolean()), "<failed>");
}

TEST(Cast, NumbersToText) {
  EXPECT_EQ(cast(LogicalType::float64(), Value(100.0), kString), "100.0");
  EXPECT_EQ(cast(LogicalType::float64(), Value(1e7), kString), "1.0E7");
  EXPECT_EQ(cast(LogicalType::float64(), Value(123456789.0), kString), "1.23456789E8");
  EXPECT_EQ(cast(LogicalType::float64(), Value(1.5e-7), kString), "1.5E-7");
  EXPECT_EQ(cast(LogicalType::float64(), Value(0.001), kString), "0.001");
  EXPECT_EQ(cast(LogicalType::float32(), Value(double{3.4028235e38F}), kString), "3.4028235E38");
  EXPECT_EQ(cast(LogicalType::decimal(10, 2), Value(int128_t{-5}), kString), "-0.05");
  EXPECT_EQ(cast(LogicalType::integer(), Value(int64_t{123}), LogicalType::varchar(2)), "12");
  EXPECT_EQ(cast(LogicalType::integer(), Value(int64_t{7}), LogicalType::chars(3)), "7  ");
  EXPECT_EQ(cast(LogicalType::boolean(), Value(true), kString), "TRUE");
}

TEST(Cast, Timestamps) {
  EXPECT_EQ(from_text("2024-01-31 1:02:03", LogicalType::timestamp(3)), "2024-01-31 01:02:03.000");
  EXPECT_EQ(from_text("2024-01-31", LogicalType::timestamp(0)), "2024-01-31 00:00:00");
  EXPECT_EQ(from_text("2024-02-30", LogicalType::date()), "<failed>");
  EXPECT_EQ(from_text("2024-06-01 12:00:00.123456789", LogicalType::timestamp(9)),
            "2024-06-01 12:00:00.123456789");
  // Before 1970 digits are cut toward it.
  const Value before = int64_t{-1};
  EXPECT_EQ(cast(LogicalType::timestamp(3), before, LogicalType::date()), "1970-01-01");
  EXPECT_EQ(cast(LogicalType::timestamp(3), before, LogicalType::timestamp(0)),
            "1970-01-01 00:00:00");
  EXPECT_EQ(cast(LogicalType::timestamp(3), before, LogicalType::timestamp(6)),
            "1969-12-31 23:59:59.999000");
}

TEST(Cast, InstantsFollowTheSessionsZone) {
  const auto ltz = LogicalType::timestamp_ltz(3);
  EXPECT_EQ(cast(ltz, Value(int64_t{0}), kString, "Asia/Shanghai"), "1970-01-01 08:00:00.000");
  EXPECT_EQ(cast(LogicalType::timestamp(3), Value(int64_t{0}), ltz, "Asia/Shanghai"),
            "1970-01-01 00:00:00.000");
  // In the gap of 2024-03-31 the clock jumps from 2:00 to 3:00.
  EXPECT_EQ(from_text("2024-03-31 02:30:00", ltz, "Europe/Berlin"), "2024-03-31 03:30:00.000");
  EXPECT_EQ(from_text("2024-10-27 02:30:00", ltz, "Europe/Berlin"), "2024-10-27 02:30:00.000");
}

TEST(Cast, TimesAtTheEndsOfTheirRangeWrap) {
  const Moment first = from_units(INT64_MIN, 1000);
  EXPECT_EQ(first.seconds, -9'223'372'036'854'776);
  EXPECT_EQ(first.nanos, 192'000'000);
  EXPECT_EQ(wrapping_multiply_add(INT64_MAX, 1, 1), INT64_MIN);
  for (const int64_t end : {INT64_MIN, INT64_MAX}) {
    for (const auto& to : {LogicalType::timestamp(3), LogicalType::date(), LogicalType::time(3)}) {
      EXPECT_NE(cast(LogicalType::timestamp_ltz(3), end, to, "Asia/Tokyo"), "<failed>");
    }
  }
}

}  // namespace
}  // namespace weir::types
