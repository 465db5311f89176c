#include "base/process.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(ProcessTest, ReadsLinesAndExitCode) {
  std::vector<std::string> lines;
  std::optional<ExitStatus> status;
  {
    auto process =
        Process::start({.arguments = {"/bin/sh", "-c", "echo a; echo b >&2; printf c; exit 3"},
                        .on_line = [&](std::string_view line) { lines.emplace_back(line); }});
    ASSERT_TRUE(process.has_value());
    status = (*process)->wait(10'000);
  }
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 3);
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(ProcessTest, TerminatesAndKills) {
  auto process = Process::start({.arguments = {"/bin/sleep", "60"}, .on_line = {}});
  ASSERT_TRUE(process.has_value());
  EXPECT_FALSE((*process)->wait(10).has_value());
  (*process)->terminate();
  const auto status = (*process)->wait(10'000);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->signal, 15);
  EXPECT_FALSE(status->clean());
}

TEST(ProcessTest, SaysWhatIsMissing) {
  const auto process = Process::start({.arguments = {"/no/such/program"}, .on_line = {}});
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace weir
