// The four compressions of Kafka's record batches.
//
// Reads what every client writes: gzip (also several members), snappy in Java's framing ("xerial")
// and raw, LZ4 frames, Zstandard (also several frames, with or without a content size). Writes what
// every client reads: gzip, snappy in Java's framing, LZ4 frames of independent 64 KB blocks,
// one Zstandard frame with its content size.
// A decompressor grows its output only while input yields it and never beyond the limit, so that a
// small batch cannot ask for much memory. It keeps its contexts between calls: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"

namespace weir::kafka {

// The numbers are those of a batch's attributes.
enum class Compression : uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

// "none", "gzip", ...: the values of Kafka's `compression.type`.
[[nodiscard]] std::string_view compression_name(Compression compression);
// kInvalid for a name that is none of them; `hint` names them.
[[nodiscard]] Result<Compression> parse_compression(std::string_view name);

inline constexpr size_t kMaxDecompressedSize = size_t{256} << 20U;

class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;

  // kCorrupt for malformed input, kExhausted for more than `limit` bytes of output. kNone copies.
  Result<std::shared_ptr<Buffer>> decompress(Compression compression,
                                             std::span<const std::byte> input,
                                             size_t limit = kMaxDecompressedSize);

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

// With each library's default level. kExhausted for input that the library does not take.
Result<std::vector<std::byte>> compress(Compression compression, std::span<const std::byte> input);

}  // namespace weir::kafka
