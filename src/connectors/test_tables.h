// Tables, contexts and drained readers for the tests of connectors. Only tests include this.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/context.h"
#include "base/random.h"
#include "connectors/factory.h"
#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::connectors {

// A context over the machine's files and a clock that the test moves.
struct TestWorld {
  ManualClock clock{1'700'000'000'000'000};
  Metrics metrics;
  Context context{system_env(), clock, silent_logger(), metrics};
  exec::JobSettings settings;
  Waker waker;

  [[nodiscard]] exec::SinkContext sink_context(std::string run_id, uint32_t lane = 0,
                                               uint32_t lanes = 1) {
    return {context, settings, "sink-1", std::move(run_id), lane, lanes, waker};
  }
};

[[nodiscard]] inline sql::TableRef make_table(
    std::vector<types::Field> columns,
    const std::vector<std::pair<std::string, std::string>>& options) {
  auto table = std::make_shared<sql::Table>();
  table->name = {"default_catalog", "default_database", "t"};
  for (auto& column : columns) {
    sql::TableColumn made;
    made.name = column.name;
    made.type = column.type;
    table->columns.push_back(std::move(made));
  }
  for (const auto& [key, value] : options) table->options.set(key, value);
  return table;
}

// An environment with all formats.
[[nodiscard]] inline Environment test_environment() {
  Environment environment;
  environment.formats = formats::all_formats();
  return environment;
}

// A scan of all columns.
[[nodiscard]] inline plan::ScanNode scan_of(const sql::TableRef& table) {
  plan::ScanNode scan{table, {}};
  for (const auto& column : table->columns) {
    scan.columns.push_back({plan::ScanColumn::Kind::kPhysical, column.name, column.type});
  }
  return scan;
}

// Rows as the print sink would show them, without the kind: "1, a".
inline void append_rows(const types::Batch& batch, std::vector<std::string>& rows) {
  batch.selection().for_each([&](uint32_t row) {
    std::string text;
    for (size_t column = 0; column < batch.width(); ++column) {
      if (column != 0) text += ", ";
      types::append_text(batch.column(column), row, types::TextStyle::kPrint,
                         types::time_zone("UTC"), text);
    }
    rows.push_back(std::move(text));
  });
}

// Polls until the reader has ended or has nothing; the clock stands still.
[[nodiscard]] inline std::vector<std::string> drain(exec::SplitReader& reader,
                                                    uint32_t max_rows = 4096,
                                                    std::vector<exec::BadRecord>* bad = nullptr) {
  std::vector<std::string> rows;
  for (;;) {
    auto poll = reader.poll(max_rows);
    EXPECT_TRUE(poll.has_value()) << (poll.has_value() ? "" : poll.error().to_string());
    if (!poll.has_value()) return rows;
    if (bad != nullptr) bad->insert(bad->end(), poll->bad.begin(), poll->bad.end());
    if (poll->batch) append_rows(*poll->batch, rows);
    if (poll->finished || (!poll->batch && poll->bad.empty() && poll->at_end)) return rows;
    if (!poll->batch && poll->retry_after_ms.value_or(1) > 0) return rows;
  }
}

// A fresh folder of this test, gone afterwards.
class TestFolder {
 public:
  TestFolder() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + "weir-connectors-" + std::to_string(secure_random_seed()) + "-" +
            info->name();
    EXPECT_TRUE(system_env().make_dirs(path_).has_value());
  }
  ~TestFolder() { (void)system_env().remove_tree(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace weir::connectors
