#include "cli/console_printer.h"

#include <cstdio>

#include "base/json_object.h"
#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::cli {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string value_text(const types::Column& column, uint32_t row, types::TextStyle style,
                       const types::TimeZone& zone) {
  std::string text;
  types::append_text(column, row, style, zone, text);
  return text;
}

JsonObject row_object(const types::Schema& schema, const std::vector<Cell>& cells) {
  JsonObject object;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].has_value()) {
      object.add(schema[i].name, *cells[i]);
    } else {
      object.add_null(schema[i].name);
    }
  }
  return object;
}

}  // namespace

void ConsolePrinter::done(const plan::Done& done) {
  if (style_ != RowStyle::kTableau) return;
  print("[INFO] " + (done.notice.empty() ? "Execute statement succeeded." : done.notice) + "\n");
}

void ConsolePrinter::rows(const plan::ResultRows& rows) {
  if (style_ == RowStyle::kSilent) return;
  if (style_ == RowStyle::kTableau) {
    print(finished_table(rows.schema.names(), rows.rows));
    return;
  }
  for (const auto& row : rows.rows) {
    if (style_ == RowStyle::kJson) {
      print(row_object(rows.schema, row).text() + "\n");
      continue;
    }
    std::string line = "+I[";
    for (size_t i = 0; i < row.size(); ++i) line += (i > 0 ? ", " : "") + row[i].value_or("null");
    print(line + "]\n");
  }
}

void ConsolePrinter::query_begins(const types::Schema& schema, const std::string& time_zone) {
  schema_ = schema;
  time_zone_ = time_zone;
  rows_ = 0;
  if (style_ != RowStyle::kTableau) return;
  table_.emplace(schema);
  print(table_->head());
}

Status ConsolePrinter::query_batch(const types::Batch& batch) {
  batch.selection().for_each([&](uint32_t row) { print_row(batch, row); });
  std::fflush(stdout);
  return ok();
}

void ConsolePrinter::print_row(const types::Batch& batch, uint32_t row) {
  ++rows_;
  const types::TimeZone& zone = types::time_zone(time_zone_);
  const types::RowKind kind = batch.row_kind(row);
  if (style_ == RowStyle::kPrint) {
    std::string line = fmt::format("{}[", types::row_kind_text(kind));
    for (size_t i = 0; i < batch.width(); ++i) {
      if (i > 0) line += ", ";
      types::append_text(batch.column(i), row, types::TextStyle::kPrint, zone, line);
    }
    print(line + "]\n");
    return;
  }
  std::vector<Cell> cells;
  for (size_t i = 0; i < batch.width(); ++i) {
    if (batch.column(i).is_null(row)) {
      cells.emplace_back();
    } else {
      cells.emplace_back(value_text(batch.column(i), row, types::TextStyle::kCast, zone));
    }
  }
  if (style_ == RowStyle::kTableau) print(table_->row(kind, cells));
  if (style_ == RowStyle::kJson) {
    JsonObject object;
    object.add("op", types::row_kind_text(kind));
    object.add("row", row_object(schema_, cells));
    print(object.text() + "\n");
  }
}

void ConsolePrinter::query_ends() {
  if (style_ == RowStyle::kTableau) print(table_->foot(rows_));
  std::fflush(stdout);
}

}  // namespace weir::cli
