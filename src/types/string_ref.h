// StringRef: a string of a column, 16 bytes, without its bytes' ownership.
//
// {length, first 4 bytes, pointer}; up to 12 bytes lie inside it and need no pointer (as in Umbra,
// DuckDB and Velox). Comparing and hashing mostly end at the first eight bytes. Unused inline bytes
// are zero, so equal short strings are equal as 16 bytes. The bytes behind a long one belong to a
// buffer that the column keeps alive; state copies them into its own arena and never keeps a view.
#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::types {

class StringRef {
 public:
  static constexpr uint32_t kInlineBytes = 12;

  StringRef() : length_(0), inline_{} {}
  // `text` longer than kInlineBytes must outlive the view.
  StringRef(const char* data, uint32_t length) : length_(length), inline_{} {
    if (length <= kInlineBytes) {
      if (length > 0) std::memcpy(inline_, data, length);  // an empty text may lie nowhere
    } else {
      std::memcpy(inline_, data, sizeof(uint32_t));
      std::memcpy(inline_ + sizeof(uint32_t), static_cast<const void*>(&data), sizeof(data));
    }
  }
  explicit StringRef(std::string_view text)
      : StringRef(text.data(), static_cast<uint32_t>(text.size())) {}

  [[nodiscard]] uint32_t size() const { return length_; }
  [[nodiscard]] bool empty() const { return length_ == 0; }
  [[nodiscard]] bool is_inline() const { return length_ <= kInlineBytes; }
  [[nodiscard]] const char* data() const {
    if (is_inline()) return inline_;
    const char* pointer = nullptr;
    std::memcpy(static_cast<void*>(&pointer), inline_ + sizeof(uint32_t), sizeof(pointer));
    return pointer;
  }
  // Valid as long as this object (short strings lie inside it) and the buffer behind it.
  [[nodiscard]] std::string_view view() const { return {data(), length_}; }

  bool operator==(const StringRef& other) const {
    uint64_t mine = 0;
    uint64_t theirs = 0;
    std::memcpy(&mine, this, sizeof(mine));
    std::memcpy(&theirs, &other, sizeof(theirs));
    if (mine != theirs) return false;  // length or prefix differ
    if (is_inline()) {
      return std::memcmp(inline_ + sizeof(uint32_t), other.inline_ + sizeof(uint32_t),
                         kInlineBytes - sizeof(uint32_t)) == 0;
    }
    return std::memcmp(data(), other.data(), length_) == 0;
  }
  // By bytes, as Flink compares strings (binary UTF-8).
  std::strong_ordering operator<=>(const StringRef& other) const { return view() <=> other.view(); }

 private:
  uint32_t length_;
  char inline_[kInlineBytes];
};
static_assert(sizeof(StringRef) == 16);

}  // namespace weir::types
