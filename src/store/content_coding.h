// ContentCoding: HTTP's Content-Encoding in both directions: gzip, deflate, zstd, lz4 (frames).
//
// A decoder takes pieces of a body as they come and yields what they hold; an encoder does the
// reverse. Sources: RFC 9110 section 8.4 (names; deflate is the zlib format, RFC 1950), RFC 8878
// (zstd), the LZ4 frame format 1.6. The output of one call is bounded by the sink, which is called
// with pieces of at most kCodingPiece bytes, so a small body cannot unpack into memory. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::store {

inline constexpr size_t kCodingPiece = 256U << 10U;

enum class ContentCoding { kIdentity, kGzip, kDeflate, kZstd, kLz4 };

// "gzip", "x-gzip", "deflate", "zstd", "lz4", "identity", "": kUnsupported for others.
Result<ContentCoding> parse_content_coding(std::string_view name);
[[nodiscard]] std::string_view content_coding_name(ContentCoding coding);
// The best coding that an Accept-Encoding header allows; identity when it names none that we know.
[[nodiscard]] ContentCoding choose_content_coding(std::string_view accept_encoding);

using CodingSink = std::function<Status(std::string_view)>;

class Decoder {
 public:
  virtual ~Decoder() = default;
  // kCorrupt when the bytes are not of this coding; the sink's own failure otherwise.
  virtual Status decode(std::string_view bytes, const CodingSink& sink) = 0;
  // kCorrupt when the body ended in the middle.
  virtual Status finish() = 0;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual Status encode(std::string_view bytes, const CodingSink& sink) = 0;
  virtual Status finish(const CodingSink& sink) = 0;
};

[[nodiscard]] std::unique_ptr<Decoder> make_decoder(ContentCoding coding);
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(ContentCoding coding);

}  // namespace weir::store
