#include "connectors/datagen/datagen.h"

#include <gmock/gmock.h>

#include "connectors/test_tables.h"

namespace weir::connectors {
namespace {

using exec::ReaderStart;
using types::LogicalType;

class DatagenTest : public testing::Test {
 protected:
  Result<std::unique_ptr<exec::Source>> make(
      std::vector<types::Field> columns, std::vector<std::pair<std::string, std::string>> options) {
    options.emplace_back("connector", "datagen");
    table_ = make_table(std::move(columns), options);
    scan_ = scan_of(table_);
    return factory_.make_source(scan_, world_.settings, world_.context);
  }

  std::unique_ptr<exec::SplitReader> open(exec::Source& source, size_t split = 0,
                                          const ReaderStart& start = {}) {
    exec::ReaderContext context{world_.context, world_.settings, 0, world_.waker};
    auto splits = source.discover();
    return std::move(source.open((*splits)[split], start, context)).value();
  }

  TestWorld world_;
  Factory factory_{Environment{}};
  sql::TableRef table_;
  plan::ScanNode scan_;
};

TEST_F(DatagenTest, SequencesEndAndGoOnWhereTheyWere) {
  auto source = make({{"id", LogicalType::integer()}, {"name", LogicalType::string()}},
                     {{"fields.id.kind", "sequence"},
                      {"fields.id.start", "5"},
                      {"fields.id.end", "9"},
                      {"fields.name.length", "3"}});
  ASSERT_TRUE(source.has_value());
  EXPECT_TRUE((*source)->traits().bounded);
  const auto all = drain(*open(**source));
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[0].starts_with("5, "));
  EXPECT_EQ(all[0].size(), 6U);

  auto reader = open(**source);
  auto first = reader->poll(2);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(reader->position(), "2");
  EXPECT_EQ(reader->lag(), 3);
  auto again = open(**source, 0, {ReaderStart::Kind::kResume, reader->position()});
  EXPECT_EQ(drain(*again), (std::vector<std::string>{all[2], all[3], all[4]}));
}

TEST_F(DatagenTest, SplitsShareTheRows) {
  auto source = make({{"id", LogicalType::bigint()}}, {{"fields.id.kind", "sequence"},
                                                       {"fields.id.start", "1"},
                                                       {"fields.id.end", "7"},
                                                       {"scan.parallelism", "3"}});
  ASSERT_TRUE(source.has_value());
  std::vector<std::string> rows;
  for (size_t split = 0; split < 3; ++split) {
    for (auto& row : drain(*open(**source, split))) rows.push_back(std::move(row));
  }
  EXPECT_THAT(rows, testing::UnorderedElementsAre("1", "2", "3", "4", "5", "6", "7"));
}

TEST_F(DatagenTest, RatesFollowTheClock) {
  auto source = make({{"id", LogicalType::bigint()}}, {{"rows-per-second", "1000"}});
  ASSERT_TRUE(source.has_value());
  EXPECT_FALSE((*source)->traits().bounded);
  auto reader = open(**source);
  EXPECT_EQ(drain(*reader).size(), 10U);  // the first step at once
  auto poll = reader->poll(4096);
  ASSERT_TRUE(poll.has_value());
  EXPECT_EQ(poll->batch, nullptr);
  EXPECT_EQ(poll->retry_after_ms, 10);
  world_.clock.advance_ns(500'000'000);
  EXPECT_EQ(drain(*reader).size(), 500U);
  world_.clock.advance_ns(60'000'000'000);  // a long stall is made up for one second only
  EXPECT_EQ(drain(*reader).size(), 1000U);
}

TEST_F(DatagenTest, ValuesStayInTheirRange) {
  auto source = make({{"i", LogicalType::tinyint()},
                      {"d", LogicalType::decimal(5, 2)},
                      {"v", LogicalType::varchar(8)},
                      {"n", LogicalType::bigint()},
                      {"a", LogicalType::array(LogicalType::integer())}},
                     {{"number-of-rows", "2000"},
                      {"rows-per-second", "1000000"},
                      {"fields.i.min", "-3"},
                      {"fields.i.max", "3"},
                      {"fields.d.min", "1.5"},
                      {"fields.d.max", "2"},
                      {"fields.v.var-len", "true"},
                      {"fields.n.null-rate", "0.5"},
                      {"fields.a.length", "2"},
                      {"fields.a.element.min", "7"},
                      {"fields.a.element.max", "7"}});
  ASSERT_TRUE(source.has_value()) << source.error().to_string();
  auto poll = open(**source)->poll(2000);
  ASSERT_TRUE(poll.has_value());
  const auto& batch = *poll->batch;
  ASSERT_EQ(batch.rows(), 2000U);
  size_t nulls = 0;
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    EXPECT_LE(std::abs(batch.column(0).value<int8_t>(row)), 3);
    EXPECT_GE(batch.column(1).value<types::int128_t>(row), 150);
    EXPECT_LE(batch.column(1).value<types::int128_t>(row), 200);
    EXPECT_GE(batch.column(2).text(row).size(), 1U);
    EXPECT_LE(batch.column(2).text(row).size(), 8U);
    nulls += batch.column(3).is_null(row) ? 1 : 0;
  }
  EXPECT_GT(nulls, 850U);
  EXPECT_LT(nulls, 1150U);
  std::vector<std::string> rows;
  append_rows(batch, rows);
  EXPECT_TRUE(rows[0].ends_with("[7, 7]"));
}

TEST_F(DatagenTest, MistakesAreNamed) {
  const std::vector<types::Field> columns = {{"id", LogicalType::integer()},
                                             {"c", LogicalType::chars(3)}};
  const auto message = [&](const char* key, const char* value) {
    auto source = make(columns, {{key, value}});
    return source.has_value() ? std::string() : source.error().to_string();
  };
  EXPECT_THAT(message("fields.idd.min", "1"), testing::HasSubstr("fields.id.min"));
  EXPECT_THAT(message("fields.id.max", "99999999999"), testing::HasSubstr("does not fit INT"));
  EXPECT_THAT(message("fields.id.kind", "sequence"), testing::HasSubstr("fields.id.start"));
  EXPECT_THAT(message("fields.c.length", "3"), testing::HasSubstr("fixed by its type"));
  EXPECT_THAT(message("rows-per-second", "0"), testing::HasSubstr("above zero"));
}

}  // namespace
}  // namespace weir::connectors
