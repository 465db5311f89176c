#include "kafka/uuid.h"

#include <string_view>

#include "base/bytes.h"

namespace weir::kafka {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kTextSize = 22;

}  // namespace

Uuid Uuid::random(Random& random) {
  Uuid uuid;
  do {
    store_be(uuid.bytes_.data(), random.next());
    store_be(uuid.bytes_.data() + 8, random.next());
    uuid.bytes_[6] = static_cast<uint8_t>((uuid.bytes_[6] & 0x0FU) | 0x40U);
    uuid.bytes_[8] = static_cast<uint8_t>((uuid.bytes_[8] & 0x3FU) | 0x80U);
  } while (uuid.to_string().front() == '-');
  return uuid;
}

std::string Uuid::to_string() const {
  std::string text;
  unsigned bits = 0;
  unsigned held = 0;
  for (const uint8_t byte : bytes_) {
    bits = (bits << 8U) | byte;
    for (held += 8; held >= 6; held -= 6) text += kAlphabet[(bits >> (held - 6)) & 63U];
    bits &= 0xFFU;
  }
  text += kAlphabet[(bits << (6 - held)) & 63U];
  return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  Uuid uuid;
  unsigned bits = 0;
  unsigned held = 0;
  size_t filled = 0;
  for (const char character : text) {
    const size_t digit = kAlphabet.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    uuid.bytes_[filled++] = static_cast<uint8_t>(bits >> held);
    bits &= (1U << held) - 1;
  }
  // Four bits are left over; only zeros there give the text back.
  if (bits != 0) return std::nullopt;
  return uuid;
}

}  // namespace weir::kafka
