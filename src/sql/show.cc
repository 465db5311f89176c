#include "sql/show.h"

#include <algorithm>

#include "sql/reserved_words.h"

namespace weir::sql {
namespace {

using types::LogicalType;

std::string in_backticks(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out.push_back('`');
    out.push_back(c);
  }
  return out + "`";
}

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out.push_back('\'');
    out.push_back(c);
  }
  return out + "'";
}

std::string backtick_list(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ", ";
    out += in_backticks(name);
  }
  return out;
}

// As it is declared: Flink writes VARCHAR(2147483647) where one may write STRING.
std::string declared_type(const LogicalType& type) {
  const auto plain = type.with_time_attribute(types::TimeAttribute::kNone);
  const std::string not_null = plain.nullable() ? "" : " NOT NULL";
  if (plain.kind() == types::TypeKind::kVarchar && plain.length() == LogicalType::kMaxLength) {
    return fmt::format("VARCHAR({}){}", LogicalType::kMaxLength, not_null);
  }
  if (plain.kind() == types::TypeKind::kTimestampLtz) {
    return fmt::format("TIMESTAMP({}) WITH LOCAL TIME ZONE{}", plain.precision(), not_null);
  }
  return plain.to_string();
}

std::string column_line(const TableColumn& column) {
  std::string line = "  " + in_backticks(column.name) + " ";
  switch (column.kind) {
    case TableColumn::Kind::kPhysical: line += declared_type(column.type); break;
    case TableColumn::Kind::kMetadata:
      line += declared_type(column.type) + " METADATA";
      if (column.metadata_key != column.name) line += " FROM " + in_quotes(column.metadata_key);
      if (column.is_virtual) line += " VIRTUAL";
      break;
    case TableColumn::Kind::kComputed: line += "AS " + column.expression_text; break;
  }
  if (!column.comment.empty()) line += " COMMENT " + in_quotes(column.comment);
  return line;
}

std::string create_table(const Table& table) {
  std::vector<std::string> lines;
  for (const auto& column : table.columns) lines.push_back(column_line(column));
  if (table.watermark.has_value()) {
    lines.push_back(fmt::format("  WATERMARK FOR {} AS {}",
                                in_backticks(table.columns[table.watermark->column].name),
                                table.watermark->expression_text));
  }
  if (!table.primary_key.empty()) {
    lines.push_back(fmt::format("  CONSTRAINT {} PRIMARY KEY ({}) NOT ENFORCED",
                                in_backticks(table.primary_key_name),
                                backtick_list(table.primary_key)));
  }
  std::string out = fmt::format("CREATE {}TABLE {} (\n{}\n)", table.temporary ? "TEMPORARY " : "",
                                table.name.to_string(), fmt::join(lines, ",\n"));
  if (!table.comment.empty()) out += " COMMENT " + in_quotes(table.comment);
  if (!table.partition_keys.empty()) {
    out += "\nPARTITIONED BY (" + backtick_list(table.partition_keys) + ")";
  }
  std::vector<std::string> options;
  for (const auto& [key, value] : table.options.entries()) {
    options.push_back(fmt::format("  {} = {}", in_quotes(key), in_quotes(value)));
  }
  return out + fmt::format("\nWITH (\n{}\n)\n", fmt::join(options, ",\n"));
}

std::string extras_of(const TableColumn& column) {
  switch (column.kind) {
    case TableColumn::Kind::kPhysical: return {};
    case TableColumn::Kind::kMetadata: {
      std::string text = "METADATA";
      if (column.metadata_key != column.name) text += " FROM " + in_quotes(column.metadata_key);
      return column.is_virtual ? text + " VIRTUAL" : text;
    }
    case TableColumn::Kind::kComputed: return "AS " + column.expression_text;
  }
  return {};
}

types::Schema text_schema(std::initializer_list<std::string_view> names) {
  std::vector<types::Field> fields;
  for (const auto name : names) fields.push_back({std::string(name), LogicalType::string()});
  return types::Schema(std::move(fields));
}

}  // namespace

TextRows describe(const CatalogObject& object) {
  TextRows out;
  const auto row = [](const types::Field& field) {
    return std::vector<std::optional<std::string>>{field.name,
                                                   field.type.to_summary(),
                                                   field.type.nullable() ? "TRUE" : "FALSE",
                                                   std::nullopt,
                                                   std::nullopt,
                                                   std::nullopt};
  };
  out.schema = text_schema({"name", "type", "null", "key", "extras", "watermark"});
  if (const auto* view = std::get_if<ViewRef>(&object)) {
    for (const auto& field : (*view)->schema.fields()) out.rows.push_back(row(field));
    return out;
  }
  const Table& table = *std::get<TableRef>(object);
  bool comments = false;
  for (const auto& column : table.columns) comments = comments || !column.comment.empty();
  if (comments) {
    out.schema = text_schema({"name", "type", "null", "key", "extras", "watermark", "comment"});
  }
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const TableColumn& column = table.columns[i];
    auto cells = row({column.name, column.type});
    const auto& keys = table.primary_key;
    if (std::find(keys.begin(), keys.end(), column.name) != keys.end()) {
      cells[3] = fmt::format("PRI({})", fmt::join(keys, ", "));
    }
    if (auto extras = extras_of(column); !extras.empty()) cells[4] = std::move(extras);
    if (table.watermark.has_value() && table.watermark->column == i) {
      cells[5] = table.watermark->expression_text;
    }
    if (comments) {
      cells.push_back(column.comment.empty() ? std::nullopt
                                             : std::optional<std::string>(column.comment));
    }
    out.rows.push_back(std::move(cells));
  }
  return out;
}

std::string create_statement(const CatalogObject& object) {
  if (const auto* view = std::get_if<ViewRef>(&object)) {
    const View& made = **view;
    std::string columns;
    for (const auto& field : made.schema.fields()) {
      if (!columns.empty()) columns += ",\n";
      columns += "  " + in_backticks(field.name);
    }
    std::string out = fmt::format("CREATE {}VIEW {} (\n{}\n)", made.temporary ? "TEMPORARY " : "",
                                  made.name.to_string(), columns);
    if (!made.comment.empty()) out += " COMMENT " + in_quotes(made.comment);
    return out + "\nAS " + made.query_text + "\n";
  }
  return create_table(*std::get<TableRef>(object));
}

bool like_matches(std::string_view text, std::string_view pattern) {
  // Greedy with one point to return to: the last '%'.
  size_t at = 0;
  size_t in_pattern = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '%') {
      star = in_pattern++;
      resume = at;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '_' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '%') ++in_pattern;
  return in_pattern == pattern.size();
}

TextRows name_rows(std::string column, std::vector<std::string> names, const ast::Show& show) {
  TextRows out;
  out.schema = text_schema({column});
  for (auto& name : names) {
    if (show.like.has_value()) {
      const bool matches = show.ignore_case
                               ? like_matches(to_upper_ascii(name), to_upper_ascii(*show.like))
                               : like_matches(name, *show.like);
      if (matches == show.not_like) continue;
    }
    out.rows.push_back({std::move(name)});
  }
  return out;
}

}  // namespace weir::sql
