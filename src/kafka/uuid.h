// Uuid: 128 bits that name a topic, printed as Kafka does (base64 for URLs, without padding).
//
// A value; zero means "none". Version 4 (RFC 4122) ones are made from a Random that is passed in;
// like Kafka, none that begins with '-' in its text, so that command lines can take it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/random.h"

namespace weir::kafka {

class Uuid {
 public:
  static constexpr size_t kSize = 16;

  Uuid() = default;
  explicit Uuid(std::span<const std::byte, kSize> bytes) {
    std::memcpy(bytes_.data(), bytes.data(), kSize);
  }
  [[nodiscard]] static Uuid random(Random& random);
  // What to_string() writes; nullopt for any other text.
  [[nodiscard]] static std::optional<Uuid> parse(std::string_view text);

  [[nodiscard]] std::span<const std::byte, kSize> bytes() const {
    return std::as_bytes(std::span(bytes_));
  }
  [[nodiscard]] bool is_zero() const { return *this == Uuid(); }
  // 22 characters of A-Z a-z 0-9 - _.
  [[nodiscard]] std::string to_string() const;

  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<uint8_t, kSize> bytes_{};
};

}  // namespace weir::kafka

template <>
struct std::hash<weir::kafka::Uuid> {
  size_t operator()(const weir::kafka::Uuid& uuid) const noexcept {
    size_t value;
    std::memcpy(&value, uuid.bytes().data(), sizeof(value));
    return value;
  }
};
