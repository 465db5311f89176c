#include <gtest/gtest.h>

#include "base/nearest.h"
#include "base/result.h"

namespace weir {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return invalid("odd").hint("take an even number");
  return value / 2;
}

Result<int> quarter(int value) {
  const int once = WEIR_TRY(half(value));
  return WEIR_TRY(half(once));
}

TEST(ResultTest, TryYieldsTheValueOrReturnsTheError) {
  EXPECT_EQ(quarter(8).value(), 2);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(failed.error().hint(), "take an even number");
}

TEST(ErrorTest, PrintsPositionCaretAndHint) {
  const Error error = invalid("unknown column \"usr\"")
                          .at({"p.sql", 2, 8, "SELECT usr FROM t", 3})
                          .hint("did you mean \"user\"?");
  EXPECT_EQ(error.to_string(),
            "p.sql:2:8: error: unknown column \"usr\"\n"
            "  SELECT usr FROM t\n"
            "         ^~~\n"
            "hint: did you mean \"user\"?");
}

TEST(ErrorTest, CaretCountsCodePointsAndKeepsTabs) {
  const Error error = invalid("x").at({"", 1, 4, "\té x", 1});
  EXPECT_EQ(error.to_string(), "1:4: error: x\n  \té x\n  \t  ^");
}

TEST(NearestTest, FindsSlipsAndOnlySlips) {
  const std::vector<std::string> names{"user_id", "amount", "timestamp"};
  EXPECT_EQ(nearest("USR_ID", names), "user_id");
  EXPECT_EQ(nearest("xyz", names), std::nullopt);
  EXPECT_EQ(nearest("rnu", std::vector<std::string>{"sql", "run"}), "run")
      << "letters that changed places";
}

}  // namespace
}  // namespace weir
