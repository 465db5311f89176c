// SinkFormat: from the batches that reach a sink to encoded records.
//
// The encoder sees the table's physical columns; what metadata columns the INSERT fills is the
// connector's to read. Only +I rows have a place in an append-only format: anything else is
// kUnsupported. A SinkFormat is made once a sink and shared; an encoder belongs to one writer.
#pragma once

#include <memory>
#include <vector>

#include "connectors/connector.h"
#include "connectors/scan_format.h"

namespace weir::connectors {

class BatchEncoder {
 public:
  BatchEncoder(std::unique_ptr<formats::Encoder> encoder, std::vector<uint32_t> columns)
      : encoder_(std::move(encoder)), columns_(std::move(columns)) {}

  // One record a selected row, until the next call. A row that has no text is kInvalid.
  Result<const formats::Encoded*> encode(const types::Batch& batch);

 private:
  std::unique_ptr<formats::Encoder> encoder_;
  std::vector<uint32_t> columns_;  // of the batch, that are physical
  std::vector<types::ColumnRef> input_;
  formats::Encoded encoded_;
};

class SinkFormat {
 public:
  static Result<SinkFormat> make(const SinkRequest& request, const TableOptions& options);
  [[nodiscard]] Result<BatchEncoder> make_encoder() const;

 private:
  TableFormat format_;
  types::Schema physical_;
  std::vector<uint32_t> columns_;
};

}  // namespace weir::connectors
