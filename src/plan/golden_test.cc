#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "plan/explain.h"
#include "plan/registry_for_test.h"
#include "plan/session.h"

// tests/plans/*.sql and tests/errors/*.sql: scripts with what a session answers beside them (.txt).
// With WEIR_UPDATE_GOLDENS=1 in the environment the answers are written instead of compared.

namespace weir::plan {
namespace {

namespace fs = std::filesystem;

// The tests run in the build folder, somewhere below the sources.
fs::path tests_folder() {
  fs::path folder = fs::current_path();
  while (!fs::exists(folder / "tests" / "plans") && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder / "tests";
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string rows_text(const ResultRows& rows) {
  std::string out;
  for (const auto& row : rows.rows) {
    for (size_t i = 0; i < row.size(); ++i) out += (i > 0 ? " | " : "") + row[i].value_or("<NULL>");
    out += "\n";
  }
  return out;
}

std::string outcome_text(const Outcome& outcome) {
  if (const auto* done = std::get_if<Done>(&outcome)) {
    return done->notice.empty() ? "" : "notice: " + done->notice + "\n";
  }
  if (const auto* rows = std::get_if<ResultRows>(&outcome)) return rows_text(*rows);
  if (const auto* job = std::get_if<Job>(&outcome)) {
    return "job " + job->plan.name + "\n" + plan_text(job->plan, false);
  }
  return "query\n" + plan_text(std::get<Query>(outcome).plan, false);
}

// Everything that the script's statements answer, up to the first error.
std::string run_script(const std::string& text, const std::string& name) {
  const auto statements = Session::parse_script(text, name);
  if (!statements.has_value()) return statements.error().to_string() + "\n";
  Session session(registry_for_test());
  std::string out;
  for (const auto& statement : *statements) {
    const auto outcome = session.execute(statement);
    if (!outcome.has_value()) return out + outcome.error().to_string() + "\n";
    out += outcome_text(*outcome);
  }
  return out;
}

class GoldenTest : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenTest, AnswersAsRecorded) {
  const fs::path& script = GetParam();
  const std::string answer = run_script(read_file(script), script.filename().string());
  fs::path expected = script;
  expected.replace_extension(".txt");
  if (std::getenv("WEIR_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(expected) << answer;
    return;
  }
  EXPECT_EQ(answer, read_file(expected)) << script;
}

std::vector<fs::path> scripts() {
  std::vector<fs::path> found;
  for (const auto* folder : {"plans", "errors"}) {
    for (const auto& entry : fs::directory_iterator(tests_folder() / folder)) {
      if (entry.path().extension() == ".sql") found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

INSTANTIATE_TEST_SUITE_P(Scripts, GoldenTest, testing::ValuesIn(scripts()), [](const auto& script) {
  const fs::path& path = script.param;
  return path.parent_path().filename().string() + "_" + path.stem().string();
});

}  // namespace
}  // namespace weir::plan
