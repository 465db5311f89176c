// Reads JSON records into columns in a single pass over their bytes.
//
//   for each record: object(columns, row)
//   object:  for each key: predicted or looked up -> the field's sink, or skipped
//   value:   a scalar token is converted; an object or array goes to ROW, MAP, ARRAY, or becomes
//            its own text in a STRING
//   then:    UTF-8 is checked if anything beyond ASCII was seen; fields that did not come are NULL
#include <algorithm>
#include <memory>
#include <unordered_map>

#include "formats/column_sink.h"
#include "formats/json.h"
#include "formats/json_convert.h"
#include "formats/json_keys.h"
#include "types/utf8.h"

namespace weir::formats {
namespace {

using types::LogicalType;
using types::TypeKind;

// What is needed beside a sink to read it: the keys of objects, child by child.
struct Reader {
  enum class Shape : uint8_t { kScalar, kText, kRow, kList, kMap };
  Shape shape = Shape::kScalar;
  std::string name;  // for messages
  std::unique_ptr<JsonKeys> keys;
  std::vector<Reader> children;
  std::vector<uint64_t> seen;  // a bit a field of the object at hand
};

Result<Reader> make_reader(const LogicalType& type, std::string name) {
  Reader reader;
  reader.name = std::move(name);
  if (type.kind() == TypeKind::kRow) {
    reader.shape = Reader::Shape::kRow;
    reader.keys = std::make_unique<JsonKeys>(type.children());
    reader.seen.resize(type.children().size() / 64 + 1);
    for (const auto& field : type.children()) {
      std::string path = reader.name.empty() ? field.name : reader.name + "." + field.name;
      reader.children.push_back(WEIR_TRY(make_reader(field.type, std::move(path))));
    }
    return reader;
  }
  if (type.kind() == TypeKind::kArray) {
    reader.shape = Reader::Shape::kList;
    reader.children.push_back(WEIR_TRY(make_reader(type.children()[0].type, reader.name + "[]")));
    return reader;
  }
  if (type.kind() == TypeKind::kMap || type.kind() == TypeKind::kMultiset) {
    reader.shape = Reader::Shape::kMap;
    if (!type.children()[0].type.is_character()) {
      return invalid(fmt::format("JSON cannot hold column \"{}\" of type {}", reader.name,
                                 type.to_summary()))
          .hint("keys must be strings");
    }
    const bool map = type.kind() == TypeKind::kMap;
    const LogicalType value = map ? type.children()[1].type : LogicalType::integer();
    reader.children.push_back(WEIR_TRY(make_reader(type.children()[0].type, reader.name)));
    reader.children.push_back(WEIR_TRY(make_reader(value, reader.name + "{}")));
    return reader;
  }
  if (!is_json_scalar(type)) {
    return unsupported(
        fmt::format("JSON cannot hold column \"{}\" of type {}", reader.name, type.to_summary()));
  }
  if (type.is_character()) reader.shape = Reader::Shape::kText;
  return reader;
}

bool has_list(const LogicalType& type) {
  if (type.physical() == types::Physical::kList) return true;
  return std::ranges::any_of(type.children(),
                             [](const auto& child) { return has_list(child.type); });
}

bool has_decimal(const LogicalType& type) {
  if (type.kind() == TypeKind::kDecimal) return true;
  return std::ranges::any_of(type.children(),
                             [](const auto& child) { return has_decimal(child.type); });
}

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const types::Schema& columns, const JsonReadOptions& options, Reader root)
      : options_(options),
        floats_(has_decimal(LogicalType::row(columns.fields())) ? JsonFloats::kBigDecimal
                                                                : JsonFloats::kDouble),
        root_(std::move(root)),
        sink_(LogicalType::row(columns.fields())) {}

  Status decode(std::span<const Record> records, std::span<const BufferRef> buffers,
                Decoded& out) override;

 private:
  bool read_record(const Record& record, uint32_t row, bool& has_row);
  bool read_object(Reader& reader, ColumnSink& sink, uint32_t row);
  bool read_field(Reader& reader, ColumnSink& sink, uint32_t row);
  bool read_token(Reader& reader, ColumnSink& sink, uint32_t row, JsonToken& token);
  bool read_text(ColumnSink& sink, uint32_t row, const JsonToken& token, const char* begin);
  bool read_list(Reader& reader, ColumnSink& sink, uint32_t row);
  bool read_map(Reader& reader, ColumnSink& sink, uint32_t row);
  // `count`: fields that came.
  bool set_missing(Reader& reader, ColumnSink& sink, uint32_t row, size_t count);
  // A value that does not convert: NULL, or the end of the record, as the options say.
  bool reject_value(const Reader& reader, ColumnSink& sink, uint32_t row, const JsonToken& token);

  JsonReadOptions options_;
  JsonFloats floats_;
  Reader root_;
  ColumnSink sink_;
  JsonCursor cursor_;
  JsonKeys skipped_keys_{{}};
  std::string scratch_;
  std::string reason_;  // of the current record
};

bool JsonDecoder::reject_value(const Reader& reader, ColumnSink& sink, uint32_t row,
                               const JsonToken& token) {
  if (reason_.empty()) {
    std::string_view text = token.text.substr(0, 100);
    while (!text.empty() && !types::is_valid_utf8(text)) text.remove_suffix(1);
    reason_ = fmt::format("field \"{}\": cannot read {} as {}", reader.name,
                          token.kind == JsonToken::Kind::kObject  ? "an object"
                          : token.kind == JsonToken::Kind::kArray ? "an array"
                                                                  : fmt::format("'{}'", text),
                          sink.type().to_summary());
  }
  if (!options_.ignore_parse_errors) return false;
  sink.reset(row);
  sink.set_null(row);
  return true;
}

bool JsonDecoder::read_text(ColumnSink& sink, uint32_t row, const JsonToken& token,
                            const char* begin) {
  bool clean = true;
  if (!skip_rest(cursor_, token, clean, 1)) return false;
  const std::string_view text(begin, static_cast<size_t>(cursor_.at - begin));
  if (clean) {
    sink.set(row, types::StringRef(text));
  } else {
    scratch_.clear();
    normalise_json(text, floats_, scratch_);
    sink.set(row, sink.heap().add(scratch_));
  }
  return true;
}

bool JsonDecoder::read_token(Reader& reader, ColumnSink& sink, uint32_t row, JsonToken& token) {
  using Kind = JsonToken::Kind;
  if (token.kind == Kind::kNull) {
    sink.set_null(row);
    return true;
  }
  const bool scalar = token.kind != Kind::kObject && token.kind != Kind::kArray;
  switch (reader.shape) {
    case Reader::Shape::kText:
      if (!scalar) return read_text(sink, row, token, cursor_.at - 1);
      break;
    case Reader::Shape::kScalar: break;
    case Reader::Shape::kRow:
      if (token.kind == Kind::kObject) return read_object(reader, sink, row);
      break;
    case Reader::Shape::kList:
      if (token.kind == Kind::kArray) return read_list(reader, sink, row);
      break;
    case Reader::Shape::kMap:
      if (token.kind == Kind::kObject) return read_map(reader, sink, row);
      break;
  }
  if (token.escaped && token.kind == Kind::kString) {
    scratch_.clear();
    if (!unescape(token.text, scratch_)) return cursor_.fail("an escape that JSON does not have");
  }
  const bool fits = reader.shape == Reader::Shape::kScalar || reader.shape == Reader::Shape::kText;
  if (scalar && fits && convert_json_token(token, sink, row, options_.timestamps, scratch_))
      [[likely]] {
    return true;
  }
  bool clean = true;
  if (!skip_rest(cursor_, token, clean, 1)) return false;
  return reject_value(reader, sink, row, token);
}

bool JsonDecoder::read_field(Reader& reader, ColumnSink& sink, uint32_t row) {
  JsonToken token;
  return scan_token(cursor_, token) && read_token(reader, sink, row, token);
}

bool JsonDecoder::set_missing(Reader& reader, ColumnSink& sink, uint32_t row, size_t count) {
  for (size_t field = 0; field < reader.children.size(); ++field) {
    if ((reader.seen[field / 64] >> (field % 64) & 1U) != 0) continue;
    if (options_.fail_on_missing_field && count < reader.children.size()) {
      reason_ = fmt::format("field \"{}\" is missing", reader.children[field].name);
      return false;
    }
    sink.children()[field].set_null(row);
  }
  return true;
}

// Behind the opening brace. As Flink's reader, it takes as many fields as it wants, repeated ones
// included, and skips what comes behind them: of repeated keys the last counts only while another
// field has not come.
bool JsonDecoder::read_object(Reader& reader, ColumnSink& sink, uint32_t row) {
  std::ranges::fill(reader.seen, 0);
  const size_t wanted = reader.children.size();
  size_t count = 0;
  bool repeated = false;
  reader.keys->restart();
  if (cursor_.peek() == '}') {
    ++cursor_.at;
    return set_missing(reader, sink, row, count);
  }
  while (true) {
    if (cursor_.peek() != '"') return cursor_.fail("a field name must stand in quotes");
    int field = 0;
    if (!reader.keys->read(cursor_, field)) return false;
    if (field == JsonKeys::kUnwanted || count == wanted) {
      if (!skip_unwanted(cursor_, 1)) return false;
    } else {
      JsonToken token;
      if (!scan_token(cursor_, token)) return false;
      const auto at = static_cast<size_t>(field);
      uint64_t& word = reader.seen[at / 64];
      const uint64_t bit = uint64_t{1} << (at % 64);
      ColumnSink& child = sink.children()[at];
      if ((word & bit) != 0) [[unlikely]] {
        child.reset(row);
        repeated = true;
      }
      ++count;
      word |= bit;
      if (!read_token(reader.children[at], child, row, token)) return false;
    }
    const char next = cursor_.peek();
    ++cursor_.at;
    if (next == ',') [[likely]]
      continue;
    if (next != '}') return cursor_.fail("a comma or } must follow a field");
    if (count == wanted && !repeated) [[likely]]
      return true;
    return set_missing(reader, sink, row, count);
  }
}

// Behind the opening bracket.
bool JsonDecoder::read_list(Reader& reader, ColumnSink& sink, uint32_t row) {
  sink.begin_list(row);
  if (cursor_.peek() == ']') {
    ++cursor_.at;
    sink.end_list(row);
    return true;
  }
  while (true) {
    const uint32_t element = sink.next_element();
    if (!read_field(reader.children[0], sink.children()[0], element)) return false;
    const char next = cursor_.peek();
    ++cursor_.at;
    if (next == ',') continue;
    if (next != ']') return cursor_.fail("a comma or ] must follow an element");
    sink.end_list(row);
    return true;
  }
}

// Behind the opening brace. Of repeated keys the last value counts.
bool JsonDecoder::read_map(Reader& reader, ColumnSink& sink, uint32_t row) {
  sink.begin_list(row);
  std::unordered_map<std::string, uint32_t> elements;
  if (cursor_.peek() == '}') {
    ++cursor_.at;
    sink.end_list(row);
    return true;
  }
  while (true) {
    if (cursor_.peek() != '"') return cursor_.fail("a field name must stand in quotes");
    JsonToken key;
    if (!scan_token(cursor_, key)) return false;
    std::string name;
    if (!unescape(key.text, name)) return cursor_.fail("an escape that JSON does not have");
    if (!cursor_.expect(':', "a colon must follow a field name")) return false;
    const auto [found, added] = elements.try_emplace(std::move(name), sink.elements());
    ColumnSink& values = sink.children()[1];
    if (added) {
      const uint32_t element = sink.next_element();
      ColumnSink& keys = sink.children()[0];
      keys.set(element, keys.heap().add(found->first));
    } else if (has_list(values.type())) {
      return cursor_.fail("a key comes twice in a map whose values hold lists");
    } else {
      values.reset(found->second);
    }
    if (!read_field(reader.children[1], values, found->second)) return false;
    const char next = cursor_.peek();
    ++cursor_.at;
    if (next == ',') continue;
    if (next != '}') return cursor_.fail("a comma or } must follow a field");
    sink.end_list(row);
    return true;
  }
}

bool JsonDecoder::read_record(const Record& record, uint32_t row, bool& has_row) {
  cursor_ = {record.data, record.data + record.size, nullptr, false, &skipped_keys_};
  skipped_keys_.restart();
  reason_.clear();
  has_row = true;
  JsonToken token;
  if (!scan_token(cursor_, token)) return false;
  if (token.kind == JsonToken::Kind::kNull) {
    has_row = false;  // Flink gives no row for it either
    return true;
  }
  if (token.kind != JsonToken::Kind::kObject) return cursor_.fail("the record is not an object");
  if (!read_object(root_, sink_, row)) return false;
  if (cursor_.at > cursor_.end) return cursor_.fail("the record ends inside the object");
  if (cursor_.suspicious && !types::is_valid_utf8({record.data, record.size})) {
    return cursor_.fail("the record is not valid UTF-8");
  }
  return true;
}

Status JsonDecoder::decode(std::span<const Record> records, std::span<const BufferRef> buffers,
                           Decoded& out) {
  WEIR_CHECK(records.size() <= types::Batch::kMaxRows, "a batch has at most 4096 rows");
  out.bad.clear();
  out.record_of_row.clear();
  out.columns.clear();
  out.row_kinds = nullptr;
  sink_.reserve(static_cast<uint32_t>(records.size()));
  uint32_t rows = 0;
  for (uint32_t i = 0; i < records.size(); ++i) {
    if (records[i].data == nullptr) continue;
    bool has_row = true;
    const bool good = read_record(records[i], rows, has_row);
    if (!good) [[unlikely]] {
      if (cursor_.reason != nullptr) {
        reason_ = fmt::format("not JSON: {} (byte {})", cursor_.reason,
                              std::min<int64_t>(cursor_.at - records[i].data, records[i].size));
      }
      sink_.reset(rows);
      out.bad.push_back({i, reason_, false, options_.ignore_parse_errors});
      continue;
    }
    if (!has_row) continue;
    if (!reason_.empty()) [[unlikely]]
      out.bad.push_back({i, reason_, true, options_.ignore_parse_errors});
    out.record_of_row.push_back(static_cast<uint16_t>(i));
    ++rows;
  }
  out.rows = rows;
  const auto root = sink_.finish(rows, buffers);
  out.columns = root->children();
  return ok();
}

}  // namespace

Result<std::unique_ptr<Decoder>> make_json_decoder(const types::Schema& columns,
                                                   const JsonReadOptions& options) {
  auto reader = WEIR_TRY(make_reader(LogicalType::row(columns.fields()), ""));
  return std::unique_ptr<Decoder>(
      std::make_unique<JsonDecoder>(columns, options, std::move(reader)));
}

}  // namespace weir::formats
