// ConsolePrinter: what the statements of a script have to say, on standard output.
//
// In Flink's client's layout on request of people, as print lines (`+I[a, b]`) or as JSON for
// machines. Main thread, except query_batch().
#pragma once

#include <cstdint>
#include <optional>

#include "cli/tableau.h"
#include "server/script_runner.h"

namespace weir::cli {

enum class RowStyle {
  kTableau,  // as Flink's client does
  kPrint,    // `+I[a, b]`, as Flink's print connector does; only the rows of SELECTs
  kJson,     // one object a row
  kSilent,
};

class ConsolePrinter final : public server::Printer {
 public:
  explicit ConsolePrinter(RowStyle style) : style_(style) {}

  void done(const plan::Done& done) override;
  void rows(const plan::ResultRows& rows) override;
  void query_begins(const types::Schema& schema, const std::string& time_zone) override;
  Status query_batch(const types::Batch& batch) override;
  void query_ends() override;

 private:
  void print_row(const types::Batch& batch, uint32_t row);

  RowStyle style_;
  types::Schema schema_;
  std::string time_zone_ = "UTC";
  std::optional<StreamingTable> table_;
  uint64_t rows_ = 0;
};

}  // namespace weir::cli
