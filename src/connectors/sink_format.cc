#include "connectors/sink_format.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::connectors {

Result<const formats::Encoded*> BatchEncoder::encode(const types::Batch& batch) {
  if (!batch.is_append_only()) {
    bool inserts_only = true;
    batch.selection().for_each(
        [&](uint32_t row) { inserts_only &= batch.row_kind(row) == types::RowKind::kInsert; });
    if (!inserts_only) {
      return unsupported("this sink takes only +I rows, but the query changes rows it has sent")
          .hint("write to a table whose connector takes updates, or aggregate over windows");
    }
  }
  WEIR_TRY(encode_columns(batch, value_));
  if (key_) WEIR_TRY(encode_columns(batch, *key_));
  return &value_.encoded;
}

Status BatchEncoder::encode_columns(const types::Batch& batch, ColumnEncoder& to) {
  input_.clear();
  for (const uint32_t column : to.columns) input_.push_back(batch.column_ref(column));
  WEIR_TRY(to.encoder->encode(input_, batch.selection(), to.encoded));
  if (to.encoded.failures().empty()) return ok();
  return invalid(fmt::format("a row cannot be written: {}", to.encoded.failures()[0].reason));
}

Result<SinkFormat> SinkFormat::make(const SinkRequest& request, const TableOptions& options) {
  SinkFormat made;
  made.value_.format = WEIR_TRY(value_format(request.environment, options));
  const auto key = WEIR_TRY(parse_key_fields(options));
  const auto columns = request.sink.table->sink_columns();
  std::vector<types::Field> fields;
  for (uint32_t at = 0; at < columns.size(); ++at) {
    if (columns[at]->kind != sql::TableColumn::Kind::kPhysical) continue;
    if (key && !key->in_value && key->has(columns[at]->name)) continue;
    made.value_.columns.push_back(at);
    fields.push_back({columns[at]->name, columns[at]->type});
  }
  made.value_.schema = types::Schema(std::move(fields));
  if (key) {
    auto& half = made.key_.emplace();
    half.format = WEIR_TRY(key_format(request.environment, options));
    std::vector<types::Field> key_fields;
    for (const auto& name : key->columns) {
      const auto found =
          std::ranges::find(columns, name, [](const auto* column) { return column->name; });
      WEIR_CHECK(found != columns.end(), "key fields are physical columns");
      half.columns.push_back(static_cast<uint32_t>(found - columns.begin()));
      key_fields.push_back({key->field_name(name), (*found)->type});
    }
    half.schema = types::Schema(std::move(key_fields));
  }
  WEIR_TRY(made.make_encoder());
  return made;
}

Result<ColumnEncoder> SinkFormat::Half::make_encoder() const {
  if (format.format->make_encoder == nullptr) {
    return unsupported(fmt::format("the format {} cannot be written", format.format->name));
  }
  return ColumnEncoder{WEIR_TRY(format.format->make_encoder(schema, format.options)), columns, {}};
}

Result<BatchEncoder> SinkFormat::make_encoder() const {
  std::optional<ColumnEncoder> key;
  if (key_) key = WEIR_TRY(key_->make_encoder());
  return BatchEncoder(WEIR_TRY(value_.make_encoder()), std::move(key));
}

}  // namespace weir::connectors
