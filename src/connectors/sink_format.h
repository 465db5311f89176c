// SinkFormat: from the batches that reach a sink to encoded records.
//
// The encoders see the table's physical columns, the key's (key_fields.h) and the value's; what
// metadata columns the INSERT fills is the connector's to read. Only +I rows have a place in an
// append-only format: anything else is kUnsupported. A SinkFormat is made once a sink and shared;
// an encoder belongs to one writer.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "connectors/scan_format.h"

namespace weir::connectors {

// An encoder and the columns of the batch that it is for.
struct ColumnEncoder {
  std::unique_ptr<formats::Encoder> encoder;
  std::vector<uint32_t> columns;
  formats::Encoded encoded;
};

class BatchEncoder {
 public:
  BatchEncoder(ColumnEncoder value, std::optional<ColumnEncoder> key)
      : value_(std::move(value)), key_(std::move(key)) {}

  // One record a selected row, until the next call. A row that has no text is kInvalid.
  Result<const formats::Encoded*> encode(const types::Batch& batch);
  // The key of a record of the last call; a null address: the table has no key format.
  [[nodiscard]] std::string_view key(size_t record) const {
    return key_ ? key_->encoded.record(record) : std::string_view();
  }

 private:
  Status encode_columns(const types::Batch& batch, ColumnEncoder& encoder);

  ColumnEncoder value_;
  std::optional<ColumnEncoder> key_;
  std::vector<types::ColumnRef> input_;
};

class SinkFormat {
 public:
  static Result<SinkFormat> make(const SinkRequest& request, const TableOptions& options);
  [[nodiscard]] Result<BatchEncoder> make_encoder() const;

 private:
  struct Half {
    TableFormat format;
    types::Schema schema;
    std::vector<uint32_t> columns;
    [[nodiscard]] Result<ColumnEncoder> make_encoder() const;
  };
  Half value_;
  std::optional<Half> key_;
};

}  // namespace weir::connectors
