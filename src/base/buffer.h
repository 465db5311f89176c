// Buffer: a block of bytes that many may hold and nobody changes once it is shared.
//
// Columns, record batches and string views point into buffers; whoever points holds a BufferRef.
// The writer fills a buffer before it shares it. Every buffer ends in kPadding readable zero bytes,
// so that SIMD kernels and simdjson may read past the end (simdjson::SIMDJSON_PADDING is 32
// in 3.0.1). Data is aligned to 64 bytes, as Arrow recommends. Only foreign memory that was wrapped
// has neither: it serves as column values, which nothing reads past their end. Any thread may drop
// the last reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace weir {

class Buffer;
using BufferRef = std::shared_ptr<const Buffer>;

class Buffer {
 public:
  static constexpr size_t kPadding = 64;
  static constexpr size_t kAlignment = 64;

  // Uninitialised except for the padding.
  [[nodiscard]] static std::shared_ptr<Buffer> allocate(size_t size);
  [[nodiscard]] static std::shared_ptr<Buffer> copy_of(std::span<const std::byte> bytes);
  // Foreign memory, which stays as it is until the last reference to `owner` goes.
  [[nodiscard]] static BufferRef wrap(std::span<const std::byte> bytes,
                                      std::shared_ptr<const void> owner);

  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t capacity() const { return capacity_; }
  [[nodiscard]] const std::byte* data() const { return data_; }
  [[nodiscard]] std::byte* mutable_data() { return data_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(data_), size_};
  }
  template <typename T>
  [[nodiscard]] const T* as() const {
    return reinterpret_cast<const T*>(data_);
  }
  template <typename T>
  [[nodiscard]] T* mutable_as() {
    return reinterpret_cast<T*>(data_);
  }
  // Only smaller, only before it is shared; moves the padding.
  void shrink(size_t size);

 private:
  Buffer(std::byte* data, size_t size) : data_(data), size_(size), capacity_(size) {}

  std::byte* data_;
  size_t size_;
  size_t capacity_;
  std::shared_ptr<const void> owner_;  // of foreign memory, else null
};

}  // namespace weir
