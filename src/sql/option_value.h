// The values of options and settings, in Flink's notations.
//
// Pure functions over the text of one value; the error is one sentence that names what was
// expected, and the caller adds the key and the position. Connectors read their table's options
// with these, so that what the binder accepted is what they see.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/connector_info.h"

namespace weir::sql {

// "true" or "false" in any case.
[[nodiscard]] Result<bool> parse_boolean(std::string_view text);
[[nodiscard]] Result<int64_t> parse_integer(std::string_view text);
[[nodiscard]] Result<double> parse_double(std::string_view text);
// A number and a unit, in milliseconds: "5 s", "1min", "200 ms", "2 h", "1 d"; without a unit it
// is milliseconds; what is finer than one (us, ns) is cut.
[[nodiscard]] Result<int64_t> parse_duration_ms(std::string_view text);
// A number and a unit, in bytes: "128 mb", "64kb", "1 g"; without a unit it is bytes.
[[nodiscard]] Result<int64_t> parse_memory_size(std::string_view text);
// The parts between ';', trimmed, without empty ones.
[[nodiscard]] std::vector<std::string> parse_list(std::string_view text);

// "Boolean", "Duration", ...: how a type is named in messages and docs.
[[nodiscard]] std::string_view option_type_name(OptionType type);
// Whether `text` is a value of that type (and one of `choices` for kEnum).
[[nodiscard]] Status check_option_value(std::string_view text, OptionType type,
                                        const std::vector<std::string_view>& choices);

}  // namespace weir::sql
