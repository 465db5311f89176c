#include "cli/tableau.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::cli {
namespace {

constexpr size_t kWidestStreamingColumn = 30;     // table.display.max-column-width
constexpr std::string_view kNullText = "<NULL>";  // of a query; DESCRIBE leaves the cell empty

// Decodes the code point at `at` and moves behind it; broken bytes count as themselves.
char32_t next_code_point(std::string_view text, size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  size_t extra = 0;
  if (lead >= 0xF0) {
    extra = 3;
  } else if (lead >= 0xE0) {
    extra = 2;
  } else if (lead >= 0xC0) {
    extra = 1;
  }
  if (at + extra >= text.size()) extra = 0;
  char32_t point = extra == 0 ? lead : lead & (0x3FU >> extra);
  for (size_t i = 1; i <= extra; ++i) {
    point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  at += extra + 1;
  return point;
}

// The blocks of Unicode's East Asian Width "wide" that occur in practice (UAX 11).
size_t cells_of(char32_t point) {
  const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                    (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                    (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                    (point >= 0xFFE0 && point <= 0xFFE6) ||
                    (point >= 0x1F300 && point <= 0x1FAFF) ||
                    (point >= 0x20000 && point <= 0x3FFFD);
  return wide ? 2 : 1;
}

std::string fit(std::string_view text, size_t width) {
  const size_t have = display_width(text);
  if (have <= width) return std::string(width - have, ' ') + std::string(text);
  constexpr size_t kDots = 3;
  std::string cut;
  size_t used = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const size_t cells = cells_of(next_code_point(text, at));
    if (used + cells + kDots > width) break;
    cut += text.substr(start, at - start);
    used += cells;
  }
  return std::string(width - kDots - used, ' ') + cut + "...";
}

std::string rule(const std::vector<size_t>& widths) {
  std::string line = "+";
  for (const size_t width : widths) line += std::string(width + 2, '-') + "+";
  return line + "\n";
}

template <typename Text>
std::string line(const std::vector<size_t>& widths, size_t count, Text&& text) {
  std::string out = "|";
  for (size_t i = 0; i < count; ++i) out += " " + fit(text(i), widths[i]) + " |";
  return out + "\n";
}

std::string_view shown(const Cell& cell, std::string_view null_text) {
  return cell.has_value() ? std::string_view(*cell) : null_text;
}

size_t streaming_width(const types::Field& field) {
  using types::TypeKind;
  const auto& type = field.type;
  size_t width = kWidestStreamingColumn;
  const auto fraction = static_cast<size_t>(type.precision());
  if (type.kind() == TypeKind::kBoolean) width = 5;
  if (type.kind() == TypeKind::kTinyint) width = 4;
  if (type.kind() == TypeKind::kSmallint) width = 6;
  if (type.kind() == TypeKind::kInt) width = 11;
  if (type.kind() == TypeKind::kBigint) width = 20;
  if (type.kind() == TypeKind::kDecimal) width = fraction + 3;
  if (type.kind() == TypeKind::kDate) width = 10;
  if (type.kind() == TypeKind::kTime) width = fraction == 0 ? 8 : fraction + 9;
  if (type.is_timestamp()) width = fraction == 0 ? 19 : fraction + 20;
  if (type.is_character()) {
    width = std::min(static_cast<size_t>(type.length()), kWidestStreamingColumn);
  }
  return std::max({width, display_width(field.name), kNullText.size()});
}

}  // namespace

size_t display_width(std::string_view utf8) {
  size_t cells = 0;
  for (size_t at = 0; at < utf8.size();) cells += cells_of(next_code_point(utf8, at));
  return cells;
}

std::string finished_table(const std::vector<std::string>& names,
                           const std::vector<std::vector<Cell>>& rows) {
  if (rows.empty()) return "Empty set\n";
  std::vector<size_t> widths;
  for (const auto& name : names) widths.push_back(display_width(name));
  for (const auto& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(shown(row[i], {})));
    }
  }
  std::string out = rule(widths);
  out += line(widths, names.size(), [&](size_t i) { return std::string_view(names[i]); });
  out += rule(widths);
  for (const auto& row : rows) {
    out += line(widths, row.size(), [&](size_t i) { return shown(row[i], {}); });
  }
  out += rule(widths);
  out += fmt::format("{} {} in set\n", rows.size(), rows.size() == 1 ? "row" : "rows");
  return out;
}

StreamingTable::StreamingTable(const types::Schema& schema) : names_{"op"}, widths_{2} {
  for (const auto& field : schema.fields()) {
    names_.push_back(field.name);
    widths_.push_back(streaming_width(field));
  }
}

std::string StreamingTable::head() const {
  return rule(widths_) +
         line(widths_, names_.size(), [&](size_t i) { return std::string_view(names_[i]); }) +
         rule(widths_);
}

std::string StreamingTable::row(types::RowKind kind, std::span<const Cell> cells) const {
  return line(widths_, cells.size() + 1, [&](size_t i) {
    return i == 0 ? types::row_kind_text(kind) : shown(cells[i - 1], kNullText);
  });
}

std::string StreamingTable::foot(uint64_t rows) const {
  if (rows == 0) return "Received a total of 0 rows\n";
  return rule(widths_) +
         fmt::format("Received a total of {} {}\n", rows, rows == 1 ? "row" : "rows");
}

}  // namespace weir::cli
