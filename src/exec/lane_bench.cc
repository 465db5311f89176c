// What the lane adds to a batch on its way: slots, a projection of columns, a filter that lets all
// or half of the rows through, the watermark.
#include <benchmark/benchmark.h>

#include "exec/bench_chain.h"
#include "exec/expression.h"
#include "exec/operators/filter.h"
#include "exec/operators/project.h"
#include "exec/operators/watermark.h"
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

// `op` between a scan and a sink; one batch again and again.
void run_chain(benchmark::State& state, std::unique_ptr<Operator> op, double rows_per_batch) {
  BenchChain chain(BenchChain::Check::kRows);
  chain.add(std::move(op));
  chain.finish(state);
  const auto batch = make_batch();
  for (auto step : state) {
    if (!chain.deliver(batch)) state.SkipWithError("deliver");
  }
  const double per_batch =
      static_cast<double>(chain.rows()) / static_cast<double>(state.iterations());
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
  tracker.add_split(0);
  const plan::WatermarkNode node{1, sql::make_input(1, LogicalType::timestamp(3))};
  run_chain(state, std::make_unique<WatermarkOperator>(node, LogicalType::timestamp(3), tracker),
            types::Batch::kMaxRows);
}
BENCHMARK(watermark_behind_every_row);

}  // namespace
}  // namespace weir::exec
