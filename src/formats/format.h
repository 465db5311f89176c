// Format: how records become columns and rows become records; one row a format in formats/all.cc.
//
// A Decoder is compiled for the columns that a plan needs (a ROW column may list only the nested
// fields that are needed) and owned by one lane. It takes records where they lie and writes
// columns; long strings are views into the records' buffers, which the columns keep alive. A record
// that does not decode is data: it is listed with its reason and the others go on. An Encoder makes
// one record a row. Options are the table's, without the format's prefix; what is not in the
// format's option table was refused before.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/batch.h"

namespace weir::formats {

// At least Buffer::kPadding bytes behind a record's end must be readable (any content). Null data:
// no value at all (a Kafka tombstone), which makes no row.
struct Record {
  const char* data = nullptr;
  uint32_t size = 0;
};

struct BadRecord {
  uint32_t record = 0;  // its index among the records of the call
  std::string reason;
  // It made a row nevertheless, in which the field at fault is NULL (json.ignore-parse-errors).
  bool has_row = false;
  // The table's own options say that such records are left out (json.ignore-parse-errors).
  bool ignored = false;
};

// Reused from call to call by its owner.
struct Decoded {
  uint32_t rows = 0;
  std::vector<types::ColumnRef> columns;  // as asked for
  std::vector<uint16_t> record_of_row;    // ascending
  BufferRef row_kinds;                    // RowKind a row; absent: all +I
  std::vector<BadRecord> bad;             // ascending
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // At most Batch::kMaxRows records. `buffers` are those that the records lie in.
  virtual Status decode(std::span<const Record> records, std::span<const BufferRef> buffers,
                        Decoded& out) = 0;
};

// The records of one call, one behind the other; reused from call to call by its owner.
class Encoded {
 public:
  struct Failure {
    uint16_t row;
    std::string reason;
  };

  [[nodiscard]] size_t count() const { return rows_.size(); }
  [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), offsets_.back()}; }
  [[nodiscard]] std::string_view record(size_t at) const {
    return {bytes_.data() + offsets_[at], offsets_[at + 1] - offsets_[at]};
  }
  // Which row each record was made from, ascending.
  [[nodiscard]] std::span<const uint16_t> rows() const { return rows_; }
  // Rows that have no text (a NULL map key); they have no record.
  [[nodiscard]] const std::vector<Failure>& failures() const { return failures_; }

  // For encoders.
  void clear() {
    offsets_.assign(1, 0);
    rows_.clear();
    failures_.clear();
  }
  // The block, with room for `size` more bytes behind the first `used`, which stay.
  [[nodiscard]] char* reserve(size_t used, size_t size) {
    if (bytes_.size() < used + size) bytes_.resize((used + size) * 2);
    return bytes_.data();
  }
  [[nodiscard]] size_t capacity() const { return bytes_.size(); }
  [[nodiscard]] size_t end() const { return offsets_.back(); }
  void end_record(uint32_t row, size_t used) {
    offsets_.push_back(used);
    rows_.push_back(static_cast<uint16_t>(row));
  }
  void fail(uint32_t row, std::string reason) {
    failures_.push_back({static_cast<uint16_t>(row), std::move(reason)});
  }

 private:
  std::vector<char> bytes_;
  std::vector<size_t> offsets_{0};
  std::vector<uint16_t> rows_;
  std::vector<Failure> failures_;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  // `columns` in the order of the schema that the encoder was made for; one record a selected row.
  virtual Status encode(std::span<const types::ColumnRef> columns,
                        const types::Selection& selection, Encoded& out) = 0;
};

// "ignore-parse-errors" -> "true"
using Options = std::map<std::string, std::string, std::less<>>;

struct FormatOption {
  enum class Type : uint8_t { kString, kBoolean, kInteger, kEnum };
  std::string_view key;  // without the format's prefix
  Type type = Type::kString;
  std::optional<std::string_view> default_value;
  std::vector<std::string_view> choices;  // only kEnum
  std::string_view doc;                   // one sentence
};

struct Format {
  std::string_view name;
  std::string_view doc;
  std::vector<FormatOption> options;
  // Null: the format cannot. An error names the column or option at fault.
  Result<std::unique_ptr<Decoder>> (*make_decoder)(const types::Schema& columns,
                                                   const Options& options) = nullptr;
  Result<std::unique_ptr<Encoder>> (*make_encoder)(const types::Schema& columns,
                                                   const Options& options) = nullptr;
};

// All formats; lives for the whole program (formats/all.cc).
[[nodiscard]] std::span<const Format* const> all_formats();
[[nodiscard]] const Format* find_format(std::string_view name);

}  // namespace weir::formats
