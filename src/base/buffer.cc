#include "base/buffer.h"

#include <cstring>
#include <new>

#include "base/check.h"

namespace weir {

std::shared_ptr<Buffer> Buffer::allocate(size_t size) {
  auto* data =
      static_cast<std::byte*>(::operator new(size + kPadding, std::align_val_t{kAlignment}));
  std::memset(data + size, 0, kPadding);
  return std::shared_ptr<Buffer>(new Buffer(data, size));
}

std::shared_ptr<Buffer> Buffer::copy_of(std::span<const std::byte> bytes) {
  auto buffer = allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer->mutable_data(), bytes.data(), bytes.size());
  return buffer;
}

BufferRef Buffer::wrap(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  WEIR_CHECK(owner != nullptr, "foreign memory has an owner");
  // Nobody writes to it: only a reference to const leaves.
  std::shared_ptr<Buffer> buffer(new Buffer(const_cast<std::byte*>(bytes.data()), bytes.size()));
  buffer->owner_ = std::move(owner);
  return buffer;
}

Buffer::~Buffer() {
  if (!owner_) ::operator delete(data_, std::align_val_t{kAlignment});
}

void Buffer::shrink(size_t size) {
  WEIR_DCHECK(!owner_, "foreign memory stays as it is");
  WEIR_CHECK(size <= size_, "a buffer only shrinks");
  size_ = size;
  std::memset(data_ + size_, 0, kPadding);
}

}  // namespace weir
