#include "connectors/print/print.h"

#include <fmt/format.h>

#include "connectors/option_rows.h"
#include "connectors/table_options.h"
#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::connectors {

namespace {

class PrintWriter final : public exec::SinkWriter {
 public:
  PrintWriter(TextOutput output, std::string prefix)
      : output_(std::move(output)), prefix_(std::move(prefix)) {}

  Status write(types::BatchRef batch) override {
    lines_.clear();
    batch->selection().for_each([&](uint32_t row) {
      lines_ += prefix_;
      append_row(*batch, row);
    });
    if (lines_.empty()) return ok();
    return output_(lines_);
  }

 private:
  void append_row(const types::Batch& batch, uint32_t row) {
    lines_.append(types::row_kind_text(batch.row_kind(row))).append("[");
    for (size_t column = 0; column < batch.width(); ++column) {
      if (column != 0) lines_ += ", ";
      types::append_text(batch.column(column), row, types::TextStyle::kPrint, zone_, lines_);
    }
    lines_ += "]\n";
  }

  TextOutput output_;
  std::string prefix_;
  const types::TimeZone& zone_ = types::time_zone("UTC");  // print shows instants in UTC
  std::string lines_;
};

class PrintSink final : public exec::Sink {
 public:
  PrintSink(TextOutput output, std::string identifier)
      : output_(std::move(output)), identifier_(std::move(identifier)) {}

  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override {
    return exec::DeliveryGuarantee::kNone;
  }
  Result<std::unique_ptr<exec::SinkWriter>> make_writer(const exec::SinkContext& context) override {
    std::string prefix = identifier_;
    if (context.lanes > 1) {
      prefix += fmt::format("{}{}", prefix.empty() ? "" : ":", context.lane + 1);
    }
    if (!prefix.empty()) prefix += "> ";
    return std::unique_ptr<exec::SinkWriter>(
        std::make_unique<PrintWriter>(output_, std::move(prefix)));
  }

 private:
  TextOutput output_;
  std::string identifier_;
};

Result<std::unique_ptr<exec::Sink>> make_print(const SinkRequest& request) {
  const TableOptions options(*request.sink.table, request.info);
  const bool to_error = WEIR_TRY(options.boolean("standard-error"));
  return std::unique_ptr<exec::Sink>(std::make_unique<PrintSink>(
      to_error ? request.environment.error_output : request.environment.output,
      std::string(options.text("print-identifier"))));
}

}  // namespace

const Connector& print_connector() {
  static const Connector connector = {
      .info = {.name = "print",
               .doc = "Writes one line a row to standard output, in Flink's format.",
               .sink = true,
               .options = {option("print-identifier", sql::OptionType::kString,
                                  "Stands before every line."),
                           option("standard-error", sql::OptionType::kBoolean,
                                  "Writes to standard error instead.", "false"),
                           sink_parallelism_option()},
               .metadata = {}},
      .make_sink = make_print,
  };
  return connector;
}

}  // namespace weir::connectors
