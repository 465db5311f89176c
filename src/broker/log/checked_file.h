// The frame of weir's small binary files: 8 bytes of magic in front, the XXH3-64 of all behind.
//
// Free functions over bytes; no I/O. Failure: kCorrupt.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace weir::broker {

inline constexpr size_t kMagicSize = 8;

// The writer holds magic and content; the result has the checksum behind.
[[nodiscard]] std::string seal(const ByteWriter& content);
// Checks magic and checksum; what lies between them.
Result<std::string_view> unseal(std::string_view file, std::string_view magic);

}  // namespace weir::broker
