// ScanFormat and ScanDecoder: from records to batches with the columns of a scan.
//
// Every source that reads records (Kafka, files) decodes through these: the format sees only the
// physical columns that the plan needs, metadata columns come from the source, and each row keeps
// its record's offset and bytes (Origin). A ScanFormat is made once a scan and shared; a
// ScanDecoder belongs to one reader.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "connectors/table_options.h"

namespace weir::connectors {

// Records that were read together. All spans have one entry a record but `buffers`.
struct RecordBlock {
  std::span<const formats::Record> records;
  std::span<const int64_t> offsets;
  std::span<const BufferRef> buffers;  // what the records lie in
};

// The metadata columns of a scan, made by the source.
class MetadataColumns {
 public:
  virtual ~MetadataColumns() = default;
  // `records`: for every row, the record in the block that it was made from.
  [[nodiscard]] virtual types::ColumnRef make(const plan::ScanColumn& column,
                                              std::span<const uint16_t> records) = 0;
};

class ScanDecoder {
 public:
  ScanDecoder(std::unique_ptr<formats::Decoder> decoder, std::vector<plan::ScanColumn> columns)
      : decoder_(std::move(decoder)), columns_(std::move(columns)) {}

  // Into poll.batch (null when no record made a row) and poll.bad. At most Batch::kMaxRows records.
  Status decode(const RecordBlock& block, uint32_t split, MetadataColumns& metadata,
                exec::Poll& poll);

 private:
  std::unique_ptr<formats::Decoder> decoder_;
  std::vector<plan::ScanColumn> columns_;
  formats::Decoded decoded_;
};

// The format that a table names, and the options meant for it.
struct TableFormat {
  const formats::Format* format = nullptr;
  formats::Options options;
};
// By 'value.format', else 'format'. kInvalid when there is neither or none of that name.
[[nodiscard]] Result<TableFormat> table_format(const Environment& environment,
                                               const TableOptions& options);

class ScanFormat {
 public:
  // Makes one decoder to find the user's mistakes now.
  static Result<ScanFormat> make(const SourceRequest& request, const TableOptions& options);
  [[nodiscard]] Result<ScanDecoder> make_decoder() const;
  [[nodiscard]] const std::vector<plan::ScanColumn>& columns() const { return columns_; }

 private:
  TableFormat format_;
  std::vector<plan::ScanColumn> columns_;
  types::Schema physical_;
};

// A constant column of text or of an integer type, for metadata.
[[nodiscard]] types::ColumnRef constant_text(const types::LogicalType& type, std::string_view text,
                                             size_t rows);
[[nodiscard]] types::ColumnRef constant_integer(const types::LogicalType& type, int64_t value,
                                                size_t rows);

}  // namespace weir::connectors
