#include "base/pages.h"

#include <sys/mman.h>

#include "base/check.h"

namespace weir {
namespace {

constexpr size_t kHugePage = 2U << 20U;
constexpr size_t kSmallPage = 4096;

}  // namespace

Pages::Pages(size_t size) {
  if (size == 0) return;
  const bool huge = size >= kHugePage;
  const size_t unit = huge ? kHugePage : kSmallPage;
  size_ = (size + unit - 1) / unit * unit;
  const size_t mapped = huge ? size_ + kHugePage : size_;
  void* address =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  WEIR_CHECK(address != MAP_FAILED, "the system has no memory left");
  auto* start = static_cast<std::byte*>(address);
  if (huge) {
    // Cut off what lies before and behind the aligned block.
    const auto misaligned = reinterpret_cast<uintptr_t>(start) % kHugePage;
    const size_t before = misaligned == 0 ? 0 : kHugePage - misaligned;
    if (before > 0) ::munmap(start, before);
    if (mapped - before - size_ > 0) ::munmap(start + before + size_, mapped - before - size_);
    start += before;
    ::madvise(start, size_, MADV_HUGEPAGE);  // a wish: without it all works, slower
  }
  data_ = start;
}

Pages::~Pages() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace weir
