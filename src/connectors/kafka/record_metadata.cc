#include "connectors/kafka/record_metadata.h"

#include "types/builder.h"

namespace weir::connectors {

using types::ColumnRef;
using types::StringRef;

ColumnRef RecordMetadata::make(const plan::ScanColumn& column, std::span<const uint16_t> records) {
  const auto rows = static_cast<uint32_t>(records.size());
  if (column.name == "topic") return constant_text(column.type, topic_, rows);
  if (column.name == "partition") return constant_integer(column.type, partition_, rows);
  if (column.name == "leader-epoch") {
    if (!leader_epoch_) return types::make_constant(column.type, types::Value{}, rows);
    return constant_integer(column.type, *leader_epoch_, rows);
  }
  if (column.name == "headers") return make_headers(column.type, records);
  if (column.name == "timestamp-type") {
    types::Values<StringRef> names(rows);
    for (uint32_t row = 0; row < rows; ++row) {
      const bool log_append = (*log_append_)[first_ + records[row]] != 0;
      // Longer than what a view holds itself: it points to text that lives for ever.
      names[row] = StringRef(std::string_view(log_append ? "LogAppendTime" : "CreateTime"));
    }
    return types::finish_column(column.type, rows, std::move(names).take());
  }
  const bool offset = column.name == "offset";
  WEIR_CHECK(offset || column.name == "timestamp", "the table of metadata names what is made here");
  const auto& from = offset ? records_->offsets : records_->timestamps_ms;
  types::Values<int64_t> values(rows);
  for (uint32_t row = 0; row < rows; ++row) values[row] = from[first_ + records[row]];
  return types::finish_column(column.type, rows, std::move(values).take());
}

ColumnRef RecordMetadata::make_headers(const types::LogicalType& type,
                                       std::span<const uint16_t> records) const {
  const auto rows = static_cast<uint32_t>(records.size());
  types::Values<int32_t> offsets(rows + 1);
  std::vector<kafka::RecordHeader> headers;
  for (uint32_t row = 0; row < rows; ++row) {
    offsets[row] = static_cast<int32_t>(headers.size());
    kafka::HeaderCursor cursor(records_->headers[first_ + records[row]]);
    while (const auto header = cursor.next()) headers.push_back(*header);
  }
  const auto count = static_cast<uint32_t>(headers.size());
  offsets[rows] = static_cast<int32_t>(count);
  types::Values<StringRef> keys(count);
  types::Values<StringRef> values(count);
  types::ValidityBuilder present(count);
  for (uint32_t at = 0; at < count; ++at) {
    keys[at] = StringRef(headers[at].key);
    values[at] = StringRef(headers[at].value);
    if (headers[at].value.data() == nullptr) present.set_null(at);
  }
  types::Column::Parts parts;
  parts.type = type;
  parts.length = rows;
  parts.values = std::move(offsets).take();
  parts.children = {types::finish_column(type.children()[0].type, count, std::move(keys).take(),
                                         nullptr, records_->buffers),
                    types::finish_column(type.children()[1].type, count, std::move(values).take(),
                                         std::move(present).take(), records_->buffers)};
  return types::Column::make(std::move(parts));
}

}  // namespace weir::connectors
