#include "exec/input_watermarks.h"

#include <gtest/gtest.h>

#include "exec/operator.h"

namespace weir::exec {
namespace {

TEST(InputWatermarks, IsTheMinimumAndNeverGoesBack) {
  InputWatermarks inputs(2);
  EXPECT_EQ(inputs.on_watermark(0, 100), std::nullopt);
  EXPECT_EQ(inputs.on_watermark(1, 50), 50);
  EXPECT_EQ(inputs.on_watermark(1, 40), std::nullopt);
  EXPECT_EQ(inputs.on_watermark(1, 200), 100);
  EXPECT_EQ(inputs.combined(), 100);
  EXPECT_EQ(inputs.minimum_without(0), 200);
}

TEST(InputWatermarks, AnIdleInputHoldsNothingBackAndComesBack) {
  InputWatermarks inputs(2);
  EXPECT_EQ(inputs.on_watermark(0, 100), std::nullopt);
  EXPECT_EQ(inputs.on_idle(1), 100);
  EXPECT_EQ(inputs.minimum_without(0), kMaxWatermark);
  EXPECT_EQ(inputs.on_watermark(0, 150), 150);
  EXPECT_EQ(inputs.on_watermark(1, 20), std::nullopt);
  EXPECT_EQ(inputs.on_watermark(0, 300), std::nullopt) << "the one that came back holds it";
  EXPECT_EQ(inputs.on_watermark(1, 180), 180);
}

TEST(InputWatermarks, WhenAllAreIdleTheHighestCounts) {
  InputWatermarks inputs(3);
  EXPECT_EQ(inputs.on_watermark(0, 10), std::nullopt);
  EXPECT_EQ(inputs.on_watermark(1, 30), std::nullopt);
  EXPECT_EQ(inputs.on_idle(2), 10);
  EXPECT_EQ(inputs.on_idle(1), std::nullopt);
  EXPECT_FALSE(inputs.all_idle());
  EXPECT_EQ(inputs.on_idle(0), 30);
  EXPECT_TRUE(inputs.all_idle());
}

}  // namespace
}  // namespace weir::exec
