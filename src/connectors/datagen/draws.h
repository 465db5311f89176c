// Draws: random words by position instead of by turn.
//
// word(row, index) is the splitmix64 finaliser (Steele, Lea, Flood 2014) over a counter: equal
// arguments give equal words, in any order, on any thread. Not for secrets.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::connectors {

[[nodiscard]] inline uint64_t mix_word(uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

class Draws {
 public:
  // `name` sets the columns of a table apart.
  Draws(uint64_t seed, std::string_view name) : seed_(mix_word(seed + kStep)) {
    for (const char c : name) seed_ = mix_word(seed_ ^ static_cast<uint8_t>(c)) + kStep;
  }

  [[nodiscard]] uint64_t word(int64_t row, uint64_t index = 0) const {
    return mix_word(mix_word(seed_ + static_cast<uint64_t>(row) * kStep) + index * kStep);
  }
  // Uniform in [0, bound); bound must be positive. The bias is below 2^-64 * bound.
  [[nodiscard]] uint64_t below(int64_t row, uint64_t bound, uint64_t index = 0) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((static_cast<Wide>(word(row, index)) * bound) >> 64U);
  }
  // Uniform in [low, high], both included.
  [[nodiscard]] int64_t between(int64_t row, int64_t low, int64_t high) const {
    const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
    const uint64_t step = width == 0 ? word(row) : below(row, width);
    return static_cast<int64_t>(static_cast<uint64_t>(low) + step);
  }
  // Uniform in [0, 1).
  [[nodiscard]] double real(int64_t row, uint64_t index = 0) const {
    return static_cast<double>(word(row, index) >> 11U) * 0x1.0p-53;
  }

 private:
  static constexpr uint64_t kStep = 0x9E3779B97F4A7C15ULL;
  uint64_t seed_;
};

}  // namespace weir::connectors
