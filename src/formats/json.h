// The json format: Flink's reader and writer of one JSON object a record.
//
// Source: Flink 2.2's flink-json (JsonParserToRowDataConverters and RowDataToJsonConverters, read
// for behaviour) and Jackson's grammar. What follows the closing brace is not read, as in Flink.
#pragma once

#include "formats/format.h"

namespace weir::formats {

[[nodiscard]] const Format& json_format();

// 'timestamp-format.standard'
enum class JsonTimestamps : uint8_t { kSql, kIso8601 };
enum class JsonNullKeys : uint8_t { kFail, kDrop, kLiteral };

struct JsonReadOptions {
  bool fail_on_missing_field = false;
  bool ignore_parse_errors = false;
  JsonTimestamps timestamps = JsonTimestamps::kSql;
};

struct JsonWriteOptions {
  JsonTimestamps timestamps = JsonTimestamps::kSql;
  JsonNullKeys null_keys = JsonNullKeys::kFail;
  std::string null_key_literal = "null";
  bool decimal_as_plain_number = false;
  bool ignore_null_fields = false;
};

// An error names the column that the format cannot carry.
Result<std::unique_ptr<Decoder>> make_json_decoder(const types::Schema& columns,
                                                   const JsonReadOptions& options);
Result<std::unique_ptr<Encoder>> make_json_encoder(const types::Schema& columns,
                                                   const JsonWriteOptions& options);

}  // namespace weir::formats
