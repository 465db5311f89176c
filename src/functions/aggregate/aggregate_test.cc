#include "functions/aggregate/aggregate.h"

#include <gtest/gtest.h>

#include <array>

#include "types/builder.h"
#include "types/value.h"

namespace weir::functions {
namespace {

using types::LogicalType;
using types::Value;

struct alignas(16) Accumulator {
  std::array<std::byte, 64> bytes;
};

// Aggregates `values` in two halves that are merged.
Value aggregate(std::string_view name, const LogicalType& type, const std::vector<Value>& values) {
  const LogicalType given[] = {type};
  const auto resolution = *find_aggregate(name)->resolve(std::span(given));
  const auto& kernels = resolution.kernels;
  Accumulator left;
  Accumulator right;
  kernels.init(left.bytes.data());
  kernels.init(right.bytes.data());
  for (size_t i = 0; i < values.size(); ++i) {
    const auto column = types::make_constant(resolution.argument, values[i], 1);
    std::byte* state = i % 2 == 0 ? left.bytes.data() : right.bytes.data();
    kernels.update(&state, 0, column.get(), types::Selection(1));
  }
  kernels.merge(left.bytes.data(), right.bytes.data());
  const std::byte* state = left.bytes.data();
  const auto result = *kernels.finish(std::span(&state, 1), 0, resolution.result);
  return types::value_at(*result, 0);
}

Value whole(int64_t value) { return value; }
const Value kNull = std::monostate{};

TEST(Aggregate, NullsAreSkippedAndNothingIsNull) {
  const auto integer = LogicalType::integer();
  EXPECT_EQ(aggregate("COUNT", integer, {whole(1), kNull, whole(3)}), whole(2));
  EXPECT_EQ(aggregate("SUM", integer, {whole(1), kNull, whole(3)}), whole(4));
  EXPECT_EQ(aggregate("SUM", integer, {kNull}), kNull);
  EXPECT_EQ(aggregate("MAX", integer, {}), kNull);
  EXPECT_EQ(aggregate("count", integer, {}), whole(0));
}

TEST(Aggregate, IntegersKeepTheirTypeAndWrap) {
  EXPECT_EQ(aggregate("SUM", LogicalType::tinyint(), {whole(100), whole(100)}), whole(-56));
  EXPECT_EQ(aggregate("SUM", LogicalType::bigint(), {whole(INT64_MAX), whole(1)}),
            whole(INT64_MIN));
  EXPECT_EQ(aggregate("AVG", LogicalType::integer(), {whole(2), whole(0), whole(3)}), whole(1));
}

TEST(Aggregate, DecimalsAndDoubles) {
  const auto money = LogicalType::decimal(10, 2);
  const LogicalType given[] = {money};
  EXPECT_EQ(find_aggregate("SUM")->resolve(std::span(given))->result.to_string(), "DECIMAL(38, 2)");
  EXPECT_EQ(find_aggregate("AVG")->resolve(std::span(given))->result.to_string(), "DECIMAL(38, 6)");
  EXPECT_EQ(aggregate("SUM", money, {Value(types::int128_t{150}), Value(types::int128_t{-50})}),
            Value(types::int128_t{100}));
  EXPECT_EQ(aggregate("AVG", LogicalType::float64(), {Value(1.0), Value(2.0)}), Value(1.5));
}

TEST(Aggregate, FloatsAreSummedAsFloatAndAveragedAsDouble) {
  // 2^24 + 1 is no FLOAT.
  const std::vector<Value> values{Value(16'777'216.0F), kNull, Value(1.0F), kNull, Value(1.0F)};
  EXPECT_EQ(aggregate("SUM", LogicalType::float32(), values), Value(16'777'216.0F));
  EXPECT_EQ(aggregate("AVG", LogicalType::float32(), values), Value(5'592'406.0F));
}

TEST(Aggregate, Extremes) {
  EXPECT_EQ(aggregate("MIN", LogicalType::integer(), {whole(5), whole(-2), whole(9)}), whole(-2));
  EXPECT_EQ(aggregate("MAX", LogicalType::timestamp(3), {whole(5), whole(7)}), whole(7));
}

TEST(Aggregate, RefusesWhatItCannotTake) {
  const LogicalType given[] = {LogicalType::string()};
  EXPECT_FALSE(find_aggregate("SUM")->resolve(std::span(given)));
  EXPECT_FALSE(find_aggregate("MIN")->resolve(std::span(given)));
}

}  // namespace
}  // namespace weir::functions
