#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace weir {
namespace {

uint32_t of(std::string_view text) { return crc32c(std::as_bytes(std::span(text))); }

uint32_t bit_by_bit(std::string_view text) {
  uint32_t state = ~0U;
  for (const char character : text) {
    state ^= static_cast<uint8_t>(character);
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1U) ^ ((state & 1U) * 0x82F63B78U);
  }
  return ~state;
}

// The vectors of RFC 3720, appendix B.4.
TEST(Crc32cTest, KnownVectors) {
  EXPECT_EQ(of(""), 0U);
  EXPECT_EQ(of("123456789"), 0xE3069283U);
  EXPECT_EQ(of(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(of(std::string(32, '\xFF')), 0x62A8AB43U);
}

TEST(Crc32cTest, EveryLengthAgreesWithTheDefinition) {
  Random random(7);
  std::string text(10'000, '\0');
  for (auto& byte : text) byte = static_cast<char>(random.next());
  for (size_t size = 0; size < text.size(); size += 1 + random.below(97)) {
    const auto part = std::string_view(text).substr(random.below(8), size);
    EXPECT_EQ(of(part), bit_by_bit(part)) << part.size();
  }
}

TEST(Crc32cTest, GoesOnFromAnEarlierPart) {
  const std::string text(9000, 'x');
  const auto bytes = std::as_bytes(std::span(text));
  EXPECT_EQ(crc32c(bytes.subspan(4001), crc32c(bytes.first(4001))), crc32c(bytes));
}

}  // namespace
}  // namespace weir
