#include "exec/watermark_tracker.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace weir::exec {
namespace {

using Emit = WatermarkTraits::Emit;

WatermarkTracker::Policy policy(Emit emit, bool per_split, int64_t interval_ms,
                                int64_t idle_timeout_ms = 0) {
  return {emit, per_split, interval_ms, idle_timeout_ms, 0};
}

// Rows whose watermark is their event time minus `delay_ms`.
WatermarkTracker::Advance feed(WatermarkTracker& tracker, uint32_t split,
                               const std::vector<int64_t>& rowtimes, int64_t delay_ms = 0,
                               int64_t now_ms = 0) {
  std::vector<int64_t> marks;
  for (const int64_t rowtime : rowtimes) marks.push_back(rowtime - delay_ms);
  return tracker.on_rows(split, types::Selection(static_cast<uint32_t>(rowtimes.size())), rowtimes,
                         marks, now_ms);
}

std::vector<int64_t> before(const WatermarkTracker::Advance& advance, size_t rows) {
  const auto* values = advance.row_watermarks->as<int64_t>();
  return {values, values + rows};
}

TEST(WatermarkTracker, IsEmittedBehindARowThatAdvancesMoreThanTheInterval) {
  WatermarkTracker tracker(policy(Emit::kIntervalOrRow, false, 200));
  tracker.add_split(0);
  EXPECT_FALSE(feed(tracker, 0, {1, 150, 200}).emitted) << "Flink begins at 0 and wants more";
  EXPECT_TRUE(feed(tracker, 0, {201}).emitted);
  EXPECT_EQ(tracker.emitted(), 201);
  EXPECT_FALSE(feed(tracker, 0, {401, 300}).emitted);
  EXPECT_TRUE(tracker.on_timer(0));
  EXPECT_EQ(tracker.emitted(), 401);
  EXPECT_FALSE(tracker.on_timer(1));
}

TEST(WatermarkTracker, WithIntervalZeroEveryAdvancingRowEmits) {
  WatermarkTracker tracker(policy(Emit::kIntervalOrRow, false, 0));
  tracker.add_split(0);
  // Row 1 (5) meets the watermark 10 of row 0, row 3 (12) meets 20.
  const auto advance = feed(tracker, 0, {10, 5, 20, 12, 30});
  ASSERT_TRUE(advance.row_watermarks);
  EXPECT_EQ(before(advance, 5), (std::vector<int64_t>{kNoWatermark, 10, 10, 20, 20}));
  EXPECT_EQ(tracker.emitted(), 30);
}

TEST(WatermarkTracker, NoRowWatermarksWhenNoRowIsBehind) {
  WatermarkTracker tracker(policy(Emit::kOnEvent, true, 200));
  tracker.add_split(0);
  const auto advance = feed(tracker, 0, {100, 90, 200, 195, 300}, 50);
  EXPECT_TRUE(advance.emitted);
  EXPECT_FALSE(advance.row_watermarks);
}

TEST(WatermarkTracker, PeriodicMovesOnTheTimerOnly) {
  WatermarkTracker tracker(policy(Emit::kPeriodic, true, 200));
  tracker.add_split(0);
  EXPECT_FALSE(feed(tracker, 0, {1000, 5000, 10}, 0, 7000).emitted);
  EXPECT_EQ(tracker.next_timer_ms(), 7200);
  EXPECT_TRUE(tracker.on_timer(7200));
  EXPECT_EQ(tracker.emitted(), 5000);
  EXPECT_EQ(tracker.next_timer_ms(), kNever);
}

TEST(WatermarkTracker, IsTheMinimumOverSplits) {
  WatermarkTracker tracker(policy(Emit::kOnEvent, true, 200));
  tracker.add_split(0);
  tracker.add_split(1);
  EXPECT_FALSE(feed(tracker, 0, {1000}).emitted) << "split 1 has said nothing";
  EXPECT_TRUE(feed(tracker, 1, {400}).emitted);
  EXPECT_EQ(tracker.emitted(), 400);
  // Only this split's term advances, and never above the other's.
  EXPECT_TRUE(feed(tracker, 1, {2000, 3000}).emitted);
  EXPECT_EQ(tracker.emitted(), 1000);
  tracker.finish_split(0);
  EXPECT_TRUE(tracker.on_timer(0));
  EXPECT_EQ(tracker.emitted(), 3000);
}

TEST(WatermarkTracker, OneTermForAllSplitsOfATask) {
  WatermarkTracker tracker(policy(Emit::kIntervalOrRow, false, 0));
  tracker.add_split(0);
  tracker.add_split(1);
  EXPECT_TRUE(feed(tracker, 0, {1000}).emitted);
  EXPECT_EQ(tracker.emitted(), 1000);
}

TEST(WatermarkTracker, ASplitAtItsEndForTheTimeoutIsIdleUntilItsNextRow) {
  WatermarkTracker tracker(policy(Emit::kOnEvent, true, 200, 5000));
  tracker.add_split(0);
  tracker.add_split(1);
  feed(tracker, 0, {1000});
  tracker.on_poll(1, true, false, 10'000);
  EXPECT_EQ(tracker.next_timer_ms(), 15'000);
  tracker.on_poll(1, true, false, 14'999);
  EXPECT_FALSE(tracker.on_timer(14'999));
  tracker.on_poll(1, true, false, 15'000);
  EXPECT_TRUE(tracker.on_timer(15'000));
  EXPECT_EQ(tracker.emitted(), 1000);
  EXPECT_FALSE(tracker.all_idle());
  // It comes back behind: what was emitted stays, and it holds the rest.
  tracker.on_poll(1, false, true, 16'000);
  feed(tracker, 1, {500});
  EXPECT_EQ(tracker.emitted(), 1000);
  EXPECT_FALSE(feed(tracker, 0, {9000}).emitted);
  EXPECT_TRUE(feed(tracker, 1, {2000}).emitted);
  EXPECT_EQ(tracker.emitted(), 2000);
}

TEST(WatermarkTracker, ASplitThatIsNotAtItsEndIsNeverIdle) {
  WatermarkTracker tracker(policy(Emit::kOnEvent, true, 200, 5000));
  tracker.add_split(0);
  tracker.on_poll(0, true, false, 0);
  tracker.on_poll(0, false, false, 4000);
  tracker.on_poll(0, true, false, 5000);
  tracker.on_poll(0, true, false, 9999);
  EXPECT_FALSE(tracker.all_idle());
  tracker.on_poll(0, true, false, 10'000);
  EXPECT_TRUE(tracker.all_idle());
}

TEST(WatermarkTracker, ARowTooFarAheadMovesNothingAndIsCounted) {
  WatermarkTracker::Policy with_limit = policy(Emit::kOnEvent, true, 200);
  with_limit.max_ahead_ms = 1000;
  WatermarkTracker tracker(with_limit);
  tracker.add_split(0);
  feed(tracker, 0, {10'500, 99'999}, 0, 10'000);
  EXPECT_EQ(tracker.emitted(), 10'500);
  EXPECT_EQ(tracker.rows_ahead(), 1U);
}

// The same rows in batches of one say the same before every row, whatever the batch size was.
TEST(WatermarkTracker, BatchSizeChangesNothing) {
  Random random(5);
  for (const int64_t interval_ms : {int64_t{0}, int64_t{200}}) {
    WatermarkTracker whole(policy(Emit::kIntervalOrRow, true, interval_ms));
    WatermarkTracker single(policy(Emit::kIntervalOrRow, true, interval_ms));
    for (uint32_t split = 0; split < 2; ++split) {
      whole.add_split(split);
      single.add_split(split);
    }
    int64_t now = 1000;
    for (int round = 0; round < 200; ++round) {
      const auto split = static_cast<uint32_t>(random.below(2));
      std::vector<int64_t> rows;
      for (uint64_t i = 0; i < 1 + random.below(40); ++i) {
        now += random.between(-100, 150);
        rows.push_back(now);
      }
      const int64_t emitted_before = whole.emitted();
      const auto advance = feed(whole, split, rows, 30);
      for (size_t row = 0; row < rows.size(); ++row) {
        const int64_t expected = single.emitted();
        const int64_t said =
            advance.row_watermarks ? before(advance, rows.size())[row] : emitted_before;
        // Without row watermarks the one before the batch stands for all; no row is behind either.
        ASSERT_EQ(rows[row] <= said, rows[row] <= expected);
        if (advance.row_watermarks) {
          ASSERT_EQ(said, expected);
        }
        feed(single, split, {rows[row]}, 30);
      }
      ASSERT_EQ(whole.emitted(), single.emitted());
    }
  }
}

// Two lanes had come to 100 and 50; now one reads the splits of both.
TEST(WatermarkTracker, SplitsOfSeveralLanesBeginAtTheLowestWatermark) {
  WatermarkTracker tracker(policy(Emit::kIntervalOrRow, false, 0));
  tracker.add_split(0, 100);
  tracker.add_split(1, 50);
  tracker.add_split(2);
  EXPECT_EQ(tracker.watermark_of(2), 50) << "a new split changes nothing";
  tracker.restore_emitted(50);
  EXPECT_FALSE(tracker.on_timer(0));
  const auto advance = feed(tracker, 1, {60, 70});
  EXPECT_FALSE(advance.row_watermarks) << "no row is behind the watermark that it meets";
  EXPECT_EQ(tracker.emitted(), 70);

  WatermarkTracker unread(policy(Emit::kIntervalOrRow, false, 0));
  unread.add_split(0, 100);
  unread.add_split(1, kNoWatermark);
  EXPECT_EQ(unread.watermark_of(0), kNoWatermark);
}

}  // namespace
}  // namespace weir::exec
