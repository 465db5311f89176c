#include "base/random.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <bit>

#include "base/check.h"

namespace weir {

Random::Random(uint64_t seed) : state_{} {
  for (auto& word : state_) {
    seed += 0x9E3779B97F4A7C15ULL;
    uint64_t z = seed;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    word = z ^ (z >> 31U);
  }
}

uint64_t Random::next() {
  const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const uint64_t t = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

uint64_t Random::below(uint64_t bound) {
  WEIR_DCHECK(bound > 0, "an empty range has no random member");
  // Multiply-shift (Lemire 2019): the bias is below 2^-64 * bound.
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>((static_cast<Wide>(next()) * bound) >> 64U);
}

int64_t Random::between(int64_t low, int64_t high) {
  const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  const uint64_t step = width == 0 ? next() : below(width);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + step);
}

double Random::real() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

std::string Random::uuid() {
  const uint64_t high = (next() & ~0xF000ULL) | 0x4000ULL;
  const uint64_t low = (next() & ~(3ULL << 62U)) | (2ULL << 62U);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU,
                     high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFULL);
}

void secure_random_bytes(std::span<std::byte> out) {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
    if (got > 0) done += static_cast<size_t>(got);
  }
}

uint64_t secure_random_seed() {
  uint64_t seed = 0;
  secure_random_bytes(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

}  // namespace weir
