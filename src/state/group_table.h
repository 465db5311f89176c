// GroupTable: from a key to the accumulators of its group, for one lane.
//
// Open addressing over 1-byte tags that are compared 16 at a time; the rows (hash, key,
// accumulators) lie in pages that never move, so a pointer to accumulators stays good as
// long as the table. A batch of keys is looked up together: the tags of all are prefetched, then
// the rows, then compared. Groups keep the order in which they came. Changes are marked per epoch:
// changed() lists the rows that were touched since the last begin_epoch(), which is what an
// incremental checkpoint writes. Owner: one operator; one thread. At most 2^32 - 1 groups.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/arena.h"
#include "base/pages.h"
#include "state/key_codec.h"

namespace weir::state {

class GroupTable {
 public:
  // Makes fresh accumulators of `state_bytes` bytes at a place aligned to 16.
  using InitState = void (*)(std::byte* state, const void* context);

  GroupTable(const KeyCodec& codec, uint32_t state_bytes, InitState init, const void* init_context);

  // states[i] becomes the accumulators of key i, made when the key is new. Marks all as changed.
  void find_or_insert(const EncodedKeys& keys, std::span<std::byte*> states);
  // The same for one key; `hash` is hash_key(key).
  [[nodiscard]] std::byte* find_or_insert(uint64_t hash, std::span<const std::byte> key);

  // How many groups there may come to be: once the table grows, it grows to that at once.
  void expect(uint32_t groups) { expected_ = groups; }
  [[nodiscard]] uint32_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Rows 0 to size() - 1, in order of insertion.
  [[nodiscard]] uint64_t hash(uint32_t row) const;
  [[nodiscard]] std::span<const std::byte> key(uint32_t row) const;
  [[nodiscard]] std::byte* state(uint32_t row) const { return row_at(row) + state_offset_; }
  [[nodiscard]] uint32_t state_bytes() const { return state_bytes_; }
  // For rows that are visited in any order: the row will be read soon.
  void prefetch(uint32_t row) const { __builtin_prefetch(row_at(row)); }

  [[nodiscard]] std::span<const uint32_t> changed() const { return changed_; }
  void begin_epoch();
  // Every row counts as changed in this epoch.
  void mark_all_changed();

  // Bytes taken from the system.
  [[nodiscard]] size_t footprint() const;

 private:
  struct RowHeader {
    uint64_t hash;
    uint32_t epoch;
    uint32_t key_length;
  };

  [[nodiscard]] std::byte* row_at(uint32_t row) const {
    return pages_[row >> page_shift_].data() + static_cast<size_t>(row & page_mask_) * row_bytes_;
  }
  [[nodiscard]] bool row_matches(const std::byte* row, uint64_t hash,
                                 std::span<const std::byte> key) const;
  [[nodiscard]] uint32_t candidate(uint64_t hash) const;
  std::byte* insert(uint64_t hash, std::span<const std::byte> key);
  std::byte* touch(std::byte* row, uint32_t number);
  void place(uint64_t hash, uint32_t row);
  void grow();

  bool fixed_;
  uint32_t key_bytes_;  // inside the row: the key itself, or a pointer to it
  uint32_t state_offset_;
  uint32_t state_bytes_;
  uint32_t row_bytes_;
  uint32_t page_shift_;  // a page holds 2^page_shift_ rows: no division on the way of a row
  uint32_t page_mask_;
  InitState init_;
  const void* init_context_;

  Pages tags_;            // one a slot: 0 empty, else 0x80 | low 7 bits of the hash
  Pages slots_;           // uint32 row a slot
  size_t slot_mask_ = 0;  // slots - 1
  uint32_t size_ = 0;
  uint32_t expected_ = 0;
  uint32_t epoch_ = 1;
  std::vector<Pages> pages_;
  Arena long_keys_;
  std::vector<uint32_t> changed_;
};

}  // namespace weir::state
