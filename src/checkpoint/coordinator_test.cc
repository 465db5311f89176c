#include "checkpoint/coordinator.h"

#include <gtest/gtest.h>

namespace weir::checkpoint {
namespace {

Coordinator::Limits limits() { return {100, 3, 1000}; }

void finish(Coordinator& coordinator, uint64_t epoch, uint32_t outputs, uint64_t bytes) {
  ASSERT_TRUE(coordinator.on_cut(epoch));
  coordinator.on_durable(epoch, outputs, bytes);
}

TEST(Coordinator, BeginsAnEpochAnIntervalAndOneAtATime) {
  Coordinator coordinator(2, 7, limits(), 1000);
  EXPECT_FALSE(coordinator.next(1099));
  const auto first = coordinator.next(1100);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->epoch, 7U);
  EXPECT_FALSE(coordinator.next(5000)) << "one is under way";
  EXPECT_FALSE(coordinator.on_cut(7));
  EXPECT_TRUE(coordinator.on_cut(7));
  EXPECT_FALSE(coordinator.next(5000)) << "cut, but not durable";
  coordinator.on_durable(7, 0, 0);
  EXPECT_EQ(coordinator.last_durable(), 7U);
  ASSERT_TRUE(coordinator.next(5000));
}

TEST(Coordinator, WaitsWhenTooMuchIsUndelivered) {
  Coordinator coordinator(1, 1, limits(), 0);
  for (uint64_t epoch = 1; epoch <= 3; ++epoch) {
    const auto trigger = coordinator.next(static_cast<int64_t>(epoch) * 1000);
    ASSERT_TRUE(trigger);
    finish(coordinator, epoch, 1, 10);
  }
  EXPECT_TRUE(coordinator.sources_should_pause());
  EXPECT_FALSE(coordinator.next(9000));
  coordinator.on_delivered(10);
  EXPECT_FALSE(coordinator.sources_should_pause());
  ASSERT_TRUE(coordinator.next(9000));
  finish(coordinator, 4, 1, 5000);
  EXPECT_TRUE(coordinator.sources_should_pause()) << "bytes count as well";
}

TEST(Coordinator, TheFinalEpochComesAtOnceAndNothingFollows) {
  Coordinator coordinator(1, 1, limits(), 0);
  ASSERT_TRUE(coordinator.next(100));
  coordinator.request_final();
  EXPECT_FALSE(coordinator.next(101)) << "the one under way first";
  finish(coordinator, 1, 0, 0);
  EXPECT_FALSE(coordinator.final_durable());
  const auto last = coordinator.next(101);
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->final);
  finish(coordinator, 2, 1, 1);
  EXPECT_TRUE(coordinator.final_durable());
  EXPECT_FALSE(coordinator.next(100'000));
}

TEST(Coordinator, WithoutAnIntervalThereIsOnlyTheFinalEpoch) {
  Coordinator coordinator(1, 1, {0, 3, 1000}, 0);
  EXPECT_FALSE(coordinator.next(1'000'000));
  coordinator.request_final();
  EXPECT_TRUE(coordinator.next(1'000'000));
}

}  // namespace
}  // namespace weir::checkpoint
