// Builders: the ways in which columns come into being.
//
// Values<T> is the value buffer of a fixed-width column (strings count: StringRef) that a kernel
// fills by row; ValidityBuilder makes a bitmap only when a NULL turns up; StringHeap owns bytes of
// strings that exist nowhere else. finish_column() puts them together. One thread; what has been
// finished is immutable and may be shared.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "types/batch.h"
#include "types/column.h"

namespace weir::types {

enum class Fill : uint8_t { kNone, kZero };

template <typename T>
class Values {
 public:
  // With Fill::kNone the caller writes every row.
  explicit Values(uint32_t rows, Fill fill = Fill::kNone)
      : buffer_(Buffer::allocate(rows * sizeof(T))), data_(buffer_->mutable_as<T>()) {
    if (fill == Fill::kZero) std::memset(static_cast<void*>(data_), 0, rows * sizeof(T));
  }
  // For a kernel that writes the selected rows: zeroed only when there are others.
  Values(uint32_t rows, const Selection& selection)
      : Values(rows, selection.is_all() ? Fill::kNone : Fill::kZero) {}

  [[nodiscard]] T* data() { return data_; }
  T& operator[](size_t row) { return data_[row]; }
  [[nodiscard]] BufferRef take() && { return std::move(buffer_); }

 private:
  std::shared_ptr<Buffer> buffer_;
  T* data_;
};

class ValidityBuilder {
 public:
  explicit ValidityBuilder(uint32_t rows) : rows_(rows) {}

  void set_null(size_t row) {
    if (!bits_) [[unlikely]]
      make_bits();
    clear_bit(bits_->mutable_as<uint8_t>(), row);
  }
  void set_valid(size_t row) {
    if (bits_) set_bit(bits_->mutable_as<uint8_t>(), row);
  }
  [[nodiscard]] bool any_null() const { return bits_ != nullptr; }
  // Null when every row is valid.
  [[nodiscard]] BufferRef take() && { return std::move(bits_); }

 private:
  void make_bits();

  uint32_t rows_;
  std::shared_ptr<Buffer> bits_;
};

// Bytes that strings of a column point into, in blocks that double from 4 KB to 256 KB.
class StringHeap {
 public:
  // Room for `size` bytes that stays where it is; commit() says how many were used.
  [[nodiscard]] char* reserve(size_t size) {
    if (size > capacity_ - used_) [[unlikely]]
      grow(size);
    return base_ + used_;
  }
  void commit(size_t size) { used_ += size; }
  // A view of a copy of `text`; short ones need no room.
  [[nodiscard]] StringRef add(std::string_view text) {
    if (text.size() <= StringRef::kInlineBytes) return StringRef(text);
    char* to = reserve(text.size());
    std::memcpy(to, text.data(), text.size());
    used_ += text.size();
    return StringRef(to, static_cast<uint32_t>(text.size()));
  }
  // What was written behind reserve(), as a view; short ones give their room back.
  [[nodiscard]] StringRef commit_text(const char* begin, size_t size) {
    if (size > StringRef::kInlineBytes) used_ += size;
    return StringRef(begin, static_cast<uint32_t>(size));
  }
  [[nodiscard]] std::vector<BufferRef> take();

 private:
  void grow(size_t size);
  void close_block();

  std::vector<BufferRef> blocks_;
  std::shared_ptr<Buffer> open_;
  char* base_ = nullptr;
  size_t used_ = 0;
  size_t capacity_ = 0;
};

// A flat column of a type without children.
[[nodiscard]] ColumnRef finish_column(LogicalType type, uint32_t rows, BufferRef values,
                                      BufferRef validity = nullptr,
                                      std::vector<BufferRef> pinned = {});

// The buffers that strings of `column` point into, to be kept alive by a column that reuses views.
void add_pinned(const Column& column, std::vector<BufferRef>& pinned);

// A column of `length` rows that is the one value of `single`, a column of one row.
[[nodiscard]] ColumnRef as_constant(const Column& single, uint32_t length);

}  // namespace weir::types
