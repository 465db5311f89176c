// Writes columns as JSON records, as Flink's writer does.
//
// Decimals without trailing zeros and, where Java's BigDecimal.toString has one, with an exponent;
// doubles as Java's text; timestamps with the fraction cut of its zeros. One record a row: all of
// a record is written behind the last one and counts when it is complete.
#include <array>
#include <cmath>

#include "formats/base64.h"
#include "formats/json.h"
#include "formats/json_text.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"

namespace weir::formats {
namespace {

using types::Column;
using types::LogicalType;
using types::TypeKind;

// Bytes that any number, date or word needs at most.
constexpr size_t kScalarBytes = 64;
// A byte from here on begins a character beyond U+FFFF, which is written as escapes.
constexpr unsigned char kLeadOfFour = 0xF0;

// The write position inside an Encoded block.
class Writer {
 public:
  explicit Writer(Encoded& out) : out_(out), used_(out.end()) { base_ = out_.reserve(used_, 4096); }

  void raw(std::string_view text) {
    make_room(text.size());
    std::memcpy(base_ + used_, text.data(), text.size());
    used_ += text.size();
  }
  void raw(char c) {
    make_room(1);
    base_[used_++] = c;
  }
  // write(buffer) gives the length, at most kScalarBytes.
  template <typename Write>
  void scalar(Write&& write) {
    make_room(kScalarBytes);
    used_ += write(base_ + used_);
  }
  template <typename Write>
  void quoted(Write&& write) {
    raw('"');
    scalar(write);
    raw('"');
  }
  void string(std::string_view text) {
    make_room(text.size() + sizeof(__m256i) + 2);
    char* to = base_ + used_;
    *to++ = '"';
    const char* from = text.data();
    const char* const end = from + text.size();
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i control = _mm256_set1_epi8(0x1F);
    const __m256i four_bytes = _mm256_set1_epi8(static_cast<char>(kLeadOfFour));
    // Copies 32 bytes at a time while nothing needs an escape; the tail byte by byte.
    while (end - from >= 32) {
      const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
      const __m256i special = _mm256_or_si256(
          _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash)),
          _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_max_epu8(bytes, control), control),
                          _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, four_bytes), bytes)));
      if (_mm256_movemask_epi8(special) != 0) return escaped_string(text);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
      from += 32;
      to += 32;
    }
    for (; from < end; ++from) {
      const auto byte = static_cast<unsigned char>(*from);
      if (byte < 0x20 || byte >= kLeadOfFour || *from == '"' || *from == '\\') {
        return escaped_string(text);
      }
      *to++ = *from;
    }
    *to++ = '"';
    used_ = static_cast<size_t>(to - base_);
  }
  [[nodiscard]] size_t used() const { return used_; }
  void rewind(size_t used) { used_ = used; }
  void base64(std::string_view bytes) {
    const size_t size = base64_size(bytes.size());
    make_room(size + 2);
    base_[used_] = '"';
    encode_base64(bytes, base_ + used_ + 1);
    base_[used_ + 1 + size] = '"';
    used_ += size + 2;
  }

 private:
  void make_room(size_t size) {
    if (used_ + size > out_.capacity()) [[unlikely]]
      base_ = out_.reserve(used_, size);
  }
  void escaped_string(std::string_view text) {
    scratch_.clear();
    append_json_string(text, JsonSupplementary::kEscaped, scratch_);
    raw(scratch_);
  }

  Encoded& out_;
  size_t used_;
  char* base_;
  std::string scratch_;
};

class JsonEncoder final : public Encoder {
 public:
  JsonEncoder(const types::Schema& columns, JsonWriteOptions options)
      : options_(std::move(options)) {
    for (const auto& field : columns.fields()) keys_.push_back(key_of(field.name));
  }

  Status encode(std::span<const types::ColumnRef> columns, const types::Selection& selection,
                Encoded& out) override;

 private:
  static std::string key_of(std::string_view name) {
    std::string key;
    append_json_string(name, JsonSupplementary::kEscaped, key);
    key.push_back(':');
    return key;
  }
  // False: the row has no text (reason_).
  bool write_value(const Column& column, size_t row, Writer& writer);
  void write_scalar(const Column& column, size_t row, Writer& writer) const;
  void write_timestamp(const Column& column, size_t row, Writer& writer) const;
  bool write_list(const Column& column, size_t row, Writer& writer);
  bool write_map(const Column& column, size_t row, Writer& writer);
  bool write_row(const Column& column, size_t row, Writer& writer);

  JsonWriteOptions options_;
  std::vector<std::string> keys_;
  std::string reason_;
};

void JsonEncoder::write_timestamp(const Column& column, size_t row, Writer& writer) const {
  const auto& type = column.type();
  const bool sql = options_.timestamps == JsonTimestamps::kSql;
  writer.quoted([&](char* to) {
    const auto moment = types::from_units(column.value<int64_t>(row), type.units_per_second());
    size_t length = types::format_timestamp_short(moment, sql ? ' ' : 'T', to);
    if (type.kind() == TypeKind::kTimestampLtz) to[length++] = 'Z';
    return length;
  });
}

int64_t integer_at(const Column& column, size_t row) {
  switch (types::physical_width(column.type().physical())) {
    case 1: return column.value<int8_t>(row);
    case 2: return column.value<int16_t>(row);
    case 4: return column.value<int32_t>(row);
    default: return column.value<int64_t>(row);
  }
}

// Numbers that JSON lacks are strings, as Jackson writes them.
template <typename T>
void write_float(T value, Writer& writer) {
  const auto write = [value](char* to) {
    if constexpr (std::is_same_v<T, double>) {
      return types::format_double(value, to);
    } else {
      return types::format_float(value, to);
    }
  };
  if (std::isfinite(value)) {
    writer.scalar(write);
  } else {
    writer.quoted(write);
  }
}

void JsonEncoder::write_scalar(const Column& column, size_t row, Writer& writer) const {
  const auto& type = column.type();
  switch (type.kind()) {
    case TypeKind::kBoolean:
      writer.raw(column.value<uint8_t>(row) != 0 ? std::string_view("true") : "false");
      return;
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
    case TypeKind::kIntervalYearMonth:
    case TypeKind::kIntervalDayTime:
      writer.scalar([&](char* to) { return types::format_integer(integer_at(column, row), to); });
      return;
    case TypeKind::kFloat: write_float(column.value<float>(row), writer); return;
    case TypeKind::kDouble: write_float(column.value<double>(row), writer); return;
    case TypeKind::kDecimal:
      writer.scalar([&](char* to) {
        const auto value = column.value<types::int128_t>(row);
        return options_.decimal_as_plain_number
                   ? types::format_decimal(value, type.scale(), to)
                   : types::format_decimal_stripped(value, type.scale(), to);
      });
      return;
    case TypeKind::kChar:
    case TypeKind::kVarchar: writer.string(column.text(row)); return;
    case TypeKind::kBinary:
    case TypeKind::kVarbinary: writer.base64(column.text(row)); return;
    case TypeKind::kDate:
      writer.quoted([&](char* to) { return types::format_date(column.value<int32_t>(row), to); });
      return;
    case TypeKind::kTime:
      writer.quoted([&](char* to) {
        // Flink writes whole seconds only.
        return types::format_time(column.value<int32_t>(row), 0, to);
      });
      return;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: write_timestamp(column, row, writer); return;
    case TypeKind::kNull:
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap:
    case TypeKind::kRow:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw:
    case TypeKind::kStructured:
    case TypeKind::kDescriptor: writer.raw("null"); return;
  }
}

bool JsonEncoder::write_list(const Column& column, size_t row, Writer& writer) {
  const auto [begin, end] = column.list_range(row);
  writer.raw('[');
  for (int32_t i = begin; i < end; ++i) {
    if (i > begin) writer.raw(',');
    if (!write_value(*column.children()[0], static_cast<size_t>(i), writer)) return false;
  }
  writer.raw(']');
  return true;
}

bool JsonEncoder::write_map(const Column& column, size_t row, Writer& writer) {
  const auto [begin, end] = column.list_range(row);
  const Column& keys = *column.children()[0];
  writer.raw('{');
  bool first = true;
  for (int32_t i = begin; i < end; ++i) {
    const auto at = static_cast<size_t>(i);
    std::string_view key = options_.null_key_literal;
    if (!keys.is_null(at)) {
      key = keys.text(at);
    } else if (options_.null_keys == JsonNullKeys::kDrop) {
      continue;
    } else if (options_.null_keys == JsonNullKeys::kFail) {
      reason_ = "a map has a NULL key ('json.map-null-key.mode' can drop or rename it)";
      return false;
    }
    if (!first) writer.raw(',');
    first = false;
    writer.string(key);
    writer.raw(':');
    if (!write_value(*column.children()[1], at, writer)) return false;
  }
  writer.raw('}');
  return true;
}

bool JsonEncoder::write_row(const Column& column, size_t row, Writer& writer) {
  const size_t at = column.is_constant() ? 0 : row;
  const auto& fields = column.type().children();
  bool first = true;
  writer.raw('{');
  for (size_t i = 0; i < fields.size(); ++i) {
    const Column& child = *column.children()[i];
    if (options_.ignore_null_fields && child.is_null(at)) continue;
    if (!first) writer.raw(',');
    first = false;
    writer.string(fields[i].name);
    writer.raw(':');
    if (!write_value(child, at, writer)) return false;
  }
  writer.raw('}');
  return true;
}

bool JsonEncoder::write_value(const Column& column, size_t row, Writer& writer) {
  if (column.is_null(row)) {
    writer.raw("null");
    return true;
  }
  const auto& type = column.type();
  if (type.kind() == TypeKind::kArray) return write_list(column, row, writer);
  if (type.kind() == TypeKind::kMap || type.kind() == TypeKind::kMultiset) {
    return write_map(column, row, writer);
  }
  if (type.kind() == TypeKind::kRow) return write_row(column, row, writer);
  write_scalar(column, row, writer);
  return true;
}

Status JsonEncoder::encode(std::span<const types::ColumnRef> columns,
                           const types::Selection& selection, Encoded& out) {
  WEIR_CHECK(columns.size() == keys_.size(), "the columns of the encoder's schema");
  out.clear();
  Writer writer(out);
  for (uint32_t at = 0; at < selection.size(); ++at) {
    const uint32_t row = selection[at];
    const size_t begin = writer.used();
    writer.raw('{');
    bool first = true;
    bool complete = true;
    for (size_t i = 0; i < columns.size() && complete; ++i) {
      if (options_.ignore_null_fields && columns[i]->is_null(row)) continue;
      if (!first) writer.raw(',');
      first = false;
      writer.raw(keys_[i]);
      complete = write_value(*columns[i], row, writer);
    }
    if (!complete) {
      writer.rewind(begin);
      out.fail(row, reason_);
      continue;
    }
    writer.raw('}');
    out.end_record(row, writer.used());
  }
  return ok();
}

// An error names the column whose type JSON cannot hold.
Status check_type(const LogicalType& type, std::string_view name) {
  if (type.kind() == TypeKind::kMap || type.kind() == TypeKind::kMultiset) {
    if (!type.children()[0].type.is_character()) {
      return invalid(
                 fmt::format("JSON cannot hold column \"{}\" of type {}", name, type.to_summary()))
          .hint("keys must be strings");
    }
  }
  const bool opaque = type.kind() == TypeKind::kVariant || type.kind() == TypeKind::kBitmap ||
                      type.kind() == TypeKind::kRaw || type.kind() == TypeKind::kStructured ||
                      type.kind() == TypeKind::kDescriptor;
  if (opaque) {
    return unsupported(
        fmt::format("JSON cannot hold column \"{}\" of type {}", name, type.to_summary()));
  }
  for (const auto& child : type.children()) WEIR_TRY(check_type(child.type, name));
  return ok();
}

}  // namespace

Result<std::unique_ptr<Encoder>> make_json_encoder(const types::Schema& columns,
                                                   const JsonWriteOptions& options) {
  for (const auto& field : columns.fields()) WEIR_TRY(check_type(field.type, field.name));
  return std::unique_ptr<Encoder>(std::make_unique<JsonEncoder>(columns, options));
}

}  // namespace weir::formats
