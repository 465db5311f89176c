#include "connectors/sink_format.h"

#include <fmt/format.h>

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
  input_.clear();
  for (const uint32_t column : columns_) input_.push_back(batch.column_ref(column));
  WEIR_TRY(encoder_->encode(input_, batch.selection(), encoded_));
  if (!encoded_.failures().empty()) {
    return invalid(fmt::format("a row cannot be written: {}", encoded_.failures()[0].reason));
  }
  return &encoded_;
}

Result<SinkFormat> SinkFormat::make(const SinkRequest& request, const TableOptions& options) {
  SinkFormat made;
  made.format_ = WEIR_TRY(table_format(request.environment, options));
  if (made.format_.format->make_encoder == nullptr) {
    return unsupported(fmt::format("the format {} cannot be written", made.format_.format->name));
  }
  std::vector<types::Field> fields;
  const auto columns = request.sink.table->sink_columns();
  for (uint32_t at = 0; at < columns.size(); ++at) {
    if (columns[at]->kind != sql::TableColumn::Kind::kPhysical) continue;
    made.columns_.push_back(at);
    fields.push_back({columns[at]->name, columns[at]->type});
  }
  made.physical_ = types::Schema(std::move(fields));
  WEIR_TRY(made.make_encoder());
  return made;
}

Result<BatchEncoder> SinkFormat::make_encoder() const {
  return BatchEncoder(WEIR_TRY(format_.format->make_encoder(physical_, format_.options)), columns_);
}

}  // namespace weir::connectors
