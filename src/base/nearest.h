// nearest(): which of the names a user may have meant, for "did you mean ...?".
//
// Pure; edits (a letter more, less or other, or two that changed places) without regard to case, at
// most a third of the name's length (and at least one) apart.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir {

[[nodiscard]] std::optional<std::string> nearest(std::string_view name,
                                                 std::span<const std::string> candidates);

// `did you mean "x"?`, or an empty text when nothing is near.
[[nodiscard]] std::string nearest_hint(std::string_view name,
                                       std::span<const std::string> candidates);

}  // namespace weir
