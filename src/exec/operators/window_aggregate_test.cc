#include "exec/operators/window_aggregate.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "exec/operators/window_local.h"
#include "exec/window_count_for_test.h"
#include "types/value.h"

namespace weir::exec {
namespace {

using types::Batch;
using types::BatchRef;
using types::Column;
using types::ColumnRef;
using types::LogicalType;

ColumnRef longs(const LogicalType& type, const std::vector<int64_t>& values) {
  Column::Parts parts;
  parts.type = type;
  parts.length = static_cast<uint32_t>(values.size());
  parts.values = Buffer::copy_of(std::as_bytes(std::span(values)));
  return Column::make(std::move(parts));
}

plan::Node count_per_key(int64_t size_ms) {
  const auto input = make_node(plan::ValuesNode(), {}, key_and_time());
  return *count_per_window(input, size_ms);
}

BatchRef rows(const std::vector<std::pair<int64_t, int64_t>>& key_and_time) {
  std::vector<int64_t> keys;
  std::vector<int64_t> times;
  for (const auto& [key, time] : key_and_time) {
    keys.push_back(key);
    times.push_back(time);
  }
  Batch::Parts parts;
  parts.rows = static_cast<uint32_t>(keys.size());
  parts.columns = {longs(LogicalType::bigint(), keys), longs(LogicalType::timestamp(3), times)};
  return Batch::make(std::move(parts));
}

// Window end, key -> count.
using Counts = std::map<std::pair<int64_t, int64_t>, int64_t>;

class Recorder : public Output {
 public:
  Status emit(BatchRef batch) override {
    for (uint32_t row = 0; row < batch->rows(); ++row) {
      counts[{batch->column(3).value<int64_t>(row), batch->column(0).value<int64_t>(row)}] +=
          batch->column(1).value<int64_t>(row);
      EXPECT_EQ(batch->column(4).value<int64_t>(row), batch->column(3).value<int64_t>(row) - 1);
    }
    if (credit > 0) --credit;
    return ok();
  }
  Status emit_watermark(int64_t watermark_ms) override {
    watermarks.push_back(watermark_ms);
    return ok();
  }
  Status emit_idle() override { return ok(); }
  [[nodiscard]] bool has_credit() const override { return credit != 0; }
  Status send_to(uint32_t /*lane*/, BatchRef /*batch*/) override { return ok(); }
  Status send_to(uint32_t lane, PartialRef partial) override {
    sent.emplace_back(lane, std::move(partial));
    return ok();
  }
  Status reject(RejectKind kind, const Batch& /*batch*/,
                std::span<const RejectedRow> rejected) override {
    (kind == RejectKind::kLate ? late : bad) += rejected.size();
    return ok();
  }

  Counts counts;
  std::vector<int64_t> watermarks;
  std::vector<std::pair<uint32_t, PartialRef>> sent;
  uint64_t late = 0;
  uint64_t bad = 0;
  int credit = -1;  // without end
};

struct Lanes {
  Lanes(const plan::Node& node, uint32_t count) {
    for (uint32_t lane = 0; lane < count; ++lane) {
      auto made = make_window_aggregate(node, settings);
      EXPECT_TRUE(made.has_value());
      halves.push_back(std::move(*made));
      OperatorContext operator_context{.context = context,
                                       .settings = settings,
                                       .lane = lane,
                                       .lanes = count,
                                       .key_groups = key_groups_of_lane(lane, count),
                                       .name = "window",
                                       .id = "window",
                                       .stats = nullptr};
      EXPECT_TRUE(halves[lane].upstream->open(operator_context).has_value());
      EXPECT_TRUE(halves[lane].downstream->open(operator_context).has_value());
    }
  }
  void deliver(Recorder& from, Recorder& to) {
    for (auto& [lane, partial] : from.sent) {
      EXPECT_TRUE(halves[lane].downstream->process_partial(0, std::move(partial), to).has_value());
    }
    from.sent.clear();
  }

  Metrics metrics;
  ManualClock clock;
  Context context{system_env(), clock, silent_logger(), metrics};
  JobSettings settings;
  std::vector<ExchangeOperator> halves;
};

TEST(WindowAggregateTest, CountsPerKeyAndWindowAndDropsLateRows) {
  Lanes lanes(count_per_key(10), 1);
  Recorder local;
  Recorder out;
  auto& upstream = *lanes.halves[0].upstream;
  auto& downstream = *lanes.halves[0].downstream;
  ASSERT_TRUE(upstream.process(0, rows({{1, 0}, {1, 9}, {2, 5}, {1, 10}, {1, -1}}), local));
  ASSERT_TRUE(upstream.on_watermark(9, local));  // reaches the last millisecond of [0, 10)
  ASSERT_TRUE(upstream.process(0, rows({{1, 3}, {1, 12}}), local));
  lanes.deliver(local, out);
  ASSERT_TRUE(downstream.on_watermark(9, out));
  EXPECT_EQ(out.counts, (Counts{{{0, 1}, 1}, {{10, 1}, 2}, {{10, 2}, 1}}));
  EXPECT_EQ(local.late, 1U);
  ASSERT_TRUE(upstream.on_watermark(kMaxWatermark, local));
  lanes.deliver(local, out);
  ASSERT_TRUE(downstream.on_watermark(kMaxWatermark, out));
  EXPECT_EQ(out.counts.at({20, 1}), 2);
  EXPECT_EQ(out.watermarks, (std::vector<int64_t>{9, kMaxWatermark}));
}

TEST(WindowAggregateTest, FiringYieldsWhenCreditIsGoneAndTheWatermarkWaits) {
  Lanes lanes(count_per_key(10), 1);
  Recorder local;
  Recorder out;
  constexpr int64_t kKeys = 10'000;
  for (int64_t key = 0; key < kKeys; key += 1000) {
    std::vector<std::pair<int64_t, int64_t>> some;
    for (int64_t i = 0; i < 1000; ++i) some.emplace_back(key + i, 5);
    ASSERT_TRUE(lanes.halves[0].upstream->process(0, rows(some), local));
  }
  ASSERT_TRUE(lanes.halves[0].upstream->on_watermark(100, local));
  lanes.deliver(local, out);
  auto& downstream = *lanes.halves[0].downstream;
  out.credit = 1;
  ASSERT_TRUE(downstream.on_watermark(100, out));
  EXPECT_TRUE(downstream.has_more());
  EXPECT_TRUE(out.watermarks.empty());
  EXPECT_EQ(out.counts.size(), Batch::kMaxRows);
  out.credit = -1;
  ASSERT_TRUE(downstream.resume(out));
  EXPECT_FALSE(downstream.has_more());
  EXPECT_EQ(out.counts.size(), static_cast<size_t>(kKeys));
  EXPECT_EQ(out.watermarks, (std::vector<int64_t>{100}));
}

TEST(WindowAggregateTest, ThreeLanesAgreeWithOneAndAReturningLaneIsKeptAsLate) {
  const auto node = count_per_key(100);
  Random random(3);
  Lanes one(node, 1);
  Lanes three(node, 3);
  Recorder local;
  Recorder single;
  Recorder many;
  for (int step = 0; step < 50; ++step) {
    std::vector<std::pair<int64_t, int64_t>> some;
    for (int i = 0; i < 100; ++i) {
      some.emplace_back(random.between(0, 50), step * 20 + random.between(0, 60));
    }
    ASSERT_TRUE(one.halves[0].upstream->process(0, rows(some), local));
    one.deliver(local, single);
    ASSERT_TRUE(three.halves[random.below(3)].upstream->process(0, rows(some), local));
    three.deliver(local, many);
  }
  for (uint32_t lane = 0; lane < 3; ++lane) {
    ASSERT_TRUE(three.halves[lane].upstream->on_idle(local));
  }
  three.deliver(local, many);
  ASSERT_TRUE(one.halves[0].upstream->on_watermark(kMaxWatermark, local));
  one.deliver(local, single);
  ASSERT_TRUE(one.halves[0].downstream->on_watermark(kMaxWatermark, single));
  for (uint32_t lane = 0; lane < 3; ++lane) {
    ASSERT_TRUE(three.halves[lane].downstream->on_watermark(kMaxWatermark, many));
  }
  EXPECT_EQ(single.counts, many.counts);
  EXPECT_GT(single.counts.size(), 100U);
  // A lane that was idle comes back with a row of a window that has fired.
  ASSERT_TRUE(three.halves[0].upstream->process(0, rows({{1, 5}}), local));
  ASSERT_TRUE(three.halves[0].upstream->on_idle(local));
  three.deliver(local, many);
  EXPECT_EQ(many.late, 1U);
  EXPECT_EQ(single.counts, many.counts);
}

// One operator's pieces, as a checkpoint would keep them.
class Pieces final : public SnapshotWriter, public RestoreReader {
 public:
  [[nodiscard]] uint64_t epoch() const override { return 1; }
  void keep(PieceId piece) override { kept.push_back(piece); }
  PieceId add(std::string_view name, KeyGroupRange range, PieceEncoder encode) override {
    ByteWriter out;
    EXPECT_TRUE(encode(out).has_value());
    const auto bytes = Buffer::copy_of(out.view());
    pieces_.push_back({pieces_.size() + 1, std::string(name), 0, range, bytes->size()});
    bytes_.push_back(bytes);
    return pieces_.back().id;
  }
  [[nodiscard]] std::span<const Piece> pieces() const override { return pieces_; }
  [[nodiscard]] Result<BufferRef> read(const Piece& piece) const override {
    return bytes_[piece.id - 1];
  }

  std::vector<PieceId> kept;

 private:
  std::vector<Piece> pieces_;
  std::vector<BufferRef> bytes_;
};

TEST(WindowAggregateTest, AfterARestoreAWindowThatHasFiredStaysClosed) {
  const auto node = count_per_key(10);
  Lanes before(node, 2);
  Recorder local;
  Recorder out;
  ASSERT_TRUE(before.halves[0].upstream->process(0, rows({{1, 5}, {1, 25}}), local));
  ASSERT_TRUE(before.halves[0].upstream->on_watermark(20, local));
  before.deliver(local, out);
  Pieces pieces;
  for (auto& half : before.halves) {
    ASSERT_TRUE(half.downstream->on_watermark(20, out));
    ASSERT_TRUE(half.downstream->snapshot(pieces));
    // Nothing has moved since: what was written is kept.
    ASSERT_TRUE(half.downstream->snapshot(pieces));
  }
  EXPECT_EQ(pieces.kept.size(), 2U);
  EXPECT_EQ(out.counts, (Counts{{{10, 1}, 1}}));

  // An input that was idle when the checkpoint was taken has an old watermark, and old rows.
  Lanes after(node, 1);
  Recorder again;
  auto& merge = *after.halves[0].downstream;
  ASSERT_TRUE(merge.restore(pieces));
  ASSERT_TRUE(merge.on_watermark(3, again));
  ASSERT_TRUE(after.halves[0].upstream->process(0, rows({{1, 6}, {1, 26}}), local));
  ASSERT_TRUE(after.halves[0].upstream->on_watermark(30, local));
  after.deliver(local, again);
  ASSERT_TRUE(merge.on_watermark(30, again));
  EXPECT_EQ(again.counts, (Counts{{{30, 1}, 1}}));
  EXPECT_EQ(again.late, 1U);
  EXPECT_EQ(again.watermarks, (std::vector<int64_t>{30}));
}

}  // namespace
}  // namespace weir::exec
