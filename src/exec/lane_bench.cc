// What the lane adds to a batch on its way: slots, a projection of columns, a filter that lets all
// or half of the rows through, the watermark.
#include <benchmark/benchmark.h>

#include "exec/expression.h"
#include "exec/lane_rejects.h"
#include "exec/operators/filter.h"
#include "exec/operators/pass.h"
#include "exec/operators/project.h"
#include "exec/operators/sink.h"
#include "exec/operators/watermark.h"
#include "exec/slot.h"
#include "types/builder.h"

namespace weir::exec {
namespace {

using types::LogicalType;

types::BatchRef make_batch() {
  constexpr uint32_t kRows = types::Batch::kMaxRows;
  types::Values<int64_t> keys(kRows);
  types::Values<int64_t> times(kRows);
  types::Values<uint8_t> flags(kRows);
  for (uint32_t row = 0; row < kRows; ++row) {
    keys[row] = row;
    times[row] = 1'700'000'000'000 + row / 4;
    flags[row] = row % 2;
  }
  auto origin = std::make_shared<types::Origin>();
  types::Batch::Parts parts;
  parts.rows = kRows;
  parts.columns = {types::finish_column(LogicalType::bigint(), kRows, std::move(keys).take()),
                   types::finish_column(LogicalType::timestamp(3), kRows, std::move(times).take()),
                   types::finish_column(LogicalType::boolean(), kRows, std::move(flags).take())};
  parts.origin = std::move(origin);
  return types::Batch::make(std::move(parts));
}

class CountingWriter final : public SinkWriter {
 public:
  explicit CountingWriter(uint64_t& rows) : rows_(rows) {}
  Status write(types::BatchRef batch) override {
    rows_ += batch->selected();
    return ok();
  }

 private:
  uint64_t& rows_;
};

// `op` between a scan and a sink; one batch again and again.
void run_chain(benchmark::State& state, std::unique_ptr<Operator> op, double rows_per_batch) {
  Metrics metrics;
  Context context{system_env(), system_clock(), silent_logger(), metrics};
  const JobSettings settings;
  SplitTable splits;
  LaneRejects rejects(context, settings, splits, nullptr, "rejects");
  PieceIds ids(1);
  LaneShared shared;
  shared.rejects = &rejects;
  shared.piece_ids = &ids;
  const auto operator_context = [&](std::string name) {
    return OperatorContext{context, settings, 0, 1, {}, name, name};
  };
  uint64_t rows = 0;
  Slot sink(std::make_unique<SinkOperator>("sink", std::make_unique<CountingWriter>(rows),
                                           std::vector<SinkOperator::NotNullColumn>(),
                                           NotNullEnforcer::kError),
            operator_context("sink"), 1, shared);
  Slot middle(std::move(op), operator_context("middle"), 1, shared);
  Slot scan(std::make_unique<PassOperator>(), operator_context("scan"), 1, shared);
  scan.output().add_target(middle, 0);
  middle.output().add_target(sink, 0);
  for (Slot* slot : {&scan, &middle, &sink}) {
    if (!slot->open(nullptr)) state.SkipWithError("open");
  }
  const auto batch = make_batch();
  for (auto step : state) {
    if (!scan.deliver(0, batch)) state.SkipWithError("deliver");
  }
  const double per_batch = static_cast<double>(rows) / static_cast<double>(state.iterations());
  if (per_batch != rows_per_batch) state.SkipWithError("wrong number of rows");
  state.counters["rows_check"] = per_batch;
  state.SetItemsProcessed(state.iterations() * types::Batch::kMaxRows);
}

void pass(benchmark::State& state) {
  run_chain(state, std::make_unique<PassOperator>(), types::Batch::kMaxRows);
}
BENCHMARK(pass);

void project_two_columns(benchmark::State& state) {
  run_chain(state,
            std::make_unique<ProjectOperator>(
                std::vector<sql::ExpressionRef>{sql::make_input(1, LogicalType::timestamp(3)),
                                                sql::make_input(0, LogicalType::bigint())}),
            types::Batch::kMaxRows);
}
BENCHMARK(project_two_columns);

void filter_half(benchmark::State& state) {
  run_chain(state, std::make_unique<FilterOperator>(sql::make_input(2, LogicalType::boolean())),
            types::Batch::kMaxRows / 2.0);
}
BENCHMARK(filter_half);

void watermark_behind_every_row(benchmark::State& state) {
  WatermarkTracker::Policy policy;
  policy.emit = WatermarkTraits::Emit::kOnEvent;
  WatermarkTracker tracker(policy);
  tracker.add_split(0, kNoWatermark);
  const plan::WatermarkNode node{1, sql::make_input(1, LogicalType::timestamp(3))};
  run_chain(state, std::make_unique<WatermarkOperator>(node, LogicalType::timestamp(3), tracker),
            types::Batch::kMaxRows);
}
BENCHMARK(watermark_behind_every_row);

}  // namespace
}  // namespace weir::exec
