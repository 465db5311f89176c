#include "types/decimal.h"

#include <gtest/gtest.h>

#include <array>

namespace weir::types {
namespace {

int128_t parse(std::string_view text, int precision, int scale) {
  std::optional<int128_t> value;
  EXPECT_TRUE(parse_decimal(text, precision, scale, value)) << text;
  return value.value_or(-999);
}

std::string plain(int128_t value, int scale) {
  std::array<char, kDecimalTextBytes> text{};
  return {text.data(), format_decimal(value, scale, text.data())};
}

std::string stripped(int128_t value, int scale) {
  std::array<char, kDecimalTextBytes> text{};
  return {text.data(), format_decimal_stripped(value, scale, text.data())};
}

TEST(Decimal, TextIsReadAndRoundedHalfUp) {
  EXPECT_EQ(plain(parse("2.5", 10, 0), 0), "3");
  EXPECT_EQ(plain(parse("-2.5", 10, 0), 0), "-3");
  EXPECT_EQ(plain(parse("0.005", 10, 2), 2), "0.01");
  EXPECT_EQ(plain(parse("1e3", 10, 2), 2), "1000.00");
  EXPECT_EQ(plain(parse("1.50E-1", 10, 2), 2), "0.15");
  EXPECT_EQ(plain(parse("99999999999999999999999999999999999999", 38, 0), 0),
            "99999999999999999999999999999999999999");
  std::optional<int128_t> value;
  EXPECT_TRUE(parse_decimal("100000000000000000000000000000000000000", 38, 0, value));
  EXPECT_FALSE(value);
  for (const char* bad : {"", "-", "1.2.3", "1e", "0x1", " 1", "1,5"}) {
    EXPECT_FALSE(parse_decimal(bad, 10, 2, value)) << bad;
  }
}

TEST(Decimal, JavasText) {
  EXPECT_EQ(stripped(200001000, 2), "2.00001E+6");
  EXPECT_EQ(stripped(50, 2), "0.5");
  EXPECT_EQ(stripped(10000, 2), "1E+2");
  EXPECT_EQ(stripped(0, 2), "0");
  EXPECT_EQ(stripped(1, 7), "1E-7");
  EXPECT_EQ(stripped(-1050, 2), "-10.5");
}

TEST(Decimal, ArithmeticAgainstWideArithmetic) {
  const auto money = LogicalType::decimal(10, 2);
  EXPECT_EQ(decimal_result(DecimalOperation::kTimes, money, money).to_string(), "DECIMAL(21, 4)");
  EXPECT_EQ(decimal_result(DecimalOperation::kPlus, money, LogicalType::decimal(10, 0)).to_string(),
            "DECIMAL(13, 2)");
  EXPECT_EQ(
      decimal_result(DecimalOperation::kDivide, money, LogicalType::decimal(10, 0)).to_string(),
      "DECIMAL(21, 13)");
  const auto quotient = LogicalType::decimal(17, 6);
  EXPECT_EQ(plain(*decimal_divide(7, 0, 20, 1, quotient), 6), "3.500000");
  EXPECT_EQ(plain(*decimal_divide(-2, 0, 3, 0, quotient), 6), "-0.666667");
  // A product beyond 128 bits that fits once its digits are dropped.
  const auto wide = LogicalType::decimal(38, 6);
  const int128_t a = parse("12345678901234567890.123456789012345678", 38, 18);
  EXPECT_EQ(plain(*decimal_multiply(a, parse("2", 38, 18), 36, wide), 6),
            "24691357802469135780.246914");
  EXPECT_FALSE(decimal_multiply(power_of_ten(37), power_of_ten(37), 0, wide));
}

TEST(Decimal, Comparison) {
  EXPECT_EQ(decimal_compare(150, 2, 15, 1), 0);
  EXPECT_LT(decimal_compare(149, 2, 15, 1), 0);
  EXPECT_GT(decimal_compare(power_of_ten(37), 0, power_of_ten(37), 30), 0);
}

}  // namespace
}  // namespace weir::types
