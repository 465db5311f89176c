// The partition of a record with a key, as Kafka's clients choose it: murmur2 of the key's bytes,
// the sign bit cleared, modulo the number of partitions (Java's BuiltInPartitioner; the hash is
// Austin Appleby's MurmurHash2 with the seed 0x9747b28c).
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::connectors {

[[nodiscard]] uint32_t murmur2(std::string_view bytes);

[[nodiscard]] inline uint32_t key_partition(std::string_view key, uint32_t partitions) {
  constexpr uint32_t kWithoutSign = 0x7fffffffU;
  return (murmur2(key) & kWithoutSign) % partitions;
}

}  // namespace weir::connectors
