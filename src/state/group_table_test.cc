#include "state/group_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/bytes.h"
#include "base/random.h"

namespace weir::state {
namespace {

using types::Column;
using types::ColumnRef;
using types::LogicalType;
using types::Selection;
using types::StringRef;

void init_zero(std::byte* state, const void* /*context*/) { store_le<int64_t>(state, 0); }

ColumnRef bigints(const std::vector<int64_t>& values, const std::vector<bool>& nulls = {}) {
  auto buffer = Buffer::copy_of(std::as_bytes(std::span(values)));
  Column::Parts parts;
  parts.type = LogicalType::bigint();
  parts.length = static_cast<uint32_t>(values.size());
  parts.values = buffer;
  if (!nulls.empty()) {
    auto validity = Buffer::allocate(types::bitmap_bytes(values.size()));
    std::memset(validity->mutable_data(), 0, validity->size());
    for (size_t i = 0; i < nulls.size(); ++i) {
      if (!nulls[i]) types::set_bit(validity->mutable_as<uint8_t>(), i);
    }
    parts.validity = validity;
  }
  return Column::make(std::move(parts));
}

ColumnRef strings(const std::vector<std::string>& values) {
  std::string heap;
  for (const auto& value : values) heap += value;
  auto bytes = Buffer::copy_of(std::as_bytes(std::span(heap)));
  auto views = Buffer::allocate(values.size() * sizeof(StringRef));
  size_t at = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    views->mutable_as<StringRef>()[i] = StringRef(bytes->text().substr(at, values[i].size()));
    at += values[i].size();
  }
  Column::Parts parts;
  parts.type = LogicalType::string();
  parts.length = static_cast<uint32_t>(values.size());
  parts.values = views;
  parts.pinned = {bytes};
  return Column::make(std::move(parts));
}

TEST(GroupTableTest, CountsLikeAMapOverManyBatches) {
  const KeyCodec codec({LogicalType::bigint()});
  GroupTable table(codec, sizeof(int64_t), init_zero, nullptr);
  std::map<int64_t, int64_t> expected;
  Random random(7);
  EncodedKeys keys;
  for (int batch = 0; batch < 40; ++batch) {
    std::vector<int64_t> values(1000);
    for (auto& value : values) value = static_cast<int64_t>(random.below(20000)) - 10000;
    const std::vector<ColumnRef> columns{bigints(values)};
    codec.encode(columns, Selection(1000), keys);
    std::vector<std::byte*> states(1000);
    table.find_or_insert(keys, states);
    for (size_t i = 0; i < values.size(); ++i) {
      store_le(states[i], load_le<int64_t>(states[i]) + 1);
      ++expected[values[i]];
    }
  }
  ASSERT_EQ(table.size(), expected.size());
  for (uint32_t row = 0; row < table.size(); ++row) {
    const std::span<const std::byte> key = table.key(row);
    const auto columns = codec.decode(std::span(&key, 1));
    EXPECT_EQ(load_le<int64_t>(table.state(row)), expected.at(columns[0]->value<int64_t>(0)));
    EXPECT_EQ(table.hash(row), hash_key(key));
  }
}

TEST(GroupTableTest, StringKeysNullKeysAndLongKeysAreApart) {
  const KeyCodec codec({LogicalType::string(), LogicalType::bigint()});
  GroupTable table(codec, sizeof(int64_t), init_zero, nullptr);
  const std::string long_text(1000, 'x');
  const std::vector<ColumnRef> columns{
      strings({"a", "a", "ab", long_text, long_text + "y", "a", "", ""}),
      bigints({1, 1, 1, 1, 1, 0, 0, 0}, {false, false, false, false, false, true, true, false})};
  EncodedKeys keys;
  codec.encode(columns, Selection(8), keys);
  std::vector<std::byte*> states(8);
  table.find_or_insert(keys, states);
  EXPECT_EQ(table.size(), 7U);
  EXPECT_EQ(states[0], states[1]);
  EXPECT_NE(states[0], states[5]);
  EXPECT_NE(states[6], states[7]) << "NULL is not 0";
  std::vector<std::span<const std::byte>> stored;
  for (uint32_t row = 0; row < table.size(); ++row) {
    stored.push_back(table.key(row));
    EXPECT_TRUE(codec.is_valid(table.key(row)));
    EXPECT_FALSE(codec.is_valid(table.key(row).first(table.key(row).size() - 1)));
  }
  const auto decoded = codec.decode(stored);
  EXPECT_EQ(decoded[0]->text(2), long_text);
  EXPECT_EQ(decoded[0]->text(3), long_text + "y");
  EXPECT_TRUE(decoded[1]->is_null(4));
  EXPECT_FALSE(decoded[1]->is_null(0));
}

TEST(GroupTableTest, FloatsThatAreEqualAreOneGroup) {
  const std::vector<double> values{0.0, -0.0, NAN, -NAN, 1.5};
  Column::Parts parts;
  parts.type = LogicalType::float64();
  parts.length = 5;
  parts.values = Buffer::copy_of(std::as_bytes(std::span(values)));
  const std::vector<ColumnRef> columns{Column::make(std::move(parts))};
  const KeyCodec codec({LogicalType::float64()});
  EncodedKeys keys;
  codec.encode(columns, Selection(5), keys);
  GroupTable table(codec, sizeof(int64_t), init_zero, nullptr);
  std::vector<std::byte*> states(5);
  table.find_or_insert(keys, states);
  EXPECT_EQ(table.size(), 3U);
}

TEST(GroupTableTest, ListsWhatChangedInAnEpochOnce) {
  const KeyCodec codec({LogicalType::bigint()});
  GroupTable table(codec, sizeof(int64_t), init_zero, nullptr);
  EncodedKeys keys;
  std::vector<std::byte*> states(3);
  codec.encode(std::vector{bigints({1, 2, 1})}, Selection(3), keys);
  table.find_or_insert(keys, states);
  EXPECT_EQ(table.changed().size(), 2U);
  table.begin_epoch();
  EXPECT_TRUE(table.changed().empty());
  codec.encode(std::vector{bigints({2, 2, 3})}, Selection(3), keys);
  table.find_or_insert(keys, states);
  EXPECT_EQ(std::vector<uint32_t>(table.changed().begin(), table.changed().end()),
            (std::vector<uint32_t>{1, 2}));
}

TEST(KeyGroupTest, EveryLaneOwnsARangeAndAllAreOwned) {
  for (const uint32_t lanes : {1U, 2U, 3U, 7U, 128U}) {
    uint32_t last = 0;
    for (uint32_t group = 0; group < kKeyGroups; ++group) {
      const uint32_t lane = lane_of_key_group(group, lanes);
      EXPECT_GE(lane, last);
      EXPECT_LT(lane, lanes);
      last = lane;
    }
    EXPECT_EQ(last, lanes - 1);
  }
}

}  // namespace
}  // namespace weir::state
