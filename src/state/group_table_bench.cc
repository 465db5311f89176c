// Probes of a GroupTable: the cost of one event's way into a windowed aggregate.
#include <benchmark/benchmark.h>

#include "base/bytes.h"
#include "base/random.h"
#include "state/group_table.h"

namespace weir::state {
namespace {

using types::Column;
using types::LogicalType;
using types::Selection;

void init_zero(std::byte* state, const void* /*context*/) { store_le<int64_t>(state, 0); }

void probe_bigint(benchmark::State& state) {
  const auto distinct = static_cast<uint64_t>(state.range(0));
  constexpr uint32_t kRows = types::Batch::kMaxRows;
  Random random(1);
  std::vector<types::ColumnRef> batches;
  for (int batch = 0; batch < 64; ++batch) {
    auto buffer = Buffer::allocate(kRows * sizeof(int64_t));
    for (uint32_t row = 0; row < kRows; ++row) {
      buffer->mutable_as<int64_t>()[row] = static_cast<int64_t>(random.below(distinct));
    }
    Column::Parts parts;
    parts.type = LogicalType::bigint();
    parts.length = kRows;
    parts.values = buffer;
    batches.push_back(Column::make(std::move(parts)));
  }
  const KeyCodec codec({LogicalType::bigint()});
  GroupTable table(codec, sizeof(int64_t), init_zero, nullptr);
  EncodedKeys keys;
  std::vector<std::byte*> states(kRows);
  size_t turn = 0;
  for (auto _ : state) {
    codec.encode(std::span(&batches[turn % batches.size()], 1), Selection(kRows), keys);
    table.find_or_insert(keys, states);
    for (auto* at : states) store_le(at, load_le<int64_t>(at) + 1);
    ++turn;
  }
  int64_t total = 0;
  for (uint32_t row = 0; row < table.size(); ++row) total += load_le<int64_t>(table.state(row));
  if (total != static_cast<int64_t>(turn) * kRows) state.SkipWithError("rows were lost");
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kRows);
  state.counters["groups"] = static_cast<double>(table.size());
}
BENCHMARK(probe_bigint)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace weir::state
