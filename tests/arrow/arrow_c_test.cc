// What weir exports, Arrow's own C++ library must accept and validate in full; what that library
// exports, weir must read. Built where tools/setup put the library.
#include "types/arrow_c.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <gtest/gtest.h>

#include "types/selection.h"
#include "types/value.h"

namespace weir::types {
namespace {

const Value kNull;

ColumnRef column_of(const LogicalType& type, const std::vector<Value>& values) {
  std::vector<ColumnRef> pieces;
  for (const auto& value : values) pieces.push_back(make_constant(type, value, 1));
  return concat(pieces);
}

// Three rows, the second NULL.
ColumnRef three(const LogicalType& type, const Value& first, const Value& last) {
  return column_of(type, {first, kNull, last});
}

ColumnRef list_of(LogicalType type, std::vector<int32_t> offsets, std::vector<ColumnRef> children) {
  Column::Parts parts;
  parts.length = static_cast<uint32_t>(offsets.size()) - 1;
  parts.type = std::move(type);
  parts.values = Buffer::copy_of(std::as_bytes(std::span(offsets)));
  parts.children = std::move(children);
  return Column::make(std::move(parts));
}

struct Table {
  Schema schema;
  BatchRef batch;
};

Table every_type() {
  const auto text = LogicalType::string();
  const auto key = text.with_nullable(false);
  const std::string longer(40, 'q');
  std::vector<ColumnRef> columns{
      three(LogicalType::boolean(), true, false),
      three(LogicalType::tinyint(), int64_t{-128}, int64_t{127}),
      three(LogicalType::simple(TypeKind::kSmallint), int64_t{-5}, int64_t{5}),
      three(LogicalType::integer(), int64_t{1}, int64_t{3}),
      three(LogicalType::bigint(), INT64_MIN, INT64_MAX),
      three(LogicalType::float32(), 1.5, -1.5),
      three(LogicalType::float64(), 0.1, 1e300),
      three(LogicalType::decimal(38, 2), int128_t{12345}, int128_t{-1}),
      three(text, std::string("short"), longer),
      three(LogicalType::bytes(), std::string("\0\xFF", 2), longer),
      three(LogicalType::date(), int64_t{19'000}, int64_t{0}),
      three(LogicalType::time(3), int64_t{86'399'999}, int64_t{0}),
      three(LogicalType::timestamp(3), int64_t{1'700'000'000'123}, int64_t{0}),
      three(LogicalType::timestamp(6), int64_t{-1}, int64_t{1}),
      three(LogicalType::timestamp_ltz(9), int64_t{1'700'000'000'123'456'789}, int64_t{0}),
      three(LogicalType::interval_year_month(), int64_t{14}, int64_t{0}),
      three(LogicalType::interval_day_time(), int64_t{-1500}, int64_t{0}),
      make_constant(text, Value(longer), 3),
      Column::null_constant(LogicalType::bigint(), 3),
      list_of(LogicalType::array(text), {0, 2, 2, 3},
              {three(text, std::string("a"), std::string("c"))}),
      list_of(LogicalType::map(key, text), {0, 2, 2, 3},
              {column_of(key, {std::string("k"), std::string("l"), std::string("m")}),
               three(text, std::string("a"), std::string("c"))}),
  };
  Column::Parts row;
  row.type = LogicalType::row({{"x", text}, {"y", LogicalType::boolean()}});
  row.length = 3;
  row.children = {three(text, longer, longer), three(LogicalType::boolean(), true, true)};
  columns.push_back(Column::make(std::move(row)));

  std::vector<Field> fields;
  for (const auto& column : columns) {
    fields.push_back({"c" + std::to_string(fields.size()), column->type()});
  }
  Batch::Parts parts;
  parts.rows = 3;
  parts.columns = std::move(columns);
  return {Schema(std::move(fields)), Batch::make(std::move(parts))};
}

std::shared_ptr<arrow::RecordBatch> into_arrow(const Table& table, const ArrowOptions& options) {
  ArrowSchema schema;
  ArrowArray array;
  EXPECT_TRUE(export_arrow_schema(table.schema, options, &schema));
  EXPECT_TRUE(export_arrow_batch(table.batch, options, &array));
  auto batch = arrow::ImportRecordBatch(&array, &schema);
  EXPECT_TRUE(batch.ok()) << batch.status().ToString();
  return batch.ok() ? *batch : nullptr;
}

TEST(ArrowBridge, ArrowValidatesWhatLeaves) {
  for (const bool large : {false, true}) {
    const auto batch = into_arrow(every_type(), {.large_strings = large});
    ASSERT_NE(batch, nullptr);
    const auto status = batch->ValidateFull();
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(batch->column(0)->ToString(), "[\n  true,\n  null,\n  false\n]");
    EXPECT_EQ(batch->column(7)->ToString(), "[\n  123.45,\n  null,\n  -0.01\n]");
    EXPECT_EQ(batch->column(8)->GetScalar(0).ValueOrDie()->ToString(), "short");
    EXPECT_EQ(batch->column(12)->GetScalar(0).ValueOrDie()->ToString(), "2023-11-14 22:13:20.123");
    EXPECT_EQ(batch->column(18)->null_count(), 3);
  }
}

TEST(ArrowBridge, WhatArrowExportsComesBack) {
  const auto first = into_arrow(every_type(), {});
  ASSERT_NE(first, nullptr);
  for (const int64_t from : {0, 1}) {
    const auto sent = first->Slice(from);
    ArrowSchema schema;
    ArrowArray array;
    ASSERT_TRUE(arrow::ExportRecordBatch(*sent, &array, &schema).ok());
    const auto columns = import_arrow_batch(&schema, &array);
    ASSERT_TRUE(columns) << columns.error().message();
    EXPECT_EQ(columns->schema, every_type().schema);
    Batch::Parts parts;
    parts.rows = columns->rows;
    parts.columns = columns->columns;
    const auto again = into_arrow({columns->schema, Batch::make(std::move(parts))}, {});
    ASSERT_NE(again, nullptr);
    EXPECT_TRUE(again->ValidateFull().ok());
    EXPECT_TRUE(again->Equals(*sent)) << again->ToString() << sent->ToString();
  }
}

}  // namespace
}  // namespace weir::types
