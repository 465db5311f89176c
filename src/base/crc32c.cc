#include "base/crc32c.h"

#include <nmmintrin.h>

#include <array>

#include "base/bytes.h"

namespace weir {
namespace {

constexpr size_t kLane = 1024;                // bytes of one stream; a power of two
constexpr uint32_t kPolynomial = 0x82F63B78;  // bit-reversed

// A linear map over GF(2) of the 32-bit register: column i is the image of bit i.
using Matrix = std::array<uint32_t, 32>;

constexpr uint32_t image_of(const Matrix& matrix, uint32_t value) {
  uint32_t result = 0;
  for (unsigned bit = 0; value != 0; ++bit, value >>= 1U) {
    if ((value & 1U) != 0) result ^= matrix[bit];
  }
  return result;
}

// What feeding kLane zero bytes does to the register, as four tables of a byte each.
constexpr std::array<std::array<uint32_t, 256>, 4> make_shift_tables() {
  Matrix matrix{};
  matrix[0] = kPolynomial;  // one zero bit
  for (unsigned bit = 1; bit < 32; ++bit) matrix[bit] = 1U << (bit - 1);
  for (size_t bits = 1; bits < kLane * 8; bits *= 2) {
    Matrix squared{};
    for (unsigned bit = 0; bit < 32; ++bit) squared[bit] = image_of(matrix, matrix[bit]);
    matrix = squared;
  }
  std::array<std::array<uint32_t, 256>, 4> tables{};
  for (unsigned table = 0; table < 4; ++table) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      tables[table][byte] = image_of(matrix, byte << (8 * table));
    }
  }
  return tables;
}

constexpr auto kShift = make_shift_tables();

uint32_t shift_lane(uint64_t state) {
  return kShift[0][state & 0xFFU] ^ kShift[1][(state >> 8U) & 0xFFU] ^
         kShift[2][(state >> 16U) & 0xFFU] ^ kShift[3][(state >> 24U) & 0xFFU];
}

}  // namespace

uint32_t crc32c(std::span<const std::byte> bytes, uint32_t before) {
  const std::byte* at = bytes.data();
  size_t left = bytes.size();
  uint64_t state = ~before;
  while (left >= 3 * kLane) {
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < kLane; i += 8) {
      state = _mm_crc32_u64(state, load_le<uint64_t>(at + i));
      second = _mm_crc32_u64(second, load_le<uint64_t>(at + kLane + i));
      third = _mm_crc32_u64(third, load_le<uint64_t>(at + 2 * kLane + i));
    }
    state = shift_lane(shift_lane(state) ^ second) ^ third;
    at += 3 * kLane;
    left -= 3 * kLane;
  }
  for (; left >= 8; at += 8, left -= 8) state = _mm_crc32_u64(state, load_le<uint64_t>(at));
  auto rest = static_cast<uint32_t>(state);
  for (; left > 0; ++at, --left) rest = _mm_crc32_u8(rest, std::to_integer<uint8_t>(*at));
  return ~rest;
}

}  // namespace weir
