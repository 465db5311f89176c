// The text of numbers inside JSON that is kept as a string, as Jackson's tree writes them.
//
// Pure functions over numbers that the scanner has accepted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::formats {

// What Jackson makes of a number with a fraction or an exponent. Flink asks for BigDecimal when the
// table has a DECIMAL column, else it is a double.
enum class JsonFloats : uint8_t { kDouble, kBigDecimal };

// Appends `text`, a JSON number with a fraction or an exponent: as Java's Double.toString, or
// stripped of trailing zeros and as BigDecimal.toString ("1e3" is "1E+3", "1.50" is "1.5").
void append_json_float(std::string_view text, JsonFloats floats, std::string& out);

}  // namespace weir::formats
