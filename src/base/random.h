// Random: the only source of randomness.
//
// xoshiro256++ (Blackman and Vigna, 2019; public domain algorithm), seeded by splitmix64: fast, and
// the same everywhere for one seed. Not for secrets: those come from secure_random_bytes.
// One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace weir {

class Random {
 public:
  explicit Random(uint64_t seed);

  uint64_t next();
  // Uniform in [0, bound); bound must be positive.
  uint64_t below(uint64_t bound);
  // Uniform in [low, high], both included.
  int64_t between(int64_t low, int64_t high);
  // Uniform in [0, 1).
  double real();
  bool one_in(uint64_t n) { return below(n) == 0; }
  // RFC 4122 version 4 text, 36 characters.
  std::string uuid();

 private:
  std::array<uint64_t, 4> state_;
};

// From the operating system; for run ids and credentials.
void secure_random_bytes(std::span<std::byte> out);
[[nodiscard]] uint64_t secure_random_seed();

}  // namespace weir
