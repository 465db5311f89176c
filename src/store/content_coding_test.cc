#include "store/content_coding.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace weir::store {
namespace {

constexpr std::array kAll = {ContentCoding::kIdentity, ContentCoding::kGzip,
                             ContentCoding::kDeflate, ContentCoding::kZstd, ContentCoding::kLz4};

std::string sample(size_t size) {
  Random random(7);
  std::string text(size, '\0');
  for (auto& c : text) c = static_cast<char>('a' + random.below(4));
  return text;
}

TEST(ContentCodingTest, RoundTripsInPieces) {
  const std::string text = sample(1'000'000);
  for (const auto coding : kAll) {
    for (const size_t size : {size_t{0}, size_t{1}, text.size()}) {
      std::string coded;
      const CodingSink to_coded = [&](std::string_view piece) {
        coded += piece;
        return ok();
      };
      const auto encoder = make_encoder(coding);
      for (size_t at = 0; at < size; at += 77'777) {
        ASSERT_TRUE(encoder->encode(text.substr(at, std::min<size_t>(77'777, size - at)), to_coded)
                        .has_value());
      }
      ASSERT_TRUE(encoder->finish(to_coded).has_value());
      std::string plain;
      const auto decoder = make_decoder(coding);
      for (size_t at = 0; at < coded.size(); at += 1'001) {
        ASSERT_TRUE(decoder
                        ->decode(coded.substr(at, 1'001),
                                 [&](std::string_view piece) {
                                   EXPECT_LE(piece.size(), kCodingPiece);
                                   plain += piece;
                                   return ok();
                                 })
                        .has_value());
      }
      EXPECT_TRUE(decoder->finish().has_value()) << content_coding_name(coding);
      EXPECT_TRUE(plain == text.substr(0, size)) << content_coding_name(coding);
    }
  }
}

TEST(ContentCodingTest, RefusesBrokenBodies) {
  for (const auto coding : kAll) {
    if (coding == ContentCoding::kIdentity) continue;
    const auto none = [](std::string_view) { return ok(); };
    EXPECT_FALSE(make_decoder(coding)->decode("this is not compressed", none).has_value());
    std::string coded;
    const auto encoder = make_encoder(coding);
    const CodingSink keep = [&](std::string_view piece) {
      coded += piece;
      return ok();
    };
    ASSERT_TRUE(encoder->encode(sample(1000), keep).has_value());
    ASSERT_TRUE(encoder->finish(keep).has_value());
    const auto decoder = make_decoder(coding);
    ASSERT_TRUE(decoder->decode(coded.substr(0, coded.size() / 2), none).has_value());
    EXPECT_FALSE(decoder->finish().has_value()) << content_coding_name(coding);
  }
}

TEST(ContentCodingTest, Negotiates) {
  EXPECT_EQ(choose_content_coding("gzip, deflate, br"), ContentCoding::kGzip);
  EXPECT_EQ(choose_content_coding("lz4,zstd,gzip"), ContentCoding::kLz4);
  EXPECT_EQ(choose_content_coding("gzip;q=0, deflate;q=0.5"), ContentCoding::kDeflate);
  EXPECT_EQ(choose_content_coding(""), ContentCoding::kIdentity);
  EXPECT_EQ(choose_content_coding("*"), ContentCoding::kIdentity);
  EXPECT_FALSE(parse_content_coding("br").has_value());
}

}  // namespace
}  // namespace weir::store
