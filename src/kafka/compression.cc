#include "kafka/compression.h"

#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"

namespace weir::kafka {
namespace {

using Bytes = std::span<const std::byte>;

// Java's snappy-java stream: this magic, two int32 versions, then blocks of int32 size and snappy.
constexpr std::array<uint8_t, 8> kXerialMagic = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
constexpr size_t kXerialHeaderSize = 16;
constexpr size_t kXerialBlockSize = size_t{32} << 10U;
constexpr size_t kFirstOutputSize = size_t{64} << 10U;

constexpr std::array<std::string_view, 5> kNames = {"none", "gzip", "snappy", "lz4", "zstd"};

Error malformed(Compression compression) {
  return corrupt(std::string("malformed ").append(compression_name(compression)).append(" data"));
}

Error too_large(size_t limit) {
  return exhausted(fmt::format("a record batch holds more than {} bytes when decompressed", limit));
}

// Output that doubles while a stream yields more, up to the limit.
class GrowingOutput {
 public:
  GrowingOutput(size_t input_size, size_t limit)
      : limit_(limit),
        buffer_(Buffer::allocate(std::min(limit, std::max(kFirstOutputSize, input_size * 4)))) {}

  [[nodiscard]] std::byte* at() { return buffer_->mutable_data() + used_; }
  [[nodiscard]] size_t room() const { return buffer_->size() - used_; }
  void used(size_t size) { used_ += size; }
  // False when the limit is reached.
  bool grow() {
    if (buffer_->size() == limit_) return false;
    auto bigger = Buffer::allocate(std::min(limit_, buffer_->size() * 2));
    std::memcpy(bigger->mutable_data(), buffer_->data(), used_);
    buffer_ = std::move(bigger);
    return true;
  }
  std::shared_ptr<Buffer> take() {
    buffer_->shrink(used_);
    return std::move(buffer_);
  }

 private:
  size_t limit_;
  size_t used_ = 0;
  std::shared_ptr<Buffer> buffer_;
};

// One step of a stream: bytes taken, bytes made, and whether it stands at an end of a frame.
struct Step {
  size_t taken;
  size_t made;
  bool at_end;
};

// Drives step(input, output) -> optional<Step> (nullopt: malformed) until the input is used up.
// Frames may follow each other. Input that ends within a frame is malformed.
template <typename StepFunction>
Result<std::shared_ptr<Buffer>> run_stream(Compression compression, Bytes input, size_t limit,
                                           StepFunction&& step) {
  GrowingOutput output(input.size(), limit);
  bool at_end = false;
  while (true) {
    // Without room a frame's end may still be read; only what makes bytes then is too much.
    if (output.room() == 0 && !(input.empty() && at_end)) {
      if (!output.grow()) {
        std::byte spare;
        const std::optional<Step> last = step(input, &spare, size_t{0});
        if (!last.has_value()) return malformed(compression);
        if (!last->at_end || last->taken != input.size()) return too_large(limit);
        return output.take();
      }
    }
    if (input.empty() && at_end) return output.take();
    const std::optional<Step> done = step(input, output.at(), output.room());
    if (!done.has_value()) return malformed(compression);
    input = input.subspan(done->taken);
    output.used(done->made);
    at_end = done->at_end;
    const bool stuck = done->taken == 0 && done->made == 0 && output.room() > 0;
    if (stuck && !(at_end && input.empty())) return malformed(compression);
  }
}

bool is_xerial(Bytes input) {
  return input.size() >= kXerialHeaderSize &&
         std::memcmp(input.data(), kXerialMagic.data(), kXerialMagic.size()) == 0;
}

// Calls visit(block) for each snappy block; false when the input is malformed.
template <typename Visit>
bool for_each_snappy_block(Bytes input, Visit&& visit) {
  if (!is_xerial(input)) return visit(input);
  ByteReader in(input.subspan(kXerialHeaderSize));
  while (in.remaining() > 0) {
    const auto size = in.be<uint32_t>();
    const auto block = in.bytes(size);
    if (!in.ok() || !visit(block)) return false;
  }
  return true;
}

Result<std::shared_ptr<Buffer>> decompress_snappy(Bytes input, size_t limit) {
  size_t total = 0;
  bool fits = true;
  const bool sized = for_each_snappy_block(input, [&](Bytes block) {
    size_t size = 0;
    // Snappy cannot make more than about 64 bytes from three of input: a length beyond is false.
    if (!snappy::GetUncompressedLength(reinterpret_cast<const char*>(block.data()), block.size(),
                                       &size) ||
        size / 64 > block.size()) {
      return false;
    }
    total += size;
    fits = total <= limit;
    return fits;
  });
  if (!fits) return too_large(limit);
  if (!sized) return malformed(Compression::kSnappy);
  auto buffer = Buffer::allocate(total);
  auto* at = reinterpret_cast<char*>(buffer->mutable_data());
  const bool good = for_each_snappy_block(input, [&](Bytes block) {
    const auto* from = reinterpret_cast<const char*>(block.data());
    size_t size = 0;
    if (!snappy::GetUncompressedLength(from, block.size(), &size)) return false;
    if (!snappy::RawUncompress(from, block.size(), at)) return false;
    at += size;
    return true;
  });
  if (!good) return malformed(Compression::kSnappy);
  return buffer;
}

std::vector<std::byte> compress_snappy(Bytes input) {
  ByteWriter out;
  out.bytes(std::as_bytes(std::span(kXerialMagic)));
  out.be(int32_t{1});
  out.be(int32_t{1});
  std::string block;
  while (!input.empty()) {
    const auto part = input.first(std::min(input.size(), kXerialBlockSize));
    snappy::Compress(reinterpret_cast<const char*>(part.data()), part.size(), &block);
    out.be(static_cast<uint32_t>(block.size()));
    out.text(block);
    input = input.subspan(part.size());
  }
  return std::move(out).take();
}

Result<std::vector<std::byte>> compress_gzip(Bytes input) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (input.size() > UINT32_MAX || deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                                                kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return exhausted("gzip does not take this much data");
  }
  std::vector<std::byte> out(deflateBound(&stream, input.size()));
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return exhausted("gzip does not take this much data");
  return out;
}

Result<std::vector<std::byte>> compress_lz4(Bytes input) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;  // Java's reader knows no other
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  std::vector<std::byte> out(LZ4F_compressFrameBound(input.size(), &preferences));
  const size_t size =
      LZ4F_compressFrame(out.data(), out.size(), input.data(), input.size(), &preferences);
  if (LZ4F_isError(size) != 0) return exhausted("lz4 does not take this much data");
  out.resize(size);
  return out;
}

Result<std::vector<std::byte>> compress_zstd(Bytes input) {
  std::vector<std::byte> out(ZSTD_compressBound(input.size()));
  const size_t size =
      ZSTD_compress(out.data(), out.size(), input.data(), input.size(), ZSTD_CLEVEL_DEFAULT);
  if (ZSTD_isError(size) != 0) return exhausted("zstd does not take this much data");
  out.resize(size);
  return out;
}

}  // namespace

struct Decompressor::Contexts {
  Contexts() = default;
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;
  ~Contexts() {
    ZSTD_freeDCtx(zstd);
    LZ4F_freeDecompressionContext(lz4);
    if (has_gzip) inflateEnd(&gzip);
  }

  Result<std::shared_ptr<Buffer>> run_gzip(Bytes input, size_t limit);
  Result<std::shared_ptr<Buffer>> run_lz4(Bytes input, size_t limit);
  Result<std::shared_ptr<Buffer>> run_zstd(Bytes input, size_t limit);

  ZSTD_DCtx* zstd = nullptr;
  LZ4F_dctx* lz4 = nullptr;
  z_stream gzip{};
  bool has_gzip = false;
};

Result<std::shared_ptr<Buffer>> Decompressor::Contexts::run_gzip(Bytes input, size_t limit) {
  constexpr int kGzipWindow = 15 + 16;
  const int ready = has_gzip ? inflateReset(&gzip) : inflateInit2(&gzip, kGzipWindow);
  WEIR_CHECK(ready == Z_OK, "zlib starts");
  has_gzip = true;
  bool ended = false;
  return run_stream(Compression::kGzip, input, limit,
                    [&](Bytes from, std::byte* to, size_t room) -> std::optional<Step> {
                      if (ended && inflateReset(&gzip) != Z_OK) return std::nullopt;
                      gzip.next_in =
                          const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from.data()));
                      gzip.avail_in = static_cast<uInt>(std::min<size_t>(from.size(), UINT32_MAX));
                      gzip.next_out = reinterpret_cast<Bytef*>(to);
                      gzip.avail_out = static_cast<uInt>(std::min<size_t>(room, UINT32_MAX));
                      const auto in_before = gzip.avail_in;
                      const auto out_before = gzip.avail_out;
                      const int result = inflate(&gzip, Z_NO_FLUSH);
                      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
                        return std::nullopt;
                      }
                      ended = result == Z_STREAM_END;
                      return Step{in_before - gzip.avail_in, out_before - gzip.avail_out, ended};
                    });
}

Result<std::shared_ptr<Buffer>> Decompressor::Contexts::run_lz4(Bytes input, size_t limit) {
  if (lz4 == nullptr) {
    WEIR_CHECK(LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION)) == 0,
               "lz4 starts");
  }
  LZ4F_resetDecompressionContext(lz4);
  return run_stream(Compression::kLz4, input, limit,
                    [&](Bytes from, std::byte* to, size_t room) -> std::optional<Step> {
                      size_t taken = from.size();
                      size_t made = room;
                      const size_t result =
                          LZ4F_decompress(lz4, to, &made, from.data(), &taken, nullptr);
                      if (LZ4F_isError(result) != 0) return std::nullopt;
                      return Step{taken, made, result == 0};
                    });
}

Result<std::shared_ptr<Buffer>> Decompressor::Contexts::run_zstd(Bytes input, size_t limit) {
  if (zstd == nullptr) zstd = ZSTD_createDCtx();
  WEIR_CHECK(zstd != nullptr, "zstd starts");
  const uint64_t content = ZSTD_getFrameContentSize(input.data(), input.size());
  const size_t frame = ZSTD_findFrameCompressedSize(input.data(), input.size());
  // The content size is a claim; a batch that is mostly made of zeros may still be honest, so only
  // the limit and a generous ratio bound what is taken before the first byte is seen.
  constexpr uint64_t kTrustedRatio = 1024;
  if (content < ZSTD_CONTENTSIZE_ERROR - 1 && frame == input.size() &&
      content / kTrustedRatio <= input.size()) {
    if (content > limit) return too_large(limit);
    auto buffer = Buffer::allocate(content);
    const size_t made =
        ZSTD_decompressDCtx(zstd, buffer->mutable_data(), content, input.data(), input.size());
    if (ZSTD_isError(made) != 0 || made != content) return malformed(Compression::kZstd);
    return buffer;
  }
  ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only);
  return run_stream(Compression::kZstd, input, limit,
                    [&](Bytes from, std::byte* to, size_t room) -> std::optional<Step> {
                      ZSTD_inBuffer in{from.data(), from.size(), 0};
                      ZSTD_outBuffer out{to, room, 0};
                      const size_t result = ZSTD_decompressStream(zstd, &out, &in);
                      if (ZSTD_isError(result) != 0) return std::nullopt;
                      return Step{in.pos, out.pos, result == 0};
                    });
}

Decompressor::Decompressor() : contexts_(std::make_unique<Contexts>()) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

Result<std::shared_ptr<Buffer>> Decompressor::decompress(Compression compression, Bytes input,
                                                         size_t limit) {
  switch (compression) {
    case Compression::kNone:
      if (input.size() > limit) return too_large(limit);
      return Buffer::copy_of(input);
    case Compression::kGzip: return contexts_->run_gzip(input, limit);
    case Compression::kSnappy: return decompress_snappy(input, limit);
    case Compression::kLz4: return contexts_->run_lz4(input, limit);
    case Compression::kZstd: return contexts_->run_zstd(input, limit);
  }
  return corrupt(fmt::format("unknown compression {}", static_cast<int>(compression)));
}

Result<std::vector<std::byte>> compress(Compression compression, Bytes input) {
  switch (compression) {
    case Compression::kNone: return std::vector<std::byte>(input.begin(), input.end());
    case Compression::kGzip: return compress_gzip(input);
    case Compression::kSnappy: return compress_snappy(input);
    case Compression::kLz4: return compress_lz4(input);
    case Compression::kZstd: return compress_zstd(input);
  }
  return invalid(fmt::format("unknown compression {}", static_cast<int>(compression)));
}

std::string_view compression_name(Compression compression) {
  const auto index = static_cast<size_t>(compression);
  return index < kNames.size() ? kNames[index] : "unknown";
}

Result<Compression> parse_compression(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) {
    return invalid(fmt::format("unknown compression \"{}\"", name))
        .hint("one of none, gzip, snappy, lz4, zstd");
  }
  return static_cast<Compression>(found - kNames.begin());
}

}  // namespace weir::kafka
