// The text of one value of any type, as Flink shows it.
//
// For CAST to STRING and for the print sink; JSON and CSV have their own writers. Pure.
#pragma once

#include <string>

#include "types/column.h"

namespace weir::types {

class TimeZone;

enum class TextStyle : uint8_t {
  // CAST(... AS STRING): TRUE, exactly p digits of a second, NULL, (1, x), [1, NULL], {a=1}.
  kCast,
  // The print sink: true, ISO timestamps as Java's toString, null, +I[1, x], bytes as [97].
  kPrint,
};

// Appends the value at `row`; `zone` is the session's (only TIMESTAMP_LTZ in kCast looks at it).
void append_text(const Column& column, size_t row, TextStyle style, const TimeZone& zone,
                 std::string& out);

}  // namespace weir::types
