#include "exec/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exec/connector_factory.h"
#include "exec/lane_group.h"
#include "exec/split_assigner.h"
#include "exec/window_count_for_test.h"
#include "types/builder.h"
#include "types/value.h"

namespace weir::exec {
namespace {

using types::LogicalType;

struct Row {
  int64_t key;
  std::optional<int64_t> ts_ms;
};

// Some splits of rows; ends or stays open at the end.
struct Feed {
  std::vector<std::vector<Row>> splits;
  bool bounded = true;
  WatermarkTraits watermark{WatermarkTraits::Emit::kIntervalOrRow, false, std::nullopt};
  std::vector<BadRecord> bad;  // come before the first row of split 0
  size_t hidden = 0;           // splits at the end of the list that discover() does not know
  mutable int away = 0;        // so many calls of open() find that the source is not there
};

class FeedReader final : public SplitReader {
 public:
  FeedReader(const Feed& feed, const SplitInfo& split) : feed_(feed), split_(split) {
    rows_ = &feed.splits[std::stoul(split.id)];
    if (split.id == "0") bad_ = feed.bad;
  }
  Result<Poll> poll(uint32_t max_rows) override {
    Poll poll;
    poll.bad = std::move(bad_);
    bad_.clear();
    const auto count = static_cast<uint32_t>(std::min<size_t>(max_rows, rows_->size() - next_));
    if (count > 0) poll.batch = batch(count);
    next_ += count;
    poll.at_end = next_ == rows_->size();
    poll.finished = poll.at_end && feed_.bounded;
    return poll;
  }
  [[nodiscard]] std::string position() const override { return std::to_string(next_); }

 private:
  types::BatchRef batch(uint32_t count) {
    types::Values<int64_t> keys(count);
    types::Values<int64_t> times(count);
    types::Values<int64_t> offsets(count);
    types::ValidityBuilder validity(count);
    for (uint32_t i = 0; i < count; ++i) {
      const Row& row = (*rows_)[next_ + i];
      keys[i] = row.key;
      times[i] = row.ts_ms.value_or(0);
      if (!row.ts_ms) validity.set_null(i);
      offsets[i] = static_cast<int64_t>(next_ + i);
    }
    types::Batch::Parts parts;
    parts.rows = count;
    parts.columns = {types::finish_column(LogicalType::bigint(), count, std::move(keys).take()),
                     types::finish_column(LogicalType::timestamp(3), count, std::move(times).take(),
                                          std::move(validity).take())};
    auto origin = std::make_shared<types::Origin>();
    origin->split = split_.number;
    origin->offsets = std::move(offsets).take();
    parts.origin = std::move(origin);
    return types::Batch::make(std::move(parts));
  }

  const Feed& feed_;
  SplitInfo split_;
  const std::vector<Row>* rows_;
  std::vector<BadRecord> bad_;
  size_t next_ = 0;
};

class FeedSource final : public Source {
 public:
  explicit FeedSource(const Feed& feed) : feed_(feed) {}
  [[nodiscard]] SourceTraits traits() const override {
    SourceTraits traits;
    traits.bounded = feed_.bounded;
    traits.watermark = feed_.watermark;
    return traits;
  }
  Result<std::vector<SplitInfo>> discover() override {
    std::vector<SplitInfo> out;
    for (size_t split = 0; split + feed_.hidden < feed_.splits.size(); ++split) {
      out.push_back({std::to_string(split), "topic", static_cast<int32_t>(split), 0});
    }
    return out;
  }
  Result<std::unique_ptr<SplitReader>> open(const SplitInfo& split, const ReaderStart& start,
                                            ReaderContext& context) override {
    (void)start;
    (void)context;
    if (feed_.away > 0 && feed_.away-- > 0) return unavailable("nobody is there");
    return std::unique_ptr<SplitReader>(std::make_unique<FeedReader>(feed_, split));
  }

 private:
  const Feed& feed_;
};

// Rows as "a,b,...".
class ListSink final : public Sink {
 public:
  class Writer final : public SinkWriter {
   public:
    explicit Writer(ListSink& sink) : sink_(sink) {}
    Status write(types::BatchRef batch) override {
      batch->selection().for_each([&](uint32_t row) {
        std::string line;
        for (size_t column = 0; column < batch->width(); ++column) {
          const auto value = types::value_at(batch->column(column), row);
          line += (column > 0 ? "," : "");
          line += types::is_null(value) ? "NULL" : std::to_string(std::get<int64_t>(value));
        }
        sink_.lines.push_back(line);
      });
      return ok();
    }
    [[nodiscard]] bool has_room() const override { return sink_.room; }

   private:
    ListSink& sink_;
  };
  [[nodiscard]] DeliveryGuarantee guarantee() const override { return DeliveryGuarantee::kNone; }
  Result<std::unique_ptr<SinkWriter>> make_writer(const SinkContext& context) override {
    (void)context;
    return std::unique_ptr<SinkWriter>(std::make_unique<Writer>(*this));
  }
  std::vector<std::string> lines;
  bool room = true;
};

// Rejects as "late 3" or "bad 3 reason", by offset.
class ListRejects final : public RejectSink {
 public:
  class Writer final : public RejectWriter {
   public:
    explicit Writer(ListRejects& rejects) : rejects_(rejects) {}
    Status add(const Reject& reject) override {
      std::string line = reject.kind == RejectKind::kLate ? "late " : "bad ";
      line +=
          (reject.split == nullptr ? "?" : reject.split->id) + ":" + std::to_string(reject.offset);
      rejects_.lines.push_back(line);
      rejects_.raws.emplace_back(reject.raw);
      rejects_.reasons.emplace_back(reject.reason);
      return ok();
    }
    Result<StagedOutput> prepare(uint64_t epoch) override {
      (void)epoch;
      return StagedOutput();
    }

   private:
    ListRejects& rejects_;
  };
  Result<std::unique_ptr<RejectWriter>> make_writer(const SinkContext& context) override {
    (void)context;
    return std::unique_ptr<RejectWriter>(std::make_unique<Writer>(*this));
  }
  Result<std::unique_ptr<SinkCommitter>> make_committer(const CommitterContext& context) override {
    (void)context;
    return std::unique_ptr<SinkCommitter>();
  }
  std::vector<std::string> lines;
  std::vector<std::string> raws;
  std::vector<std::string> reasons;
};

const LogicalType kRowtime = LogicalType::timestamp(3);
plan::NodeRef marked_rows() {
  const auto rows = key_and_time();
  const auto scan = make_node(plan::ScanNode{make_table("s", rows), {}}, {}, rows);
  return make_node(plan::WatermarkNode{1, sql::make_input(1, kRowtime)}, {scan}, rows);
}

plan::Plan count_per_window(int64_t size_ms) {
  const auto counted = exec::count_per_window(marked_rows(), size_ms);
  plan::Plan plan;
  plan.sinks = {make_node(plan::CollectNode(), {counted}, counted->schema)};
  return plan;
}

plan::Plan pass_through(const types::Schema& target) {
  plan::Plan plan;
  plan.sinks = {make_node(plan::SinkNode{make_table("t", target)}, {marked_rows()}, target)};
  return plan;
}

// A job of lanes without checkpoints, stepped by hand.
class Harness final : public LaneListener {
 public:
  Harness(plan::Plan plan, const Feed& feed, JobSettings settings)
      : plan_(std::move(plan)), settings_(std::move(settings)), source_(feed) {
    topology_ = *make_topology(plan_);
    LaneGroupParts parts{.context = context_,
                         .settings = settings_,
                         .topology = topology_,
                         .sources = {&source_},
                         .sinks = {&sink},
                         .rejects = &rejects,
                         .run_id = "run",
                         .splits = splits_,
                         .piece_ids = piece_ids_,
                         .listener = *this};
    auto made = LaneGroup::make(parts);
    EXPECT_TRUE(made.has_value());
    group_ = std::move(*made);
    SplitAssigner assigner({{&source_, "s"}}, settings_.parallelism, splits_);
    for (const auto& lane : group_->lanes()) EXPECT_TRUE(lane->open(nullptr).has_value());
    auto assigned = assigner.initial({});
    EXPECT_TRUE(assigned.has_value());
    for (auto& split : *assigned) {
      EXPECT_TRUE(group_->lanes()[split.lane]->sources()[0]->add_split(split.split).has_value());
    }
  }

  // Until nothing more can be done.
  void settle() {
    bool did = true;
    while (did && !failure) {
      did = false;
      for (const auto& lane : group_->lanes()) {
        auto ran = lane->run_once();
        if (!ran) {
          failure = ran.error();
          break;
        }
        did |= *ran;
      }
    }
  }

  void on_cut(LaneSnapshot snapshot) override { cuts.push_back(std::move(snapshot)); }
  void on_ended(uint32_t lane) override {
    (void)lane;
    ++ended;
  }
  void on_failed(uint32_t lane, Error error) override {
    (void)lane;
    failure = std::move(error);
  }

  Lane& lane(size_t number) { return *group_->lanes()[number]; }
  std::vector<std::string> sorted_lines() const {
    auto lines = sink.lines;
    std::ranges::sort(lines);
    return lines;
  }

  ManualClock clock;
  Metrics metrics;
  ListSink sink;
  ListRejects rejects;
  std::vector<LaneSnapshot> cuts;
  uint32_t ended = 0;
  std::optional<Error> failure;

 private:
  Context context_{system_env(), clock, silent_logger(), metrics};
  plan::Plan plan_;
  JobSettings settings_;
  FeedSource source_;
  Topology topology_;
  SplitTable splits_;
  PieceIds piece_ids_{1};
  std::unique_ptr<LaneGroup> group_;
};

JobSettings settings_of(uint32_t lanes, uint32_t batch_rows, int64_t interval_ms = 0) {
  JobSettings settings;
  settings.job_name = "test";
  settings.parallelism = lanes;
  settings.batch_rows = batch_rows;
  settings.auto_watermark_interval_ms = interval_ms;
  return settings;
}

// 25 closes [0, 10) and [10, 20); the rows behind it are late, whatever batch they came in.
TEST(Lane, LatenessIsDecidedPerRowWhateverTheBatch) {
  Feed feed;
  feed.splits = {{{1, 1}, {1, 25}, {1, 12}, {1, 21}, {1, 9}, {1, 40}, {1, 29}, {1, 41}}};
  for (const uint32_t batch_rows : {1U, 2U, 3U, 8U}) {
    Harness job(count_per_window(10), feed, settings_of(1, batch_rows));
    job.settle();
    EXPECT_EQ(job.rejects.lines, (std::vector<std::string>{"late 0:2", "late 0:4", "late 0:6"}))
        << "batches of " << batch_rows;
    EXPECT_EQ(job.sorted_lines(),
              (std::vector<std::string>{"1,1,0,10,9", "1,2,20,30,29", "1,2,40,50,49"}));
    EXPECT_EQ(job.ended, 1U);
  }
}

// With Flink's interval of 200 ms the watermark waits for a row that advances by more.
TEST(Lane, TheIntervalDelaysTheWatermarkAndSoSparesRows) {
  Feed feed;
  feed.splits = {{{1, 150}, {1, 5}, {1, 199}, {1, 3}, {1, 500}, {1, 7}}};
  Harness job(count_per_window(10), feed, settings_of(1, 8, 200));
  job.settle();
  EXPECT_EQ(job.rejects.lines, std::vector<std::string>{"late 0:5"});
}

TEST(Lane, ARowWithoutEventTimeIsRejectedAndTheRestGoesOn) {
  Feed feed;
  feed.splits = {{{1, 5}, {1, std::nullopt}, {1, 7}}};
  Harness job(count_per_window(10), feed, settings_of(1, 8));
  job.settle();
  EXPECT_EQ(job.rejects.lines, std::vector<std::string>{"bad 0:1"});
  EXPECT_EQ(job.sink.lines, std::vector<std::string>{"1,2,0,10,9"});
  EXPECT_EQ(job.metrics.sum("weir_rejected_rows_total"), 1);
}

TEST(Lane, ARecordThatDoesNotDecodeIsKeptWithItsBytes) {
  Feed feed;
  feed.splits = {{{1, 5}}};
  feed.bad = {{17, "{broken", "unexpected end of input"}};
  Harness job(count_per_window(10), feed, settings_of(1, 8));
  job.settle();
  EXPECT_EQ(job.rejects.lines, std::vector<std::string>{"bad 0:17"});
  EXPECT_EQ(job.rejects.raws, std::vector<std::string>{"{broken"});
  EXPECT_EQ(job.sink.lines.size(), 1U);
}

TEST(Lane, BadRecordsFailTheJobWhenAskedTo) {
  Feed feed;
  feed.splits = {{{1, 5}}};
  feed.bad = {{17, "{broken", "unexpected end of input"}};
  JobSettings settings = settings_of(1, 8);
  settings.bad_records = BadRecords::kFail;
  Harness job(count_per_window(10), feed, settings);
  job.settle();
  ASSERT_TRUE(job.failure.has_value());
  EXPECT_NE(job.failure->message().find("offset 17"), std::string::npos);
}

TEST(Lane, NullForANotNullColumnIsRejectedOrDropped) {
  Feed feed;
  feed.splits = {{{1, 5}, {2, std::nullopt}}};
  plan::Plan plan;
  const types::Schema target({{"k", LogicalType::bigint()}, {"ts", kRowtime.with_nullable(false)}});
  const auto scan =
      make_node(plan::ScanNode{make_table("s", key_and_time()), {}}, {}, key_and_time());
  plan.sinks = {make_node(plan::SinkNode{make_table("t", target)}, {scan}, target)};
  Harness strict(plan, feed, settings_of(1, 8));
  strict.settle();
  EXPECT_EQ(strict.sink.lines, std::vector<std::string>{"1,5"});
  EXPECT_EQ(strict.rejects.lines, std::vector<std::string>{"bad 0:1"});
  EXPECT_NE(strict.rejects.reasons[0].find("Column 'ts' is NOT NULL"), std::string::npos);
  JobSettings drop = settings_of(1, 8);
  drop.not_null_enforcer = NotNullEnforcer::kDrop;
  Harness silent(plan, feed, drop);
  silent.settle();
  EXPECT_EQ(silent.sink.lines, std::vector<std::string>{"1,5"});
  EXPECT_TRUE(silent.rejects.lines.empty());
}

TEST(Lane, AFullSinkHoldsTheSourcesAndBarriersStillPass) {
  Feed feed;
  feed.splits = {{{1, 5}, {1, 6}, {1, 7}}};
  Harness job(pass_through(key_and_time()), feed, settings_of(1, 1));
  job.sink.room = false;
  job.settle();
  EXPECT_TRUE(job.sink.lines.empty());
  job.lane(0).trigger(1, false);
  job.settle();
  ASSERT_EQ(job.cuts.size(), 1U);
  EXPECT_EQ(job.cuts[0].sources[0].splits[0].position, "0");
  job.sink.room = true;
  job.settle();
  EXPECT_EQ(job.sink.lines.size(), 3U);
}

// The sink's barrier stands in the queues behind rows that the sink has no room for.
TEST(Lane, AFullSinkBehindAnExchangeIsCutAllTheSame) {
  Feed feed;
  feed.bounded = false;
  feed.splits = {{{1, 5}, {1, 30}}, {{2, 5}, {2, 30}}};
  Harness job(count_per_window(10), feed, settings_of(2, 1));
  job.settle();
  EXPECT_EQ(job.sink.lines.size(), 2U);
  job.sink.room = false;
  for (uint64_t epoch = 1; epoch <= 3; ++epoch) {
    for (size_t lane = 0; lane < 2; ++lane) job.lane(lane).trigger(epoch, false);
    job.settle();
    EXPECT_EQ(job.cuts.size(), 2 * epoch);
  }
}

TEST(Lane, ABarrierCutsEveryLaneOnceAndPositionsAreBehindWhatWasPassedOn) {
  Feed feed;
  feed.bounded = false;
  feed.splits = {{{1, 5}, {1, 11}}, {{2, 5}, {2, 12}}, {{3, 3}, {3, 15}}};
  Harness job(count_per_window(10), feed, settings_of(3, 1));
  job.settle();
  for (size_t lane = 0; lane < 3; ++lane) job.lane(lane).trigger(1, false);
  job.settle();
  ASSERT_EQ(job.cuts.size(), 3U);
  for (const LaneSnapshot& cut : job.cuts) {
    EXPECT_EQ(cut.epoch, 1U);
    ASSERT_EQ(cut.sources.size(), 1U);
    ASSERT_EQ(cut.sources[0].splits.size(), 1U);
    EXPECT_EQ(cut.sources[0].splits[0].position, "2");
    EXPECT_EQ(cut.sources[0].splits[0].watermarks.size(), 1U);
  }
  EXPECT_EQ(job.sorted_lines(),
            (std::vector<std::string>{"1,1,0,10,9", "2,1,0,10,9", "3,1,0,10,9"}));
}

// A partition that is read to its end holds the window back until it is idle (5 s).
TEST(Lane, AnIdleSplitStopsHoldingTheWindowBack) {
  for (const uint32_t lanes : {1U, 2U}) {
    Feed feed;
    feed.bounded = false;
    feed.watermark = {WatermarkTraits::Emit::kOnEvent, true, std::nullopt};
    feed.splits = {{{1, 5}, {1, 30}}, {}};
    Harness job(count_per_window(10), feed, settings_of(lanes, 8));
    job.settle();
    EXPECT_TRUE(job.sink.lines.empty());
    job.clock.advance_ns(int64_t{4'999} * 1'000'000);
    job.settle();
    EXPECT_TRUE(job.sink.lines.empty());
    job.clock.advance_ns(1'000'000);
    job.settle();
    EXPECT_EQ(job.sink.lines, std::vector<std::string>{"1,1,0,10,9"}) << lanes << " lanes";
  }
}

// It is not part of a checkpoint meanwhile: after a restore it would be found again. One that goes
// on at a position is, at that position.
TEST(Lane, ASplitThatCannotBeOpenedWhileTheJobRunsIsTriedAgain) {
  Feed feed;
  feed.bounded = false;
  feed.splits = {{{1, 5}}, {{2, 5}}, {{3, 5}}};
  feed.hidden = 2;
  const types::Schema target({{"k", LogicalType::bigint()}, {"ts", kRowtime}});
  Harness job(pass_through(target), feed, settings_of(1, 8));
  job.settle();
  feed.away = 3;
  SplitAssignment found;
  found.split = {"1", "topic", 1, 1};
  found.start.kind = ReaderStart::Kind::kDiscovered;
  job.lane(0).add_split(found);
  SplitAssignment resumed;
  resumed.split = {"2", "topic", 2, 2};
  resumed.start = {ReaderStart::Kind::kResume, "0"};
  resumed.watermarks = {4};
  job.lane(0).add_split(resumed);
  job.settle();
  job.lane(0).trigger(1, false);
  job.settle();
  ASSERT_FALSE(job.failure) << job.failure->message();
  ASSERT_EQ(job.cuts.size(), 1U);
  const auto& splits = job.cuts[0].sources[0].splits;
  ASSERT_EQ(splits.size(), 2U);
  EXPECT_EQ(splits[1].split.id, "2");
  EXPECT_EQ(splits[1].position, "0");
  EXPECT_EQ(job.sink.lines.size(), 1U);
  for (int waited = 0; waited < 10 && job.sink.lines.size() < 3; ++waited) {
    job.clock.advance_ns(int64_t{100} * 1'000'000);
    job.settle();
  }
  EXPECT_EQ(job.sorted_lines(), (std::vector<std::string>{"1,5", "2,5", "3,5"}));
  EXPECT_EQ(feed.away, 0);
}

TEST(Lane, ALaneWithoutASplitHoldsNothingBack) {
  Feed feed;
  feed.bounded = false;
  feed.splits = {{{1, 5}, {1, 30}}};
  Harness job(count_per_window(10), feed, settings_of(4, 8));
  job.settle();
  EXPECT_EQ(job.sink.lines, std::vector<std::string>{"1,1,0,10,9"});
}

TEST(Lane, StateBeyondItsBudgetEndsTheJobAndNamesTheSetting) {
  for (const uint32_t lanes : {1U, 2U}) {
    Feed feed;
    feed.bounded = false;
    feed.splits.resize(1);
    for (int64_t key = 0; key < 100'000; ++key) feed.splits[0].push_back({key, 5});
    JobSettings settings = settings_of(lanes, 4096);
    Harness enough(count_per_window(10), feed, settings);
    enough.settle();
    ASSERT_FALSE(enough.failure);
    settings.state_memory_bytes = 2U << 20U;
    Harness job(count_per_window(10), feed, settings);
    job.settle();
    ASSERT_TRUE(job.failure) << lanes << " lanes";
    EXPECT_EQ(job.failure->code(), ErrorCode::kExhausted);
    EXPECT_THAT(job.failure->message(), testing::HasSubstr("'weir.state.memory' allows 2 MB"));
  }
}

// A slice changes hands; it must not count twice while it does.
TEST(Lane, StateThatHasFiredIsGivenBack) {
  Feed feed;
  feed.bounded = false;
  feed.splits.resize(1);
  for (int64_t window = 0; window < 20; ++window) {
    for (int64_t key = 0; key < 20'000; ++key) feed.splits[0].push_back({key, window * 10});
  }
  JobSettings settings = settings_of(1, 4096);
  settings.state_memory_bytes = 2U << 20U;  // a window takes about 1.2 MB
  Harness job(count_per_window(10), feed, settings);
  job.settle();
  EXPECT_FALSE(job.failure) << job.failure->message();
  EXPECT_GT(job.sink.lines.size(), 300'000U);
}

TEST(Lane, TheEndOfBoundedInputFiresEverything) {
  Feed feed;
  feed.splits = {{{1, 5}}, {{2, 500}}};
  Harness job(count_per_window(10), feed, settings_of(2, 8, 200));
  job.settle();
  EXPECT_EQ(job.sorted_lines(), (std::vector<std::string>{"1,1,0,10,9", "2,1,500,510,509"}));
  EXPECT_EQ(job.ended, 2U);
}

}  // namespace
}  // namespace weir::exec
