#include "connectors/kafka/key_partition.h"

#include <cstring>

namespace weir::connectors {

uint32_t murmur2(std::string_view bytes) {
  constexpr uint32_t kSeed = 0x9747b28cU;
  constexpr uint32_t kFactor = 0x5bd1e995U;
  constexpr unsigned kShift = 24;
  uint32_t hash = kSeed ^ static_cast<uint32_t>(bytes.size());
  while (bytes.size() >= sizeof(uint32_t)) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    bytes.remove_prefix(sizeof(word));
    word *= kFactor;
    word ^= word >> kShift;
    hash = (hash * kFactor) ^ (word * kFactor);
  }
  if (!bytes.empty()) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size());
    hash = (hash ^ word) * kFactor;
  }
  hash = (hash ^ (hash >> 13U)) * kFactor;
  return hash ^ (hash >> 15U);
}

}  // namespace weir::connectors
