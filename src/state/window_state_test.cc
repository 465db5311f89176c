#include "state/window_state.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

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

using Counts = std::map<std::pair<int64_t, int64_t>, int64_t>;  // slice, key -> sum

struct Fixture {
  KeyCodec codec{{LogicalType::bigint()}};
  AggregateLayout layout{{kSum}};

  void add(WindowState& state, int64_t slice, int64_t key, int64_t amount) const {
    const auto value = Buffer::copy_of(std::as_bytes(std::span(&key, 1)));
    Column::Parts parts;
    parts.type = LogicalType::bigint();
    parts.length = 1;
    parts.values = value;
    const types::ColumnRef column = Column::make(std::move(parts));
    EncodedKeys keys;
    codec.encode(std::span(&column, 1), Selection(1), keys);
    std::byte* at = nullptr;
    state.slice(slice).find_or_insert(keys, std::span(&at, 1));
    store_le(at, load_le<int64_t>(at) + amount);
  }

  [[nodiscard]] Counts counts(WindowState& state, const std::vector<int64_t>& slices) const {
    Counts out;
    for (const int64_t slice : slices) {
      const GroupTable* table = state.find(slice);
      if (table == nullptr) continue;
      for (uint32_t row = 0; row < table->size(); ++row) {
        const auto key = table->key(row);
        out[{slice, codec.decode(std::span(&key, 1))[0]->value<int64_t>(0)}] =
            load_le<int64_t>(table->state(row));
      }
    }
    return out;
  }
};

bool all(uint64_t /*hash*/) { return true; }

TEST(WindowStateTest, DeltasInOrderAreTheState) {
  const Fixture fixture;
  Random random(11);
  WindowState state(fixture.codec, fixture.layout);
  std::vector<std::vector<std::byte>> deltas;
  const std::vector<int64_t> slices{10, 20, 30, 40};
  for (int epoch = 0; epoch < 30; ++epoch) {
    for (int i = 0; i < 50; ++i) {
      fixture.add(state, slices[random.below(slices.size())], random.between(1, 40), 1);
    }
    if (random.one_in(5)) (void)state.take(slices[random.below(slices.size())]);
    ByteWriter out;
    state.delta(out, 0, 0);
    deltas.push_back(std::move(out).take());
    WindowState restored(fixture.codec, fixture.layout);
    for (const auto& delta : deltas) ASSERT_TRUE(restored.apply(delta, all).has_value());
    ASSERT_EQ(fixture.counts(restored, slices), fixture.counts(state, slices)) << epoch;
  }
  EXPECT_LT(deltas.back().size(), 100U * 40U) << "a delta holds what changed, not everything";
}

TEST(WindowStateTest, RowsThatWereFiredAreNotWritten) {
  const Fixture fixture;
  WindowState state(fixture.codec, fixture.layout);
  for (int64_t key = 0; key < 10; ++key) fixture.add(state, 10, key, key);
  ByteWriter first;
  state.delta(first, 0, 0);
  ByteWriter second;
  state.delta(second, 10, 7);
  WindowState restored(fixture.codec, fixture.layout);
  ASSERT_TRUE(restored.apply(first.view(), all).has_value());
  ASSERT_TRUE(restored.apply(second.view(), all).has_value());
  EXPECT_EQ(fixture.counts(restored, {10}), (Counts{{{10, 7}, 7}, {{10, 8}, 8}, {{10, 9}, 9}}));
}

TEST(WindowStateTest, EveryLaneGetsItsKeysAndNoOther) {
  const Fixture fixture;
  WindowState state(fixture.codec, fixture.layout);
  constexpr int64_t kKeys = 100'000;  // several messages a lane
  for (int64_t key = 0; key < kKeys; ++key) fixture.add(state, 10, key, 2);
  constexpr uint32_t kLanes = 3;
  std::vector<WindowState> owners;
  for (uint32_t lane = 0; lane < kLanes; ++lane) {
    owners.emplace_back(fixture.codec, fixture.layout);
  }
  uint64_t messages = 0;
  const auto sealed = seal(10, *state.find(10), kLanes, [&](uint32_t lane, SealedPartials groups) {
    ++messages;
    EXPECT_EQ(groups.slice_end_ms, 10);
    EXPECT_LT(groups.bytes(), 4U << 20U);
    for (const uint64_t hash : groups.keys.hashes) {
      EXPECT_EQ(lane_of_key_group(key_group_of(hash), kLanes), lane);
    }
    owners[lane].merge(groups);
    owners[lane].merge(groups);
    return ok();
  });
  ASSERT_TRUE(sealed.has_value());
  EXPECT_GT(messages, kLanes);
  uint64_t rows = 0;
  for (auto& owner : owners) {
    rows += owner.rows();
    for (const auto& [key, sum] : fixture.counts(owner, {10})) ASSERT_EQ(sum, 4);
  }
  EXPECT_EQ(rows, static_cast<uint64_t>(kKeys));
}

TEST(WindowStateTest, ATableIsAbsorbedWholeOrGroupByGroup) {
  const Fixture fixture;
  WindowState state(fixture.codec, fixture.layout);
  for (int64_t from : {0, 5}) {
    WindowState other(fixture.codec, fixture.layout);
    for (int64_t key = from; key < from + 10; ++key) fixture.add(other, 10, key, 1);
    ByteWriter written_elsewhere;
    other.delta(written_elsewhere, 0, 0);
    state.absorb(10, other.take(10));
  }
  EXPECT_EQ(state.rows(), 15U);
  ByteWriter out;
  state.delta(out, 0, 0);
  WindowState restored(fixture.codec, fixture.layout);
  ASSERT_TRUE(restored.apply(out.view(), all).has_value());
  const Counts counts = fixture.counts(restored, {10});
  EXPECT_EQ(counts.at({10, 4}), 1);
  EXPECT_EQ(counts.at({10, 5}), 2);
  EXPECT_EQ(counts.size(), 15U);
}

TEST(WindowStateTest, DamagedDeltasAreCorruptNotACrash) {
  const Fixture fixture;
  WindowState state(fixture.codec, fixture.layout);
  for (int64_t key = 0; key < 5; ++key) fixture.add(state, 10, key, 1);
  ByteWriter out;
  state.delta(out, 0, 0);
  const auto whole = std::move(out).take();
  for (size_t length = 0; length + 1 < whole.size(); ++length) {
    WindowState restored(fixture.codec, fixture.layout);
    const auto result = restored.apply(std::span(whole).first(length), all);
    if (length == 8) {
      EXPECT_TRUE(result.has_value()) << "an empty delta";
    } else {
      ASSERT_FALSE(result.has_value()) << length;
      EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
    }
  }
}

}  // namespace
}  // namespace weir::state
