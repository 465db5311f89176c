// ScanFormat and ScanDecoder: from records to batches with the columns of a scan.
//
// Every source that reads records (Kafka, files) decodes through these: the format sees only the
// physical columns that the plan needs, metadata columns come from the source, and each row keeps
// its record's offset and bytes (Origin). With a key format (key_fields.h) a record makes a row
// when both its key and its value do; columns that lie in both come from the value, as in Flink. A
// record without a key makes none: it is reported as one that the table's options leave out. A
// ScanFormat is made once a scan and shared; a ScanDecoder belongs to one reader.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "connectors/key_fields.h"
#include "connectors/table_options.h"

namespace weir::connectors {

// Records that were read together. All spans have one entry a record but `buffers`.
struct RecordBlock {
  std::span<const formats::Record> records;
  std::span<const int64_t> offsets;
  std::span<const BufferRef> buffers;          // what the records lie in
  std::span<const formats::Record> keys = {};  // empty: the table has no key format
};

// The metadata columns of a scan, made by the source.
class MetadataColumns {
 public:
  virtual ~MetadataColumns() = default;
  // `records`: for every row, the record in the block that it was made from.
  [[nodiscard]] virtual types::ColumnRef make(const plan::ScanColumn& column,
                                              std::span<const uint16_t> records) = 0;
};

// Where a column of the scan comes from.
struct ScanOrigin {
  enum class Kind : uint8_t { kValue, kKey, kMetadata };
  Kind kind = Kind::kValue;
  size_t at = 0;  // among the columns of the value's decoder, or the key's
};

class ScanDecoder {
 public:
  struct Parts {
    std::unique_ptr<formats::Decoder> value;
    std::unique_ptr<formats::Decoder> key;  // null: no key format
    std::vector<plan::ScanColumn> columns;
    std::vector<ScanOrigin> origins;  // one a column
  };
  explicit ScanDecoder(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] bool has_keys() const { return parts_.key != nullptr; }
  // Into poll.batch (null when no record made a row) and poll.bad. At most Batch::kMaxRows records.
  Status decode(const RecordBlock& block, uint32_t split, MetadataColumns& metadata,
                exec::Poll& poll);

 private:
  // The records whose keys made a row: `with_keys_`, empty when those are all.
  Result<RecordBlock> decode_keys(const RecordBlock& block, exec::Poll& poll);
  [[nodiscard]] types::ColumnRef key_column(size_t at, size_t records) const;

  Parts parts_;
  formats::Decoded values_;
  formats::Decoded keys_;
  std::vector<uint16_t> with_keys_;
  std::vector<formats::Record> kept_records_;
  std::vector<int64_t> kept_offsets_;
  std::vector<uint16_t> record_of_row_;  // in the block that was handed in
};

// The format that a table names, and the options meant for it.
struct TableFormat {
  const formats::Format* format = nullptr;
  formats::Options options;
};
// By 'value.format', else 'format'. kInvalid when there is neither or none of that name.
[[nodiscard]] Result<TableFormat> value_format(const Environment& environment,
                                               const TableOptions& options);
[[nodiscard]] Result<TableFormat> key_format(const Environment& environment,
                                             const TableOptions& options);

class ScanFormat {
 public:
  // Makes one decoder to find the user's mistakes now.
  static Result<ScanFormat> make(const SourceRequest& request, const TableOptions& options);
  [[nodiscard]] Result<ScanDecoder> make_decoder() const;
  [[nodiscard]] const std::vector<plan::ScanColumn>& columns() const { return columns_; }

 private:
  // The column's place in what its decoder makes.
  void place(const plan::ScanColumn& column, const std::optional<KeyFields>& key,
             std::vector<types::Field>& value_fields, std::vector<types::Field>& key_fields);

  TableFormat format_;
  std::optional<TableFormat> key_format_;
  std::vector<plan::ScanColumn> columns_;
  std::vector<ScanOrigin> origins_;
  types::Schema value_schema_;
  types::Schema key_schema_;
};

// A constant column of text or of an integer type, for metadata.
[[nodiscard]] types::ColumnRef constant_text(const types::LogicalType& type, std::string_view text,
                                             size_t rows);
[[nodiscard]] types::ColumnRef constant_integer(const types::LogicalType& type, int64_t value,
                                                size_t rows);

}  // namespace weir::connectors
