#include "plan/scan_builder.h"

#include "plan/rules/rules.h"
#include "sql/binder/expression_binder.h"
#include "sql/expression_text.h"

namespace weir::plan {
namespace {

using sql::ExpressionRef;
using sql::TableColumn;
using types::TimeAttribute;

types::LogicalType plain(const types::LogicalType& type) {
  return type.with_time_attribute(TimeAttribute::kNone);
}

}  // namespace

TableScan make_scan(const sql::TableRef& table, const std::vector<bool>& needed_by_query) {
  const auto& columns = table->columns;
  std::vector<bool> needed = needed_by_query;
  needed.resize(columns.size());
  if (table->watermark.has_value()) {
    needed[table->watermark->column] = true;
    sql::collect_inputs(*table->watermark->expression, needed);
  }
  // Base columns (physical and metadata), numbered as computed columns see them.
  std::vector<size_t> base;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind != TableColumn::Kind::kComputed) base.push_back(i);
  }
  std::vector<bool> base_needed(base.size());
  for (size_t i = 0; i < base.size(); ++i) base_needed[i] = needed[base[i]];
  for (size_t i = 0; i < columns.size(); ++i) {
    if (needed[i] && columns[i].expression) {
      sql::collect_inputs(*columns[i].expression, base_needed);
    }
  }
  ScanNode scan{table, {}};
  std::vector<types::Field> scanned;
  std::vector<ExpressionRef> base_values(base.size());
  for (size_t i = 0; i < base.size(); ++i) {
    if (!base_needed[i]) continue;
    const TableColumn& column = columns[base[i]];
    const bool metadata = column.kind == TableColumn::Kind::kMetadata;
    const auto type = plain(metadata ? column.metadata_type : column.type);
    auto input = sql::make_input(static_cast<uint32_t>(scanned.size()), type);
    base_values[i] = metadata ? sql::coerce(input, plain(column.type), {}) : std::move(input);
    scan.columns.push_back({metadata ? ScanColumn::Kind::kMetadata : ScanColumn::Kind::kPhysical,
                            metadata ? column.metadata_key : column.name, type});
    scanned.push_back({column.name, type});
  }
  TableScan made;
  made.columns.assign(columns.size(), -1);
  made.node = make_node(std::move(scan), {}, types::Schema(std::move(scanned)));
  ProjectNode project;
  std::vector<types::Field> fields;
  size_t next_base = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    const bool computed = columns[i].kind == TableColumn::Kind::kComputed;
    const size_t base_index = computed ? 0 : next_base++;
    if (!needed[i]) continue;
    made.columns[i] = static_cast<int>(fields.size());
    fields.push_back({columns[i].name, plain(columns[i].type)});
    project.expressions.push_back(computed ? sql::replace_inputs(columns[i].expression,
                                                                 [&](const sql::Expression& input) {
                                                                   return base_values[input.input];
                                                                 })
                                           : base_values[base_index]);
  }
  made.node = make_node(std::move(project), {made.node}, types::Schema(fields));
  if (!table->watermark.has_value()) return made;
  WatermarkNode watermark;
  watermark.rowtime = static_cast<uint32_t>(made.columns[table->watermark->column]);
  watermark.expression =
      sql::replace_inputs(table->watermark->expression, [&](const sql::Expression& input) {
        return sql::make_input(static_cast<uint32_t>(made.columns[input.input]), input.type);
      });
  auto& rowtime = fields[watermark.rowtime].type;
  rowtime = rowtime.with_time_attribute(TimeAttribute::kRowtime);
  made.node = make_node(std::move(watermark), {made.node}, types::Schema(std::move(fields)));
  return made;
}

}  // namespace weir::plan
