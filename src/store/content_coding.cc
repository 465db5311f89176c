#include "store/content_coding.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include "base/check.h"

namespace weir::store {
namespace {

constexpr int kZlibWindowBits = 15;
constexpr int kGzipFlag = 16;
constexpr int kZlibLevel = 3;  // what ClickHouse's http_zlib_compression_level defaults to

Error broken(ContentCoding coding) {
  return corrupt(
      fmt::format("the body is not {}, as its encoding says", content_coding_name(coding)));
}

class IdentityCoder final : public Decoder, public Encoder {
 public:
  Status decode(std::string_view bytes, const CodingSink& sink) override { return sink(bytes); }
  Status finish() override { return ok(); }
  Status encode(std::string_view bytes, const CodingSink& sink) override { return sink(bytes); }
  Status finish(const CodingSink& /*sink*/) override { return ok(); }
};

Bytef* zlib_bytes(std::string_view bytes) {
  // zlib's interface is not const-correct; it only reads.
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

class ZlibDecoder final : public Decoder {
 public:
  explicit ZlibDecoder(ContentCoding coding) : coding_(coding), piece_(kCodingPiece, '\0') {
    const int bits = kZlibWindowBits + (coding == ContentCoding::kGzip ? kGzipFlag : 0);
    WEIR_CHECK(::inflateInit2(&stream_, bits) == Z_OK, "zlib has memory");
  }
  ~ZlibDecoder() override { ::inflateEnd(&stream_); }

  Status decode(std::string_view bytes, const CodingSink& sink) override {
    stream_.next_in = zlib_bytes(bytes);
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      if (ended_) {  // gzip bodies may be several members in a row
        if (stream_.avail_in == 0) break;
        ::inflateReset(&stream_);
        ended_ = false;
      }
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return broken(coding_);
      ended_ = code == Z_STREAM_END;
      started_ = true;
      const size_t got = piece_.size() - stream_.avail_out;
      if (got > 0) WEIR_TRY(sink(std::string_view(piece_).substr(0, got)));
    } while (stream_.avail_in > 0 || stream_.avail_out == 0);
    return ok();
  }
  Status finish() override { return ended_ || !started_ ? ok() : Status(broken(coding_)); }

 private:
  ContentCoding coding_;
  std::string piece_;
  z_stream stream_{};
  bool started_ = false;
  bool ended_ = false;
};

class ZlibEncoder final : public Encoder {
 public:
  explicit ZlibEncoder(ContentCoding coding) : piece_(kCodingPiece, '\0') {
    const int bits = kZlibWindowBits + (coding == ContentCoding::kGzip ? kGzipFlag : 0);
    const int code = ::deflateInit2(&stream_, kZlibLevel, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
    WEIR_CHECK(code == Z_OK, "zlib has memory");
  }
  ~ZlibEncoder() override { ::deflateEnd(&stream_); }

  Status encode(std::string_view bytes, const CodingSink& sink) override {
    return run(bytes, Z_NO_FLUSH, sink);
  }
  Status finish(const CodingSink& sink) override { return run({}, Z_FINISH, sink); }

 private:
  Status run(std::string_view bytes, int flush, const CodingSink& sink) {
    stream_.next_in = zlib_bytes(bytes);
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      ::deflate(&stream_, flush);
      const size_t got = piece_.size() - stream_.avail_out;
      if (got > 0) WEIR_TRY(sink(std::string_view(piece_).substr(0, got)));
    } while (stream_.avail_out == 0);
    return ok();
  }

  std::string piece_;
  z_stream stream_{};
};

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : piece_(kCodingPiece, '\0'), stream_(::ZSTD_createDStream()) {}
  ~ZstdDecoder() override { ::ZSTD_freeDStream(stream_); }

  Status decode(std::string_view bytes, const CodingSink& sink) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{piece_.data(), piece_.size(), 0};
      const size_t code = ::ZSTD_decompressStream(stream_, &out, &in);
      if (::ZSTD_isError(code) != 0) return broken(ContentCoding::kZstd);
      ended_ = code == 0;
      full = out.pos == out.size;
      if (out.pos > 0) WEIR_TRY(sink(std::string_view(piece_).substr(0, out.pos)));
    }
    return ok();
  }
  Status finish() override { return ended_ ? ok() : Status(broken(ContentCoding::kZstd)); }

 private:
  std::string piece_;
  ZSTD_DStream* stream_;
  bool ended_ = true;
};

class ZstdEncoder final : public Encoder {
 public:
  ZstdEncoder() : piece_(kCodingPiece, '\0'), stream_(::ZSTD_createCStream()) {
    ::ZSTD_initCStream(stream_, 1);
  }
  ~ZstdEncoder() override { ::ZSTD_freeCStream(stream_); }

  Status encode(std::string_view bytes, const CodingSink& sink) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (in.pos < in.size) WEIR_TRY(run(in, ZSTD_e_continue, sink));
    return ok();
  }
  Status finish(const CodingSink& sink) override {
    ZSTD_inBuffer none{nullptr, 0, 0};
    while (WEIR_TRY(run(none, ZSTD_e_end, sink)) != 0) {
    }
    return ok();
  }

 private:
  // What is still to be flushed, in bytes.
  Result<size_t> run(ZSTD_inBuffer& in, ZSTD_EndDirective what, const CodingSink& sink) {
    ZSTD_outBuffer out{piece_.data(), piece_.size(), 0};
    const size_t left = ::ZSTD_compressStream2(stream_, &out, &in, what);
    if (::ZSTD_isError(left) != 0) return internal_error(::ZSTD_getErrorName(left));
    if (out.pos > 0) WEIR_TRY(sink(std::string_view(piece_).substr(0, out.pos)));
    return left;
  }

  std::string piece_;
  ZSTD_CStream* stream_;
};

class Lz4Decoder final : public Decoder {
 public:
  Lz4Decoder() : piece_(kCodingPiece, '\0') {
    const auto code = ::LZ4F_createDecompressionContext(&context_, LZ4F_VERSION);
    WEIR_CHECK(::LZ4F_isError(code) == 0, "lz4 has memory");
  }
  ~Lz4Decoder() override { ::LZ4F_freeDecompressionContext(context_); }

  Status decode(std::string_view bytes, const CodingSink& sink) override {
    bool full = false;
    while (!bytes.empty() || full) {
      size_t got = piece_.size();
      size_t used = bytes.size();
      const size_t code =
          ::LZ4F_decompress(context_, piece_.data(), &got, bytes.data(), &used, nullptr);
      if (::LZ4F_isError(code) != 0) return broken(ContentCoding::kLz4);
      ended_ = code == 0;
      full = got == piece_.size();
      bytes.remove_prefix(used);
      if (got > 0) WEIR_TRY(sink(std::string_view(piece_).substr(0, got)));
      if (got == 0 && used == 0) break;
    }
    return ok();
  }
  Status finish() override { return ended_ ? ok() : Status(broken(ContentCoding::kLz4)); }

 private:
  std::string piece_;
  LZ4F_dctx* context_ = nullptr;
  bool ended_ = true;
};

class Lz4Encoder final : public Encoder {
 public:
  Lz4Encoder() {
    const auto code = ::LZ4F_createCompressionContext(&context_, LZ4F_VERSION);
    WEIR_CHECK(::LZ4F_isError(code) == 0, "lz4 has memory");
    piece_.resize(::LZ4F_compressBound(kCodingPiece, nullptr) + LZ4F_HEADER_SIZE_MAX);
  }
  ~Lz4Encoder() override { ::LZ4F_freeCompressionContext(context_); }

  Status encode(std::string_view bytes, const CodingSink& sink) override {
    WEIR_TRY(begin(sink));
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, kCodingPiece);
      bytes.remove_prefix(part.size());
      WEIR_TRY(emit(::LZ4F_compressUpdate(context_, piece_.data(), piece_.size(), part.data(),
                                          part.size(), nullptr),
                    sink));
    }
    return ok();
  }
  Status finish(const CodingSink& sink) override {
    WEIR_TRY(begin(sink));
    return emit(::LZ4F_compressEnd(context_, piece_.data(), piece_.size(), nullptr), sink);
  }

 private:
  Status begin(const CodingSink& sink) {
    if (begun_) return ok();
    begun_ = true;
    return emit(::LZ4F_compressBegin(context_, piece_.data(), piece_.size(), nullptr), sink);
  }
  Status emit(size_t size, const CodingSink& sink) {
    if (::LZ4F_isError(size) != 0) return internal_error(::LZ4F_getErrorName(size));
    return size == 0 ? ok() : sink(std::string_view(piece_).substr(0, size));
  }

  std::string piece_;
  LZ4F_cctx* context_ = nullptr;
  bool begun_ = false;
};

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<ContentCoding> parse_content_coding(std::string_view name) {
  if (name.empty() || name == "identity") return ContentCoding::kIdentity;
  if (name == "gzip" || name == "x-gzip") return ContentCoding::kGzip;
  if (name == "deflate") return ContentCoding::kDeflate;
  if (name == "zstd") return ContentCoding::kZstd;
  if (name == "lz4") return ContentCoding::kLz4;
  return unsupported(fmt::format("Content-Encoding: {} is not offered", name))
      .hint("send gzip, deflate, zstd, lz4 or no encoding");
}

std::string_view content_coding_name(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kIdentity: return "identity";
    case ContentCoding::kGzip: return "gzip";
    case ContentCoding::kDeflate: return "deflate";
    case ContentCoding::kZstd: return "zstd";
    case ContentCoding::kLz4: return "lz4";
  }
  return "identity";
}

ContentCoding choose_content_coding(std::string_view accept_encoding) {
  // Cheapest for us first: lz4 and zstd cost a tenth of zlib.
  constexpr std::array kPreference = {ContentCoding::kLz4, ContentCoding::kZstd,
                                      ContentCoding::kGzip, ContentCoding::kDeflate};
  std::array<bool, 5> allowed{};
  while (!accept_encoding.empty()) {
    const size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const auto item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const size_t semicolon = std::min(item.find(';'), item.size());
    const auto coding = parse_content_coding(trim(item.substr(0, semicolon)));
    const auto weight = trim(item.substr(std::min(semicolon + 1, item.size())));
    const bool never = weight == "q=0" || weight == "q=0.0";
    if (coding.has_value() && !never) allowed[static_cast<size_t>(*coding)] = true;
  }
  for (const auto coding : kPreference) {
    if (allowed[static_cast<size_t>(coding)]) return coding;
  }
  return ContentCoding::kIdentity;
}

std::unique_ptr<Decoder> make_decoder(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kIdentity: return std::make_unique<IdentityCoder>();
    case ContentCoding::kGzip:
    case ContentCoding::kDeflate: return std::make_unique<ZlibDecoder>(coding);
    case ContentCoding::kZstd: return std::make_unique<ZstdDecoder>();
    case ContentCoding::kLz4: return std::make_unique<Lz4Decoder>();
  }
  return std::make_unique<IdentityCoder>();
}

std::unique_ptr<Encoder> make_encoder(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kIdentity: return std::make_unique<IdentityCoder>();
    case ContentCoding::kGzip:
    case ContentCoding::kDeflate: return std::make_unique<ZlibEncoder>(coding);
    case ContentCoding::kZstd: return std::make_unique<ZstdEncoder>();
    case ContentCoding::kLz4: return std::make_unique<Lz4Encoder>();
  }
  return std::make_unique<IdentityCoder>();
}

}  // namespace weir::store
