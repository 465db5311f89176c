// The words that Flink reserves: to be used as a name they must stand in backticks.
//
// The list is a fact about Flink 2.2's parser (every keyword of it that it refuses as the name of a
// column). Constant; any thread.
#pragma once

#include <string>
#include <string_view>

namespace weir::sql {

// Without regard to case.
[[nodiscard]] bool is_reserved_word(std::string_view word);

// ASCII letters in upper case, everything else as it is.
[[nodiscard]] std::string to_upper_ascii(std::string_view text);

}  // namespace weir::sql
