// ByteReader and ByteWriter: bytes from and for the outside, checked.
//
// A reader never trusts a length: every read is checked against what is left, and the first failure
// sticks (ok() turns false, later reads yield zero), so a decoder may read a whole structure and
// test once. Integers are big-endian unless the name says `le`. Varints are unsigned LEB128;
// `zigzag` ones as in Protocol Buffers and Kafka. A reader is a view: the bytes must outlive it.
// One thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir {

template <typename T>
[[nodiscard]] inline T byte_swap(T value) {
  static_assert(std::is_integral_v<T>);
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  return value;
}

// Unaligned loads and stores; the caller has checked the bounds.
template <typename T>
[[nodiscard]] inline T load_le(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <typename T>
[[nodiscard]] inline T load_be(const void* from) {
  return byte_swap(load_le<T>(from));
}
template <typename T>
inline void store_le(void* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}
template <typename T>
inline void store_be(void* to, T value) {
  store_le(to, byte_swap(value));
}
static_assert(std::endian::native == std::endian::little, "weir runs on little-endian machines");

[[nodiscard]] inline uint64_t zigzag_encode(int64_t value) {
  return (static_cast<uint64_t>(value) << 1U) ^ static_cast<uint64_t>(value >> 63);
}
[[nodiscard]] inline int64_t zigzag_decode(uint64_t value) {
  return static_cast<int64_t>((value >> 1U) ^ (~(value & 1U) + 1));
}

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  explicit ByteReader(std::string_view text) : bytes_(std::as_bytes(std::span(text))) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t position() const { return position_; }
  [[nodiscard]] size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }
  void fail() { ok_ = false; }

  template <typename T>
  T be() {
    const std::byte* from = take(sizeof(T));
    return from == nullptr ? T{} : load_be<T>(from);
  }
  template <typename T>
  T le() {
    const std::byte* from = take(sizeof(T));
    return from == nullptr ? T{} : load_le<T>(from);
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<uint64_t>(std::byte(le<uint8_t>()));
      value |= (byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return ok_ ? value : 0;
    }
    fail();
    return 0;
  }
  int64_t zigzag() { return zigzag_decode(varint()); }
  // A view of the next `size` bytes; empty after a failure.
  std::span<const std::byte> bytes(uint64_t size) {
    const std::byte* from = take(size);
    return from == nullptr ? std::span<const std::byte>{} : std::span(from, size);
  }
  std::string_view text(uint64_t size) {
    const auto view = bytes(size);
    return {reinterpret_cast<const char*>(view.data()), view.size()};
  }
  void skip(uint64_t size) { (void)take(size); }

 private:
  const std::byte* take(uint64_t size) {
    if (!ok_ || size > bytes_.size() - position_) {
      ok_ = false;
      return nullptr;
    }
    const std::byte* from = bytes_.data() + position_;
    position_ += size;
    return from;
  }

  std::span<const std::byte> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

class ByteWriter {
 public:
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> view() const { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() && { return std::move(bytes_); }
  void clear() { bytes_.clear(); }
  void reserve(size_t size) { bytes_.reserve(size); }

  template <typename T>
  void be(T value) {
    store_be(grow(sizeof(T)), value);
  }
  template <typename T>
  void le(T value) {
    store_le(grow(sizeof(T)), value);
  }
  void varint(uint64_t value) {
    while (value >= 0x80) {
      le(static_cast<uint8_t>(value | 0x80U));
      value >>= 7U;
    }
    le(static_cast<uint8_t>(value));
  }
  void zigzag(int64_t value) { varint(zigzag_encode(value)); }
  void bytes(std::span<const std::byte> from) {
    if (!from.empty()) std::memcpy(grow(from.size()), from.data(), from.size());
  }
  void text(std::string_view from) { bytes(std::as_bytes(std::span(from))); }
  // Overwrites what was written before; position + sizeof(T) must lie inside.
  template <typename T>
  void patch_be(size_t position, T value) {
    store_be(bytes_.data() + position, value);
  }
  template <typename T>
  void patch_le(size_t position, T value) {
    store_le(bytes_.data() + position, value);
  }

 private:
  std::byte* grow(size_t size) {
    const size_t before = bytes_.size();
    bytes_.resize(before + size);
    return bytes_.data() + before;
  }

  std::vector<std::byte> bytes_;
};

}  // namespace weir
