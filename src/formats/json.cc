#include "formats/json.h"

namespace weir::formats {
namespace {

bool is_true(const Options& options, std::string_view key) {
  const auto found = options.find(key);
  return found != options.end() &&
         (found->second == "true" || found->second == "TRUE" || found->second == "True");
}

JsonTimestamps timestamps(const Options& options) {
  const auto found = options.find("timestamp-format.standard");
  return found != options.end() && found->second == "ISO-8601" ? JsonTimestamps::kIso8601
                                                               : JsonTimestamps::kSql;
}

Result<std::unique_ptr<Decoder>> make_decoder(const types::Schema& columns,
                                              const Options& options) {
  JsonReadOptions read;
  read.fail_on_missing_field = is_true(options, "fail-on-missing-field");
  read.ignore_parse_errors = is_true(options, "ignore-parse-errors");
  read.timestamps = timestamps(options);
  if (read.fail_on_missing_field && read.ignore_parse_errors) {
    return invalid("fail-on-missing-field and ignore-parse-errors cannot both be true");
  }
  return make_json_decoder(columns, read);
}

Result<std::unique_ptr<Encoder>> make_encoder(const types::Schema& columns,
                                              const Options& options) {
  JsonWriteOptions write;
  write.timestamps = timestamps(options);
  write.decimal_as_plain_number = is_true(options, "encode.decimal-as-plain-number");
  write.ignore_null_fields = is_true(options, "encode.ignore-null-fields");
  if (const auto mode = options.find("map-null-key.mode"); mode != options.end()) {
    if (mode->second == "DROP") write.null_keys = JsonNullKeys::kDrop;
    if (mode->second == "LITERAL") write.null_keys = JsonNullKeys::kLiteral;
  }
  if (const auto literal = options.find("map-null-key.literal"); literal != options.end()) {
    write.null_key_literal = literal->second;
  }
  return make_json_encoder(columns, write);
}

}  // namespace

const Format& json_format() {
  using Type = FormatOption::Type;
  static const Format format{
      .name = "json",
      .doc = "One JSON object a record.",
      .options =
          {
              {"fail-on-missing-field",
               Type::kBoolean,
               "false",
               {},
               "Whether a record that lacks a column is a bad record; else the column is NULL."},
              {"ignore-parse-errors",
               Type::kBoolean,
               "false",
               {},
               "Whether a field that cannot be read is NULL; else the record is a bad record."},
              {"timestamp-format.standard",
               Type::kEnum,
               "SQL",
               {"SQL", "ISO-8601"},
               "How timestamps are written: 2020-12-30 12:13:14.123 or 2020-12-30T12:13:14.123."},
              {"map-null-key.mode",
               Type::kEnum,
               "FAIL",
               {"FAIL", "DROP", "LITERAL"},
               "What to do with a NULL key of a MAP when writing."},
              {"map-null-key.literal",
               Type::kString,
               "null",
               {},
               "The key that stands for NULL when map-null-key.mode is LITERAL."},
              {"encode.decimal-as-plain-number",
               Type::kBoolean,
               "false",
               {},
               "Whether DECIMAL is written without an exponent and with all its digits."},
              {"encode.ignore-null-fields",
               Type::kBoolean,
               "false",
               {},
               "Whether NULL columns are left out when writing."},
              {"decode.json-parser.enabled",
               Type::kBoolean,
               "true",
               {},
               "Accepted for Flink's sake; there is one reader."},
          },
      .make_decoder = &make_decoder,
      .make_encoder = &make_encoder,
  };
  return format;
}

}  // namespace weir::formats
