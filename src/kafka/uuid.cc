#include "kafka/uuid.h"

#include <string_view>

#include "base/bytes.h"

namespace weir::kafka {

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
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
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

}  // namespace weir::kafka
