// What the layout of columns buys: filters into selections, gathers, string views.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "types/builder.h"
#include "types/cast.h"
#include "types/selection.h"

namespace weir::types {
namespace {

constexpr uint32_t kRows = Batch::kMaxRows;

ColumnRef bools(uint64_t one_in) {
  Random random(3);
  Values<uint8_t> values(kRows);
  for (uint32_t row = 0; row < kRows; ++row) values[row] = random.one_in(one_in) ? 1 : 0;
  return finish_column(LogicalType::boolean(), kRows, std::move(values).take());
}

ColumnRef strings(size_t size) {
  Random random(5);
  Values<StringRef> values(kRows);
  StringHeap heap;
  for (uint32_t row = 0; row < kRows; ++row) {
    std::string text(size, 'x');
    for (auto& c : text) c = static_cast<char>('a' + random.below(26));
    values[row] = heap.add(text);
  }
  return finish_column(LogicalType::string(), kRows, std::move(values).take(), nullptr,
                       heap.take());
}

void filter_to_selection(benchmark::State& state) {
  const auto column = bools(static_cast<uint64_t>(state.range(0)));
  OwnedSelection out;
  for (auto step : state) {
    select_true(*column, Selection(kRows), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * int64_t{kRows});
  state.counters["selected"] = out.size();
}
BENCHMARK(filter_to_selection)->Arg(1)->Arg(2)->Arg(100);

void gather_strings(benchmark::State& state) {
  const auto column = strings(20);
  OwnedSelection rows;
  select_true(*bools(2), Selection(kRows), rows);
  uint64_t hash = 0;
  for (auto step : state) {
    const auto gathered = gather(*column, rows.view());
    hash = gathered->value<StringRef>(gathered->length() - 1).size();
    benchmark::DoNotOptimize(hash);
  }
  state.SetItemsProcessed(state.iterations() * rows.size());
  state.counters["hash"] = static_cast<double>(hash);
}
BENCHMARK(gather_strings);

void compare_strings(benchmark::State& state) {
  const auto column = strings(static_cast<size_t>(state.range(0)));
  const StringRef wanted = column->value<StringRef>(77);
  uint32_t equal = 0;
  for (auto step : state) {
    equal = 0;
    for (const StringRef& value : column->values<StringRef>()) equal += value == wanted ? 1 : 0;
    benchmark::DoNotOptimize(equal);
  }
  state.SetItemsProcessed(state.iterations() * int64_t{kRows});
  state.counters["equal"] = equal;
}
BENCHMARK(compare_strings)->Arg(8)->Arg(36);

void cast_bigint_to_string(benchmark::State& state) {
  Random random(9);
  Values<int64_t> values(kRows);
  for (uint32_t row = 0; row < kRows; ++row) values[row] = random.between(0, 30'000'000);
  const auto column = finish_column(LogicalType::bigint(), kRows, std::move(values).take());
  size_t bytes = 0;
  for (auto step : state) {
    const auto text =
        cast_column(column, LogicalType::string(), Selection(kRows), {"UTC", nullptr});
    bytes = 0;
    for (const StringRef& value : text->values<StringRef>()) bytes += value.size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(state.iterations() * int64_t{kRows});
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(cast_bigint_to_string);

}  // namespace
}  // namespace weir::types
