#include "cli/live_view.h"

#include <gtest/gtest.h>

#include <regex>

namespace weir::cli {
namespace {

server::RunStatus sample() {
  server::RunStatus status;
  status.pipeline = "unified-events";
  status.elapsed_ms = 3'723'000;
  status.taken_ns = 2'000'000'000;
  status.topics = {{"orders", 1'234'567, 10'000'000}};
  status.operators = {{"job", "scan raw_events", 500, 500, 17, 0}};
  status.tables = {{"events_processed", 4'000}};
  status.store = "ready";
  return status;
}

TEST(LiveViewTest, ShowsCountsAndRatesOfEveryPart) {
  const auto now = sample();
  auto before = now;
  before.taken_ns = 0;
  before.topics[0].records -= 2'000;
  before.topics[0].bytes -= 4'096;
  before.tables[0].rows = 0;
  const auto lines = render_status(now, before, {.width = 80});
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  EXPECT_NE(all.find("01:02:03"), std::string::npos);
  EXPECT_NE(all.find("1,234,567        1,000       2.0 KB"), std::string::npos) << all;
  EXPECT_NE(all.find("17"), std::string::npos);
  EXPECT_NE(all.find("4,000        2,000"), std::string::npos) << all;
  EXPECT_EQ(all.find('\033'), std::string::npos);
}

TEST(LiveViewTest, NoLineIsWiderThanTheTerminal) {
  auto now = sample();
  now.topics[0].name = std::string(200, 'x');
  now.operators[0].name = "größe " + std::string(100, 'y');
  for (const int width : {20, 40, 60, 80, 132, 200}) {
    for (const auto& line : render_status(now, now, {.width = width})) {
      size_t cells = 0;
      for (const char c : line) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++cells;
      }
      EXPECT_LE(cells, static_cast<size_t>(width)) << line;
    }
  }
}

TEST(LiveViewTest, ANarrowTerminalShowsTheFirstNumbers) {
  const auto now = sample();
  std::string all;
  for (const auto& line : render_status(now, now, {.width = 40})) all += line + "\n";
  EXPECT_NE(all.find("topics              records    records/s\n"), std::string::npos) << all;
  EXPECT_EQ(all.find("bytes/s"), std::string::npos) << all;
}

TEST(LiveViewTest, ALowTerminalSaysWhatIsHidden) {
  const auto now = sample();
  const size_t all = render_status(now, now, {.width = 80}).size();
  const auto lines = render_status(now, now, {.width = 80, .height = 6});
  EXPECT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines.back(),
            "... " + std::to_string(all - 4) + " more lines; a taller terminal shows them");
}

TEST(LiveViewTest, ColourTakesNoCells) {
  const auto now = sample();
  const auto plain = render_status(now, now, {.width = 40});
  const auto colored = render_status(now, now, {.width = 40, .color = true});
  ASSERT_EQ(plain.size(), colored.size());
  for (size_t i = 0; i < plain.size(); ++i) {
    EXPECT_EQ(std::regex_replace(colored[i], std::regex("\033\\[[0-9]+m"), ""), plain[i]);
  }
  EXPECT_TRUE(colored[0].ends_with("\033[0m")) << "colour ends although the text is cut";
}

TEST(LiveViewTest, NumbersForPeople) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000), "1,000");
  EXPECT_EQ(with_commas(12'345'678), "12,345,678");
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KB");
}

}  // namespace
}  // namespace weir::cli
