// Arena: memory that is given back all at once.
//
// Allocation is a pointer bump; chunks double from 4 KB to 1 MB. What lies in an arena is never
// destroyed, so it holds only trivially destructible things: bytes of strings, packed keys. State
// keeps its own arena per epoch or table. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace weir {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // Aligned to 16 bytes; uninitialised.
  [[nodiscard]] std::byte* allocate(size_t size);
  // A copy of `text` that lives as long as the arena.
  [[nodiscard]] std::string_view copy(std::string_view text);
  // Bytes taken from the system.
  [[nodiscard]] size_t footprint() const { return footprint_; }
  // Forgets everything; keeps the newest chunk.
  void reset();

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> data;
    size_t size;
  };

  std::vector<Chunk> chunks_;
  size_t used_ = 0;  // of the last chunk
  size_t footprint_ = 0;
};

}  // namespace weir
