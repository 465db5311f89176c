#include "cli/tableau.h"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

TEST(TableauTest, AFinishedTableIsAsWideAsItsContent) {
  EXPECT_EQ(finished_table({"name", "type"}, {{"id", "BIGINT"}, {"größe", std::nullopt}}),
            "+-------+--------+\n"
            "|  name |   type |\n"
            "+-------+--------+\n"
            "|    id | BIGINT |\n"
            "| größe |        |\n"
            "+-------+--------+\n"
            "2 rows in set\n");
  EXPECT_EQ(finished_table({"name"}, {}), "Empty set\n");
}

TEST(TableauTest, AStreamingTableTakesItsWidthsFromTheTypes) {
  const StreamingTable table(types::Schema(
      {{"n", types::LogicalType::integer()}, {"text", types::LogicalType::string()}}));
  const std::string rule = "+----+-------------+--------------------------------+\n";
  EXPECT_EQ(table.head(), rule + "| op |           n |                           text |\n" + rule);
  const std::vector<Cell> cells{"7", std::string(40, 'x')};
  EXPECT_EQ(table.row(types::RowKind::kInsert, cells),
            "| +I |           7 | " + std::string(27, 'x') + "... |\n");
  const std::vector<Cell> nulls{std::nullopt, std::nullopt};
  EXPECT_EQ(table.row(types::RowKind::kInsert, nulls),
            "| +I |      <NULL> |                         <NULL> |\n");
  EXPECT_EQ(table.foot(1), rule + "Received a total of 1 row\n");
}

TEST(TableauTest, WideCharactersTakeTwoCells) {
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("é"), 1U);
}

}  // namespace
}  // namespace weir::cli
