#include "exec/alignment.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace weir::exec {
namespace {

TEST(BarrierAlignment, OneInputNeverBlocks) {
  BarrierAlignment alignment(1);
  EXPECT_TRUE(alignment.on_barrier(0, 1));
  EXPECT_TRUE(alignment.may_read(0));
  EXPECT_TRUE(alignment.on_barrier(0, 7));
  EXPECT_FALSE(alignment.aligning());
}

TEST(BarrierAlignment, BlocksAnInputUntilTheOthersHaveBroughtTheBarrier) {
  BarrierAlignment alignment(3);
  EXPECT_FALSE(alignment.on_barrier(1, 4));
  EXPECT_EQ(alignment.epoch(), 4U);
  EXPECT_FALSE(alignment.may_read(1));
  EXPECT_TRUE(alignment.may_read(0));
  EXPECT_TRUE(alignment.may_read(2));
  EXPECT_FALSE(alignment.on_barrier(0, 4));
  EXPECT_TRUE(alignment.on_barrier(2, 4));
  for (size_t input = 0; input < 3; ++input) EXPECT_TRUE(alignment.may_read(input));
  EXPECT_FALSE(alignment.aligning());
}

// Inputs are sequences of rows and barriers; whatever the interleaving, the rows taken before the
// cut of epoch n are exactly those that stand before barrier n in every input.
TEST(BarrierAlignment, CutsEveryInputAtItsBarrier) {
  Random random(11);
  constexpr size_t kInputs = 5;
  constexpr uint64_t kEpochs = 50;
  BarrierAlignment alignment(kInputs);
  std::vector<std::vector<uint64_t>> inputs(kInputs);  // 0: a row, else a barrier
  for (auto& input : inputs) {
    for (uint64_t epoch = 1; epoch <= kEpochs; ++epoch) {
      input.insert(input.end(), random.below(10), 0);
      input.push_back(epoch);
    }
  }
  std::vector<size_t> at(kInputs, 0);
  uint64_t cut = 0;
  while (cut < kEpochs) {
    const size_t input = random.below(kInputs);
    if (!alignment.may_read(input) || at[input] == inputs[input].size()) continue;
    const uint64_t item = inputs[input][at[input]++];
    if (item == 0 || !alignment.on_barrier(input, item)) continue;
    cut = item;
    for (size_t other = 0; other < kInputs; ++other) {
      ASSERT_EQ(inputs[other][at[other] - 1], cut);
    }
  }
}

TEST(BarrierAlignmentDeathTest, RefusesABarrierThatOvertakes) {
  BarrierAlignment alignment(2);
  EXPECT_FALSE(alignment.on_barrier(0, 1));
  EXPECT_DEATH((void)alignment.on_barrier(1, 2), "overtook");
}

}  // namespace
}  // namespace weir::exec
