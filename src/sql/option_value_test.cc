#include "sql/option_value.h"

#include <gtest/gtest.h>

#include "sql/settings.h"
#include "sql/type_rules.h"

namespace weir::sql {
namespace {

using types::LogicalType;

TEST(OptionValueTest, Durations) {
  EXPECT_EQ(parse_duration_ms("5 s").value(), 5'000);
  EXPECT_EQ(parse_duration_ms("1min").value(), 60'000);
  EXPECT_EQ(parse_duration_ms("200 ms").value(), 200);
  EXPECT_EQ(parse_duration_ms("250").value(), 250);
  EXPECT_EQ(parse_duration_ms(" 2 Hours ").value(), 7'200'000);
  EXPECT_EQ(parse_duration_ms("1500 us").value(), 1);
  for (const auto* bad : {"", "s", "5 x", "-1 s", "9223372036854775807 d", "5 s s"}) {
    EXPECT_FALSE(parse_duration_ms(bad).has_value()) << bad;
  }
}

TEST(OptionValueTest, SizesListsAndNumbers) {
  EXPECT_EQ(parse_memory_size("128 mb").value(), int64_t{128} << 20);
  EXPECT_EQ(parse_memory_size("64kb").value(), 65'536);
  EXPECT_EQ(parse_memory_size("10").value(), 10);
  EXPECT_FALSE(parse_memory_size("1 mbit").has_value());
  EXPECT_EQ(parse_list("a; b;;c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_FALSE(parse_integer("1x").has_value());
  EXPECT_FALSE(parse_double("nan").has_value());
}

TEST(SettingsTest, EveryDefaultIsAValue) {
  for (const auto& setting : all_settings()) {
    if (setting.default_value.empty()) continue;
    EXPECT_TRUE(
        check_option_value(setting.default_value, setting.type, setting.choices).has_value())
        << setting.key;
  }
}

TEST(SettingsTest, OldSpellingsFamiliesAndSlips) {
  Settings settings;
  ASSERT_TRUE(settings.set("state.checkpoints.dir", "/x").has_value());
  EXPECT_EQ(settings.text("execution.checkpointing.dir"), "/x");
  EXPECT_TRUE(settings.set("taskmanager.numberOfTaskSlots", "4").value().has_value());
  EXPECT_FALSE(settings.set("weir.bad-records", "ignore").has_value());
  EXPECT_EQ(settings.set("weir.bad-record", "drop").error().hint(),
            "did you mean \"weir.bad-records\"?");
  EXPECT_FALSE(settings.set("parallelism.default", "0").has_value());
}

TEST(TypeRulesTest, CommonTypes) {
  const auto common = [](LogicalType a, LogicalType b) {
    const LogicalType both[] = {std::move(a), std::move(b)};
    const auto found = common_type(both);
    return found.has_value() ? found->to_string() : "none";
  };
  EXPECT_EQ(common(LogicalType::integer(), LogicalType::bigint()), "BIGINT");
  EXPECT_EQ(common(LogicalType::integer(), LogicalType::decimal(10, 2)), "DECIMAL(12, 2)");
  EXPECT_EQ(common(LogicalType::decimal(4, 1), LogicalType::float32()), "DOUBLE");
  EXPECT_EQ(common(LogicalType::chars(3), LogicalType::chars(3)), "CHAR(3)");
  EXPECT_EQ(common(LogicalType::chars(3), LogicalType::chars(5)), "VARCHAR(5)");
  EXPECT_EQ(common(LogicalType(), LogicalType::date().with_nullable(false)), "DATE");
  EXPECT_EQ(common(LogicalType::integer(), LogicalType::string()), "none");
}

TEST(TypeRulesTest, Casts) {
  EXPECT_FALSE(can_cast_implicitly(LogicalType::string(), LogicalType::integer()));
  EXPECT_TRUE(can_cast(LogicalType::string(), LogicalType::integer()));
  EXPECT_TRUE(can_cast_implicitly(LogicalType::integer(), LogicalType::bigint()));
  EXPECT_FALSE(can_cast_implicitly(LogicalType::bigint(), LogicalType::integer()));
  EXPECT_FALSE(can_cast(LogicalType::bigint(), LogicalType::timestamp(3)));
  EXPECT_TRUE(can_cast_implicitly(LogicalType::timestamp_ltz(3), LogicalType::timestamp(3)));
}

}  // namespace
}  // namespace weir::sql
