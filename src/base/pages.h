// Pages: big blocks straight from the system, on huge pages where it has them.
//
// For hash tables and state whose random access would otherwise miss the TLB at every step. A block
// is zeroed and aligned to 2 MB when it is that large. Owned by whoever holds it; any thread.
// Running out of memory aborts: the memory budget is what must prevent it.
#pragma once

#include <cstddef>
#include <utility>

namespace weir {

class Pages {
 public:
  Pages() = default;
  explicit Pages(size_t size);
  ~Pages();
  Pages(Pages&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Pages& operator=(Pages&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace weir
