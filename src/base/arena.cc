#include "base/arena.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kFirstChunk = 4096;
constexpr size_t kLargestChunk = 1U << 20U;

}  // namespace

std::byte* Arena::allocate(size_t size) {
  constexpr size_t kAlignment = 16;
  const size_t wanted = (size + kAlignment - 1) & ~(kAlignment - 1);
  if (chunks_.empty() || chunks_.back().size - used_ < wanted) {
    const size_t doubled =
        chunks_.empty() ? kFirstChunk : std::min(chunks_.back().size * 2, kLargestChunk);
    const size_t chunk = std::max(doubled, wanted);
    // operator new[] aligns to 16 bytes on this platform.
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(chunk), chunk});
    footprint_ += chunk;
    used_ = 0;
  }
  std::byte* result = chunks_.back().data.get() + used_;
  used_ += wanted;
  return result;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* to = reinterpret_cast<char*>(allocate(text.size()));
  std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

void Arena::reset() {
  if (chunks_.size() > 1) chunks_.erase(chunks_.begin(), chunks_.end() - 1);
  used_ = 0;
  footprint_ = chunks_.empty() ? 0 : chunks_.back().size;
}

}  // namespace weir
