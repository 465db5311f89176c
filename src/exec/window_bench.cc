// The whole windowed aggregate in one lane: rows into slices, sealing, merging, firing into rows.
#include "base/random.h"
#include "exec/bench_chain.h"
#include "exec/operators/window_aggregate.h"
#include "functions/aggregate/aggregate.h"
#include "types/builder.h"

namespace weir::exec {
namespace {

using types::LogicalType;

constexpr uint32_t kRows = types::Batch::kMaxRows;
constexpr int64_t kWindowMs = 10'000;

// SELECT k, COUNT(*), SUM(v) ... GROUP BY k, window_start, window_end
plan::Node count_and_sum(const LogicalType& key) {
  const auto rowtime = LogicalType::timestamp(3);
  auto input = std::make_shared<plan::Node>();
  input->schema = types::Schema({{"k", key}, {"ts", rowtime}, {"v", LogicalType::bigint()}});
  plan::WindowAggregateNode body;
  body.window.time_column = 1;
  body.window.size_ms = body.window.slide_ms = kWindowMs;
  body.keys = {0};
  const auto call = [](std::string_view name, std::vector<LogicalType> arguments, int argument) {
    plan::AggregateCall made;
    made.function = functions::find_aggregate(name);
    made.resolution = made.function->resolve(arguments).value();
    made.argument = argument;
    return made;
  };
  body.aggregates = {call("COUNT", {}, -1), call("SUM", {LogicalType::bigint()}, 2)};
  plan::Node node;
  node.body = body;
  node.inputs = {input};
  node.schema = types::Schema({{"k", key},
                               {"n", LogicalType::bigint()},
                               {"total", LogicalType::bigint()},
                               {"window_start", rowtime},
                               {"window_end", rowtime},
                               {"window_time", rowtime}});
  return node;
}

types::ColumnRef key_column(bool text, uint64_t keys, Random& random) {
  types::Values<int64_t> numbers(kRows);
  for (uint32_t row = 0; row < kRows; ++row) {
    numbers[row] = static_cast<int64_t>(random.below(keys));
  }
  if (!text) return types::finish_column(LogicalType::bigint(), kRows, std::move(numbers).take());
  types::Values<types::StringRef> views(kRows);
  types::StringHeap heap;
  for (uint32_t row = 0; row < kRows; ++row) {
    views[row] = heap.add("customer-number-" + std::to_string(numbers[row]));
  }
  return types::finish_column(LogicalType::string(), kRows, std::move(views).take(), nullptr,
                              heap.take());
}

// `range(0)` keys; event time moves by a millisecond every 64 rows, with `range(1)` ms of disorder.
void run_window(benchmark::State& state, bool text) {
  constexpr uint32_t kBatches = 160;  // a window has 156 of them
  constexpr int64_t kRowsPerMs = 64;
  const auto keys = static_cast<uint64_t>(state.range(0));
  const auto disorder_ms = static_cast<uint64_t>(state.range(1));
  Random random(1);
  std::vector<types::Batch::Parts> batches(kBatches);
  std::vector<std::vector<int64_t>> times(kBatches);
  for (uint32_t batch = 0; batch < kBatches; ++batch) {
    types::Values<int64_t> amounts(kRows);
    for (uint32_t row = 0; row < kRows; ++row) amounts[row] = row % 100;
    for (uint32_t row = 0; row < kRows; ++row) {
      times[batch].push_back(static_cast<int64_t>(batch) * kRows / kRowsPerMs + row / kRowsPerMs -
                             static_cast<int64_t>(random.below(disorder_ms + 1)));
    }
    batches[batch].rows = kRows;
    batches[batch].columns = {
        key_column(text, keys, random), nullptr,
        types::finish_column(LogicalType::bigint(), kRows, std::move(amounts).take())};
  }
  BenchChain chain(BenchChain::Check::kRows);
  const JobSettings settings;
  auto halves = make_window_aggregate(
                    count_and_sum(text ? LogicalType::string() : LogicalType::bigint()), settings)
                    .value();
  chain.add(std::move(halves.upstream));
  chain.add_downstream(std::move(halves.downstream));
  chain.finish(state);
  uint64_t turn = 0;
  for (auto step : state) {
    const auto at = turn % kBatches;
    const auto round_ms = static_cast<int64_t>(turn / kBatches) * kBatches * kRows / kRowsPerMs;
    types::Batch::Parts parts = batches[at];
    types::Values<int64_t> moved(kRows);
    for (uint32_t row = 0; row < kRows; ++row) moved[row] = times[at][row] + round_ms;
    parts.columns[1] =
        types::finish_column(LogicalType::timestamp(3), kRows, std::move(moved).take());
    if (!chain.deliver(types::Batch::make(std::move(parts)))) state.SkipWithError("deliver");
    const int64_t newest_ms = round_ms + static_cast<int64_t>(at + 1) * kRows / kRowsPerMs;
    if (!chain.watermark(newest_ms - static_cast<int64_t>(disorder_ms) - 1)) {
      state.SkipWithError("watermark");
    }
    ++turn;
  }
  if (chain.rejected() != 0) state.SkipWithError("rows were late");
  state.counters["fired"] = static_cast<double>(chain.rows());
  state.SetItemsProcessed(state.iterations() * kRows);
}

void window_bigint(benchmark::State& state) { run_window(state, false); }
BENCHMARK(window_bigint)
    ->ArgNames({"keys", "disorder_ms"})
    ->Args({100, 0})
    ->Args({10'000, 0})
    ->Args({1'000'000, 0})
    ->Args({10'000, 30'000});

void window_text(benchmark::State& state) { run_window(state, true); }
BENCHMARK(window_text)->ArgNames({"keys", "disorder_ms"})->Args({100, 0})->Args({1'000'000, 0});

}  // namespace
}  // namespace weir::exec
