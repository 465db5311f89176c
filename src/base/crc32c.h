// crc32c: the Castagnoli checksum (RFC 3720, polynomial 0x1EDC6F41) of record batches and of our
// own files.
//
// Uses the processor's crc32 instruction, three independent streams at a time, since one stream is
// bound by the instruction's latency. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

// The checksum of bytes whose beginning has the checksum `before`; 0: these bytes are the
// beginning.
[[nodiscard]] uint32_t crc32c(std::span<const std::byte> bytes, uint32_t before = 0);

}  // namespace weir
