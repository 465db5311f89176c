// One scalar JSON token into one row of a column, as Flink's JSON reader converts it.
//
// False: the token has no value of the column's type (a conversion failure, not a fault of the
// grammar). Strings stay views into the record unless they have escapes. One thread.
#pragma once

#include "formats/column_sink.h"
#include "formats/json.h"
#include "formats/json_text.h"

namespace weir::formats {

// Whether JSON carries the (non-nested) type.
[[nodiscard]] bool is_json_scalar(const types::LogicalType& type);

// `token` is no object, array or null. `scratch` is reused from call to call.
[[nodiscard]] bool convert_json_token(const JsonToken& token, ColumnSink& sink, uint32_t row,
                                      JsonTimestamps timestamps, std::string& scratch);

}  // namespace weir::formats
