// Tables on a terminal, in the layout of Flink's SQL client.
//
// Pure text. A finished table is as wide as its content; a streaming one has columns whose width
// follows from their types (at most 30 cells), because its rows are not known when the head is
// printed. Values are aligned right, NULL is <NULL>, a value that is too wide ends in "...".
// Source: the layout of org.apache.flink.table.utils.print.TableauStyle of Flink 2.2.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/logical_type.h"
#include "types/row_kind.h"

namespace weir::cli {

using Cell = std::optional<std::string>;  // nothing: NULL

// The whole table with its head, its foot and "N rows in set".
[[nodiscard]] std::string finished_table(const std::vector<std::string>& names,
                                         const std::vector<std::vector<Cell>>& rows);

// Rows as they come, each with its kind in a first column "op".
class StreamingTable {
 public:
  explicit StreamingTable(const types::Schema& schema);
  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string row(types::RowKind kind, std::span<const Cell> cells) const;
  [[nodiscard]] std::string foot(uint64_t rows) const;

 private:
  std::vector<std::string> names_;
  std::vector<size_t> widths_;
};

// Cells that a text takes on a terminal: East Asian wide characters count twice.
[[nodiscard]] size_t display_width(std::string_view utf8);

}  // namespace weir::cli
