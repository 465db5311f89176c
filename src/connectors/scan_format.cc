#include "connectors/scan_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "types/builder.h"
#include "types/selection.h"

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

Result<RecordBlock> ScanDecoder::decode_keys(const RecordBlock& block, exec::Poll& poll) {
  WEIR_TRY(parts_.key->decode(block.keys, block.buffers, keys_));
  for (auto& bad : keys_.bad) {
    const auto& record = block.records[bad.record];
    poll.bad.push_back({block.offsets[bad.record], std::string(record.data, record.size),
                        "the key: " + bad.reason, bad.ignored});
  }
  with_keys_.clear();
  if (keys_.rows == block.records.size()) return block;
  const std::span<const uint16_t> made(keys_.record_of_row.data(), keys_.rows);
  kept_records_.clear();
  kept_offsets_.clear();
  size_t next = 0;
  for (size_t at = 0; at < block.records.size(); ++at) {
    const auto& record = block.records[at];
    if (next < made.size() && made[next] == at) {
      ++next;
      with_keys_.push_back(static_cast<uint16_t>(at));
      kept_records_.push_back(record);
      kept_offsets_.push_back(block.offsets[at]);
    } else if (block.keys[at].data == nullptr && record.data != nullptr) {
      poll.bad.push_back({block.offsets[at], std::string(record.data, record.size),
                          "the record has no key", true});
    }
  }
  return RecordBlock{kept_records_, kept_offsets_, block.buffers};
}

// Of the records that have a key, those that have a row too.
types::ColumnRef ScanDecoder::key_column(size_t at, size_t records) const {
  if (values_.rows == records) return keys_.columns[at];
  std::vector<uint32_t> rows(values_.record_of_row.begin(),
                             values_.record_of_row.begin() + values_.rows);
  return types::gather_rows(*keys_.columns[at], rows);
}

Status ScanDecoder::decode(const RecordBlock& all, uint32_t split, MetadataColumns& metadata,
                           exec::Poll& poll) {
  const RecordBlock block = parts_.key ? WEIR_TRY(decode_keys(all, poll)) : all;
  if (block.records.empty()) return ok();
  WEIR_TRY(parts_.value->decode(block.records, block.buffers, values_));
  for (auto& bad : values_.bad) {
    const auto& record = block.records[bad.record];
    poll.bad.push_back({block.offsets[bad.record], std::string(record.data, record.size),
                        std::move(bad.reason), bad.ignored});
  }
  if (values_.rows == 0) return ok();
  const std::span<const uint16_t> in_block(values_.record_of_row.data(), values_.rows);
  record_of_row_.assign(in_block.begin(), in_block.end());
  if (block.records.size() != all.records.size()) {
    for (auto& record : record_of_row_) record = with_keys_[record];
  }
  types::Batch::Parts parts;
  parts.rows = values_.rows;
  for (size_t at = 0; at < parts_.columns.size(); ++at) {
    const auto [kind, place] = parts_.origins[at];
    switch (kind) {
      case ScanOrigin::Kind::kValue: parts.columns.push_back(values_.columns[place]); break;
      case ScanOrigin::Kind::kKey:
        parts.columns.push_back(key_column(place, block.records.size()));
        break;
      case ScanOrigin::Kind::kMetadata:
        parts.columns.push_back(metadata.make(parts_.columns[at], record_of_row_));
        break;
    }
  }
  parts.row_kinds = values_.row_kinds;
  parts.origin = make_origin(all, record_of_row_, split);
  poll.batch = types::Batch::make(std::move(parts));
  return ok();
}

namespace {

Result<TableFormat> named_format(const Environment& environment, const TableOptions& options,
                                 std::string_view key, std::string_view prefix) {
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
  for (auto& [option, value] : options.family(fmt::format("{}{}.", prefix, name))) {
    format.options.emplace(option, value);
  }
  return format;
}

Result<std::unique_ptr<formats::Decoder>> decoder_of(const TableFormat& format,
                                                     const types::Schema& schema) {
  if (format.format->make_decoder == nullptr) {
    return unsupported(fmt::format("the format {} cannot be read", format.format->name));
  }
  return format.format->make_decoder(schema, format.options);
}

}  // namespace

Result<TableFormat> value_format(const Environment& environment, const TableOptions& options) {
  if (options.has("value.format")) {
    return named_format(environment, options, "value.format", "value.");
  }
  return named_format(environment, options, "format", "");
}

Result<TableFormat> key_format(const Environment& environment, const TableOptions& options) {
  return named_format(environment, options, "key.format", "key.");
}

void ScanFormat::place(const plan::ScanColumn& column, const std::optional<KeyFields>& key,
                       std::vector<types::Field>& value_fields,
                       std::vector<types::Field>& key_fields) {
  if (column.kind != plan::ScanColumn::Kind::kPhysical) {
    origins_.push_back({ScanOrigin::Kind::kMetadata, 0});
  } else if (key && !key->in_value && key->has(column.name)) {
    origins_.push_back({ScanOrigin::Kind::kKey, key_fields.size()});
    key_fields.push_back({key->field_name(column.name), column.type});
  } else {
    origins_.push_back({ScanOrigin::Kind::kValue, value_fields.size()});
    value_fields.push_back({column.name, column.type});
  }
}

Result<ScanFormat> ScanFormat::make(const SourceRequest& request, const TableOptions& options) {
  ScanFormat made;
  made.format_ = WEIR_TRY(value_format(request.environment, options));
  const auto key = WEIR_TRY(parse_key_fields(options));
  if (key) made.key_format_ = WEIR_TRY(key_format(request.environment, options));
  made.columns_ = request.scan.columns;
  std::vector<types::Field> value_fields;
  std::vector<types::Field> key_fields;
  for (const auto& column : made.columns_) made.place(column, key, value_fields, key_fields);
  made.value_schema_ = types::Schema(std::move(value_fields));
  made.key_schema_ = types::Schema(std::move(key_fields));
  WEIR_TRY(made.make_decoder());
  return made;
}

Result<ScanDecoder> ScanFormat::make_decoder() const {
  ScanDecoder::Parts parts;
  parts.value = WEIR_TRY(decoder_of(format_, value_schema_));
  if (key_format_) parts.key = WEIR_TRY(decoder_of(*key_format_, key_schema_));
  parts.columns = columns_;
  parts.origins = origins_;
  return ScanDecoder(std::move(parts));
}

types::ColumnRef constant_text(const types::LogicalType& type, std::string_view text, size_t rows) {
  return types::make_constant(type, std::string(text), static_cast<uint32_t>(rows));
}

types::ColumnRef constant_integer(const types::LogicalType& type, int64_t value, size_t rows) {
  return types::make_constant(type, value, static_cast<uint32_t>(rows));
}

}  // namespace weir::connectors
