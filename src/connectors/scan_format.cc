#include "connectors/scan_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "types/builder.h"

namespace weir::connectors {

namespace {

std::shared_ptr<const types::Origin> make_origin(const RecordBlock& block,
                                                 std::span<const uint16_t> record_of_row,
                                                 uint32_t split) {
  const auto rows = static_cast<uint32_t>(record_of_row.size());
  types::Values<int64_t> offsets(rows);
  types::Values<types::StringRef> raw(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    const auto& record = block.records[record_of_row[row]];
    offsets[row] = block.offsets[record_of_row[row]];
    raw[row] = types::StringRef(record.data, record.size);
  }
  auto origin = std::make_shared<types::Origin>();
  origin->split = split;
  origin->offsets = std::move(offsets).take();
  origin->raw = types::finish_column(types::LogicalType::bytes(), rows, std::move(raw).take(),
                                     nullptr, {block.buffers.begin(), block.buffers.end()});
  return origin;
}

}  // namespace

Status ScanDecoder::decode(const RecordBlock& block, uint32_t split, MetadataColumns& metadata,
                           exec::Poll& poll) {
  WEIR_TRY(decoder_->decode(block.records, block.buffers, decoded_));
  for (auto& bad : decoded_.bad) {
    const auto& record = block.records[bad.record];
    poll.bad.push_back({block.offsets[bad.record], std::string(record.data, record.size),
                        std::move(bad.reason), bad.ignored});
  }
  if (decoded_.rows == 0) return ok();
  types::Batch::Parts parts;
  parts.rows = decoded_.rows;
  const std::span<const uint16_t> record_of_row(decoded_.record_of_row.data(), decoded_.rows);
  size_t physical = 0;
  for (const auto& column : columns_) {
    parts.columns.push_back(column.kind == plan::ScanColumn::Kind::kPhysical
                                ? decoded_.columns[physical++]
                                : metadata.make(column, record_of_row));
  }
  parts.row_kinds = decoded_.row_kinds;
  parts.origin = make_origin(block, record_of_row, split);
  poll.batch = types::Batch::make(std::move(parts));
  return ok();
}

Result<TableFormat> table_format(const Environment& environment, const TableOptions& options) {
  const bool of_value = options.has("value.format");
  const std::string_view key = of_value ? "value.format" : "format";
  const std::string_view name = WEIR_TRY(options.required(key));
  const auto found =
      std::ranges::find(environment.formats, name, [](const auto* row) { return row->name; });
  if (found == environment.formats.end()) {
    std::vector<std::string> names;
    for (const auto* row : environment.formats) names.emplace_back(row->name);
    return options.bad(key, fmt::format("there is no format '{}'", name))
        .hint(nearest_hint(name, names));
  }
  TableFormat format{*found, {}};
  const std::string prefix = fmt::format("{}{}.", of_value ? "value." : "", name);
  for (auto& [option, value] : options.family(prefix)) format.options.emplace(option, value);
  return format;
}

Result<ScanFormat> ScanFormat::make(const SourceRequest& request, const TableOptions& options) {
  ScanFormat made;
  made.format_ = WEIR_TRY(table_format(request.environment, options));
  if (made.format_.format->make_decoder == nullptr) {
    return unsupported(fmt::format("the format {} cannot be read", made.format_.format->name));
  }
  made.columns_ = request.scan.columns;
  std::vector<types::Field> fields;
  for (const auto& column : made.columns_) {
    if (column.kind == plan::ScanColumn::Kind::kPhysical) {
      fields.push_back({column.name, column.type});
    }
  }
  made.physical_ = types::Schema(std::move(fields));
  WEIR_TRY(made.make_decoder());
  return made;
}

Result<ScanDecoder> ScanFormat::make_decoder() const {
  return ScanDecoder(WEIR_TRY(format_.format->make_decoder(physical_, format_.options)), columns_);
}

types::ColumnRef constant_text(const types::LogicalType& type, std::string_view text, size_t rows) {
  return types::make_constant(type, std::string(text), static_cast<uint32_t>(rows));
}

types::ColumnRef constant_integer(const types::LogicalType& type, int64_t value, size_t rows) {
  return types::make_constant(type, value, static_cast<uint32_t>(rows));
}

}  // namespace weir::connectors
