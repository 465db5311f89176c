#include "types/arrow_c.h"

#include <gmock/gmock.h>

#include "types/builder.h"
#include "types/selection.h"
#include "types/time_zone.h"
#include "types/value.h"
#include "types/value_text.h"

namespace weir::types {
namespace {

using ::testing::HasSubstr;

std::string text_of(const Column& column) {
  std::string text;
  for (uint32_t row = 0; row < column.length(); ++row) {
    if (row > 0) text += " | ";
    append_text(column, row, TextStyle::kCast, time_zone("UTC"), text);
  }
  return text;
}

ColumnRef column_of(const LogicalType& type, const std::vector<Value>& values) {
  std::vector<ColumnRef> pieces;
  for (const auto& value : values) pieces.push_back(make_constant(type, value, 1));
  pieces.push_back(pieces[0]->with_length(0));
  return concat(pieces);
}

ColumnRef nested(LogicalType type, uint32_t length, std::vector<int32_t> offsets,
                 std::vector<ColumnRef> children) {
  Column::Parts parts;
  parts.type = std::move(type);
  parts.length = length;
  if (!offsets.empty()) parts.values = Buffer::copy_of(std::as_bytes(std::span(offsets)));
  parts.children = std::move(children);
  return Column::make(std::move(parts));
}

ColumnRef round_trip(const ColumnRef& column, const ArrowOptions& options = {}) {
  ArrowSchema schema;
  ArrowArray array;
  EXPECT_TRUE(export_arrow_type(column->type(), "c", options, &schema));
  EXPECT_TRUE(export_arrow_column(column, options, &array));
  auto back = import_arrow_column(&schema, &array);
  EXPECT_EQ(schema.release, nullptr);
  EXPECT_EQ(array.release, nullptr);
  if (!back) ADD_FAILURE() << back.error().message();
  return back ? *back : nullptr;
}

const Value kNull;

std::vector<ColumnRef> scalars() {
  const std::string longer(300, 'x');
  return {
      column_of(LogicalType::boolean(), {true, kNull, false, true}),
      column_of(LogicalType::tinyint(), {int64_t{-128}, int64_t{127}}),
      column_of(LogicalType::simple(TypeKind::kSmallint), {int64_t{-5}, kNull}),
      column_of(LogicalType::integer(), {int64_t{1}, int64_t{2}, int64_t{3}}),
      column_of(LogicalType::bigint(), {kNull, INT64_MAX}),
      column_of(LogicalType::float32(), {1.5, kNull}),
      column_of(LogicalType::float64(), {-0.0, 1e300}),
      column_of(LogicalType::decimal(38, 2), {int128_t{12345}, kNull, int128_t{-1}}),
      column_of(LogicalType::string(), {std::string("short"), kNull, longer, std::string()}),
      column_of(LogicalType::bytes(), {std::string("\0\xFF", 2), longer}),
      column_of(LogicalType::date(), {int64_t{19'000}, kNull}),
      column_of(LogicalType::time(3), {int64_t{86'399'999}}),
      column_of(LogicalType::timestamp(3), {int64_t{1'700'000'000'123}, kNull}),
      column_of(LogicalType::timestamp(6), {int64_t{-1}}),
      column_of(LogicalType::timestamp_ltz(9), {int64_t{1'700'000'000'123'456'789}}),
      column_of(LogicalType::interval_year_month(), {int64_t{14}}),
      column_of(LogicalType::interval_day_time(), {int64_t{-1500}, kNull}),
  };
}

TEST(ArrowC, ScalarsComeBackAsTheyWere) {
  for (const auto& column : scalars()) {
    const auto back = round_trip(column);
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->type(), column->type());
    EXPECT_EQ(text_of(*back), text_of(*column)) << column->type().to_string();
    EXPECT_EQ(text_of(*round_trip(column, {.large_strings = true})), text_of(*column));
  }
}

TEST(ArrowC, ConstantsAreWrittenOut) {
  const auto text = make_constant(LogicalType::string(), Value(std::string(20, 'c')), 3);
  const auto back = round_trip(text);
  EXPECT_FALSE(back->is_constant());
  EXPECT_EQ(text_of(*back), text_of(*text));
  EXPECT_EQ(text_of(*round_trip(Column::null_constant(LogicalType::bigint(), 2))), "NULL | NULL");
  EXPECT_EQ(round_trip(Column::null_constant(LogicalType(), 5))->length(), 5U);
}

TEST(ArrowC, NestedTypes) {
  const auto words = column_of(LogicalType::string(), {std::string("a"), kNull, std::string("c")});
  const auto list = nested(LogicalType::array(LogicalType::string()), 2, {0, 1, 3}, {words});
  EXPECT_EQ(text_of(*round_trip(list)), text_of(*list));
  const auto keys = column_of(LogicalType::string().with_nullable(false),
                              {std::string("k"), std::string("l"), std::string("m")});
  const auto map =
      nested(LogicalType::map(keys->type(), LogicalType::string()), 3, {0, 2, 2, 3}, {keys, words});
  EXPECT_EQ(text_of(*round_trip(map)), text_of(*map));
  const auto row = nested(LogicalType::row({{"l", list->type()}, {"n", LogicalType::integer()}}), 2,
                          {}, {list, column_of(LogicalType::integer(), {int64_t{1}, kNull})});
  const auto back = round_trip(row);
  EXPECT_EQ(back->type(), row->type());
  EXPECT_EQ(text_of(*back), text_of(*row));
}

TEST(ArrowC, FixedWidthValuesAreNotCopied) {
  const auto column = column_of(LogicalType::bigint(), {int64_t{1}, kNull, int64_t{3}});
  ArrowArray array;
  ASSERT_TRUE(export_arrow_column(column, {}, &array));
  EXPECT_EQ(array.buffers[0], column->validity());
  EXPECT_EQ(array.buffers[1], column->parts().values->data());
  const std::weak_ptr<const Buffer> values = column->parts().values;
  array.release(&array);
  EXPECT_EQ(round_trip(column)->parts().values->data(), column->parts().values->data());
}

// Counts how often the consumer lets go.
struct Foreign {
  explicit Foreign(const ColumnRef& column, int& count) : released(count) {
    EXPECT_TRUE(export_arrow_type(column->type(), "f", {}, &schema));
    EXPECT_TRUE(export_arrow_column(column, {}, &inner));
    outer = inner;
    outer.private_data = this;
    outer.release = [](ArrowArray* array) {
      auto* self = static_cast<Foreign*>(array->private_data);
      ++self->released;
      self->inner.release(&self->inner);
      array->release = nullptr;
    };
  }
  int& released;
  ArrowSchema schema;
  ArrowArray inner;
  ArrowArray outer;
};

TEST(ArrowC, ReleasedOnceAndNotBeforeTheLastReference) {
  int released = 0;
  Foreign foreign(column_of(LogicalType::string(), {std::string(40, 'y'), kNull}), released);
  ColumnRef column = *import_arrow_column(&foreign.schema, &foreign.outer);
  EXPECT_EQ(foreign.outer.release, nullptr);
  ColumnRef gathered = slice(*column, 0, 1);
  column = nullptr;
  EXPECT_EQ(released, 0) << "the slice still points into it";
  EXPECT_EQ(text_of(*gathered), std::string(40, 'y'));
  gathered = nullptr;
  EXPECT_EQ(released, 1);
}

TEST(ArrowC, ReleasedOnceWhenTheTypeIsUnknown) {
  int released = 0;
  Foreign foreign(column_of(LogicalType::bigint(), {int64_t{1}}), released);
  foreign.schema.format = "L";  // unsigned
  const auto column = import_arrow_column(&foreign.schema, &foreign.outer);
  ASSERT_FALSE(column);
  EXPECT_THAT(column.error().message(), HasSubstr("column \"f\" has the Arrow format 'L'"));
  EXPECT_EQ(released, 1);
  EXPECT_EQ(foreign.schema.release, nullptr);
}

TEST(ArrowC, OffsetsOfTheProducer) {
  std::vector<Value> values;
  std::vector<Value> flags;
  for (int64_t i = 0; i < 40; ++i) {
    values.push_back(i % 3 == 0 ? kNull : Value(std::string(static_cast<size_t>(i), 'z')));
    flags.push_back(i % 5 == 0 ? kNull : Value(i % 2 == 0));
  }
  for (const auto& whole :
       {column_of(LogicalType::string(), values), column_of(LogicalType::boolean(), flags)}) {
    for (const uint32_t from : {3U, 8U, 17U}) {
      ArrowSchema schema;
      ArrowArray array;
      ASSERT_TRUE(export_arrow_type(whole->type(), "c", {}, &schema));
      ASSERT_TRUE(export_arrow_column(whole, {}, &array));
      array.offset = from;
      array.length = 20;
      const auto back = *import_arrow_column(&schema, &array);
      EXPECT_EQ(text_of(*back), text_of(*slice(*whole, from, 20)));
    }
  }
}

TEST(ArrowC, BackwardOffsetsAreRefused) {
  int released = 0;
  Foreign foreign(column_of(LogicalType::string(), {std::string("ab"), std::string("c")}),
                  released);
  const std::array<int32_t, 3> offsets{0, 2, 1};
  foreign.inner.buffers[1] = offsets.data();
  EXPECT_FALSE(import_arrow_column(&foreign.schema, &foreign.outer));
  EXPECT_EQ(released, 1);
}

TEST(ArrowC, AMissingBufferIsRefused) {
  for (const auto& type : {LogicalType::boolean(), LogicalType::string()}) {
    for (const size_t missing : {size_t{1}, size_t{2}}) {
      if (type.kind() == TypeKind::kBoolean && missing == 2) continue;
      const Value value = type.kind() == TypeKind::kBoolean ? Value(true) : Value(std::string("x"));
      ArrowSchema schema;
      ArrowArray array;
      ASSERT_TRUE(export_arrow_type(type, "c", {}, &schema));
      ASSERT_TRUE(export_arrow_column(column_of(type, {value, value}), {}, &array));
      const void* const kept = std::exchange(array.buffers[missing], nullptr);
      EXPECT_NE(kept, nullptr);
      const auto back = import_arrow_column(&schema, &array);
      ASSERT_FALSE(back);
      EXPECT_THAT(back.error().message(), HasSubstr("lacks a buffer"));
    }
  }
}

TEST(ArrowC, ABatchLeavesWithItsSelectedRowsAndItsChildrenMayBeMoved) {
  Batch::Parts parts;
  parts.rows = 3;
  parts.columns = {column_of(LogicalType::integer(), {int64_t{1}, int64_t{2}, int64_t{3}}),
                   make_constant(LogicalType::string(), Value(std::string("t")), 3)};
  const std::array<uint16_t, 2> rows{0, 2};
  parts.selection = Buffer::copy_of(std::as_bytes(std::span(rows)));
  parts.selected = 2;
  const Schema names({{"a", LogicalType::integer()}, {"b", LogicalType::string()}});
  ArrowSchema schema;
  ArrowArray array;
  ASSERT_TRUE(export_arrow_schema(names, {}, &schema));
  ASSERT_TRUE(export_arrow_batch(Batch::make(parts), {}, &array));
  const auto back = import_arrow_batch(&schema, &array);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->schema, names);
  EXPECT_EQ(back->rows, 2U);
  EXPECT_EQ(text_of(*back->columns[0]), "1 | 3");
  EXPECT_EQ(text_of(*back->columns[1]), "t | t");

  ASSERT_TRUE(export_arrow_batch(Batch::make(parts), {}, &array));
  ArrowArray child = *array.children[0];
  array.children[0]->release = nullptr;  // moved away
  array.release(&array);
  EXPECT_EQ(static_cast<const int32_t*>(child.buffers[1])[1], 3);
  child.release(&child);
}

TEST(ArrowC, TypesWithoutALayout) {
  ArrowSchema schema;
  const auto raw = LogicalType::row({{"r", LogicalType::simple(TypeKind::kRaw)}});
  const auto status = export_arrow_type(raw, "c", {}, &schema);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message(), HasSubstr("\"r\""));
}

}  // namespace
}  // namespace weir::types
