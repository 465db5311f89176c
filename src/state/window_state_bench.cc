// A slice on its way out of its lane: sealing, merging, writing what changed.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "state/window_state.h"

namespace weir::state {
namespace {

using types::Column;
using types::LogicalType;
using types::Selection;

constexpr functions::AggregateKernels kSum{
    .state_size = 8,
    .init = [](std::byte* state) { store_le<int64_t>(state, 0); },
    .merge =
        [](std::byte* into, const std::byte* from) {
          store_le(into, load_le<int64_t>(into) + load_le<int64_t>(from));
        },
};

struct Fixture {
  KeyCodec codec{{LogicalType::bigint()}};
  AggregateLayout layout{{kSum, kSum}};

  // Adds 1 to the first aggregate of `rows` keys, in an order that jumps about.
  void add(WindowState& state, int64_t slice, uint32_t rows, uint64_t keys, Random& random) const {
    constexpr uint32_t kBatch = types::Batch::kMaxRows;
    EncodedKeys encoded;
    std::vector<std::byte*> states(kBatch);
    for (uint32_t done = 0; done < rows; done += kBatch) {
      const uint32_t count = std::min(kBatch, rows - done);
      auto values = Buffer::allocate(count * sizeof(int64_t));
      for (uint32_t i = 0; i < count; ++i) {
        values->mutable_as<int64_t>()[i] = static_cast<int64_t>(random.below(keys));
      }
      Column::Parts parts;
      parts.type = LogicalType::bigint();
      parts.length = count;
      parts.values = std::move(values);
      const types::ColumnRef column = Column::make(std::move(parts));
      codec.encode(std::span(&column, 1), Selection(count), encoded);
      state.slice(slice).find_or_insert(encoded, std::span(states.data(), count));
      for (uint32_t i = 0; i < count; ++i) store_le(states[i], load_le<int64_t>(states[i]) + 1);
    }
  }
};

// range(0) groups to range(1) lanes.
void seal_slice(benchmark::State& state) {
  const Fixture fixture;
  Random random(1);
  const auto groups = static_cast<uint32_t>(state.range(0));
  const auto lanes = static_cast<uint32_t>(state.range(1));
  WindowState window(fixture.codec, fixture.layout);
  fixture.add(window, 10, groups, groups, random);
  const GroupTable& table = *window.find(10);
  uint64_t sealed = 0;
  for (auto step : state) {
    const auto sent = seal(10, table, lanes, [&](uint32_t, const SealedPartials& partials) {
      sealed += partials.keys.count();
      return ok();
    });
    if (!sent) state.SkipWithError("seal");
  }
  const auto turns = static_cast<uint64_t>(state.iterations());
  if (sealed != turns * table.size()) state.SkipWithError("groups were lost");
  state.SetItemsProcessed(static_cast<int64_t>(sealed));
}
BENCHMARK(seal_slice)->Args({1'000, 4})->Args({1'000'000, 4})->Args({1'000'000, 16});

// Partials of range(0) groups into a slice that has them all.
void merge_partials(benchmark::State& state) {
  const Fixture fixture;
  Random random(1);
  const auto groups = static_cast<uint32_t>(state.range(0));
  WindowState from(fixture.codec, fixture.layout);
  fixture.add(from, 10, groups, groups, random);
  std::vector<SealedPartials> messages;
  (void)seal(10, *from.find(10), 1, [&](uint32_t, SealedPartials partials) {
    messages.push_back(std::move(partials));
    return ok();
  });
  WindowState into(fixture.codec, fixture.layout);
  for (auto step : state) {
    for (const auto& message : messages) into.merge(message);
  }
  int64_t total = 0;
  const GroupTable& table = *into.find(10);
  for (uint32_t row = 0; row < table.size(); ++row) total += load_le<int64_t>(table.state(row));
  if (total != state.iterations() * groups) state.SkipWithError("rows were lost");
  state.SetItemsProcessed(state.iterations() * table.size());
}
BENCHMARK(merge_partials)->Arg(1'000)->Arg(1'000'000);

// The delta of range(1) changed rows among range(0) groups: what a barrier costs the lane.
void write_delta(benchmark::State& state) {
  const Fixture fixture;
  Random random(1);
  const auto groups = static_cast<uint32_t>(state.range(0));
  const auto rows = static_cast<uint32_t>(state.range(1));
  WindowState window(fixture.codec, fixture.layout);
  fixture.add(window, 10, groups, groups, random);
  ByteWriter first;
  window.delta(first, 0, 0);
  int64_t bytes = 0;
  int64_t changed = 0;
  for (auto step : state) {
    state.PauseTiming();
    fixture.add(window, 10, rows, groups, random);
    changed += static_cast<int64_t>(window.find(10)->changed().size());
    state.ResumeTiming();
    ByteWriter out;
    window.delta(out, 0, 0);
    bytes += static_cast<int64_t>(out.size());
  }
  constexpr int64_t kRowBytes = 4 + 16 + 32;
  if (bytes < changed * kRowBytes) state.SkipWithError("rows are missing");
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(changed);
}
BENCHMARK(write_delta)->Args({1'000'000, 4'096})->Args({1'000'000, 400'000});

}  // namespace
}  // namespace weir::state
