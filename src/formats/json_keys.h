// JsonKeys: which field a key of an object is, mostly without looking it up.
//
// Records of one producer have their fields in the same order: behind each key the one that came
// next the last time is tried first, by one 32-byte comparison of the key with its quotes and the
// colon. Keys that no column wants are learnt too, up to kMostKeys. One thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/json_text.h"
#include "types/logical_type.h"

namespace weir::formats {

class JsonKeys {
 public:
  static constexpr int kUnwanted = -1;

  explicit JsonKeys(const std::vector<types::Field>& fields);

  // At the opening quote: moves behind the colon; `field` is its number or kUnwanted.
  bool read(JsonCursor& cursor, int& field) {
    const char* const behind = predicted(cursor.at);
    if (behind != nullptr) [[likely]] {
      cursor.at = behind;
      field = keys_[last_].field;
      return behind <= cursor.end ? true : cursor.fail("the record ends inside a field name");
    }
    return look_up(cursor, field);
  }
  // The same without looking it up: behind the colon, null when another key stands here. What it
  // compared may lie behind the record's end.
  const char* predicted(const char* at) {
    const uint32_t next = keys_[last_].next;
    const Key& guess = keys_[next];
    const auto bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const auto wanted = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(guess.quoted.data()));
    const auto same = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)));
    if ((same & guess.mask) != guess.mask) [[unlikely]]
      return nullptr;
    last_ = next;
    return at + guess.size;
  }
  // The key that was read last: the same number for the same key as long as it is not full.
  [[nodiscard]] uint32_t last() const { return last_; }
  // Bytes of that key as it is mostly written, with quotes and colon; 0 when it was not learnt.
  [[nodiscard]] uint32_t last_size() const { return keys_[last_].size; }
  // It learns no more, since keys differ all the time: a plain scan is better.
  [[nodiscard]] bool is_full() const { return keys_.size() >= kMostKeys; }
  // A new object begins.
  void restart() { last_ = kStart; }

 private:
  static constexpr size_t kMostKeys = 1024;
  static constexpr uint32_t kStart = 0;    // before the first key
  static constexpr uint32_t kUnknown = 1;  // a key that is not learnt

  struct Key {
    std::array<char, 32> quoted{};
    uint32_t mask = 1;  // bytes of `quoted` that count; a key that matches nothing has a NUL there
    uint32_t size = 0;
    int field = kUnwanted;
    uint32_t next = kUnknown;
  };

  bool look_up(JsonCursor& cursor, int& field);
  uint32_t learn(std::string_view name, int field);

  std::vector<Key> keys_;
  std::unordered_map<std::string, uint32_t> index_;
  uint32_t last_ = kStart;
};

}  // namespace weir::formats
