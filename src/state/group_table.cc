#include "state/group_table.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "base/bytes.h"
#include "base/check.h"

namespace weir::state {
namespace {

constexpr size_t kGroup = 16;  // tags compared at once
constexpr size_t kFirstSlots = 1024;
constexpr size_t kPageBytes = 256U << 10U;
constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

uint8_t tag_of(uint64_t hash) { return static_cast<uint8_t>(0x80U | (hash & 0x7FU)); }

// Bit i: tag i of the group equals `tag`.
uint32_t match(const std::byte* tags, uint8_t tag) {
  const __m128i group = _mm_loadu_si128(reinterpret_cast<const __m128i*>(tags));
  return static_cast<uint32_t>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(group, _mm_set1_epi8(static_cast<char>(tag)))));
}

}  // namespace

GroupTable::GroupTable(const KeyCodec& codec, uint32_t state_bytes, InitState init,
                       const void* init_context)
    : fixed_(codec.is_fixed()),
      key_bytes_(codec.is_fixed() ? codec.fixed_bytes() : sizeof(const std::byte*)),
      state_bytes_(state_bytes),
      init_(init),
      init_context_(init_context) {
  state_offset_ = static_cast<uint32_t>((sizeof(RowHeader) + key_bytes_ + 15U) & ~size_t{15});
  row_bytes_ = (state_offset_ + state_bytes + 15U) & ~15U;
  const auto rows = std::max<uint32_t>(1, static_cast<uint32_t>(kPageBytes / row_bytes_));
  page_shift_ = static_cast<uint32_t>(std::bit_width(rows)) - 1;
  page_mask_ = (1U << page_shift_) - 1;
}

bool GroupTable::row_matches(const std::byte* row, uint64_t hash,
                             std::span<const std::byte> key) const {
  const auto* header = reinterpret_cast<const RowHeader*>(row);
  if (header->hash != hash || header->key_length != key.size()) return false;
  const std::byte* stored = row + sizeof(RowHeader);
  if (!fixed_) {
    return std::memcmp(load_le<const std::byte*>(stored), key.data(), key.size()) == 0;
  }
  // Fixed keys are whole words, mostly two: cheaper than a call of memcmp.
  uint64_t difference = 0;
  for (size_t at = 0; at < key.size(); at += sizeof(uint64_t)) {
    difference |= load_le<uint64_t>(stored + at) ^ load_le<uint64_t>(key.data() + at);
  }
  return difference == 0;
}

uint32_t GroupTable::candidate(uint64_t hash) const {
  const size_t start = (hash >> 7U) & slot_mask_ & ~(kGroup - 1);
  const uint32_t found = match(tags_.data() + start, tag_of(hash));
  if (found == 0) return kNone;
  return reinterpret_cast<const uint32_t*>(
      slots_.data())[start + static_cast<size_t>(std::countr_zero(found))];
}

std::byte* GroupTable::touch(std::byte* row, uint32_t number) {
  auto* header = reinterpret_cast<RowHeader*>(row);
  if (header->epoch != epoch_) {
    header->epoch = epoch_;
    changed_.push_back(number);
  }
  return row + state_offset_;
}

std::byte* GroupTable::find_or_insert(uint64_t hash, std::span<const std::byte> key) {
  if (slot_mask_ == 0) grow();
  const auto* slots = reinterpret_cast<const uint32_t*>(slots_.data());
  size_t group = (hash >> 7U) & slot_mask_ & ~(kGroup - 1);
  while (true) {
    uint32_t found = match(tags_.data() + group, tag_of(hash));
    while (found != 0) {
      const uint32_t row = slots[group + static_cast<size_t>(std::countr_zero(found))];
      std::byte* const at = row_at(row);
      if (row_matches(at, hash, key)) return touch(at, row);
      found &= found - 1;
    }
    if (match(tags_.data() + group, 0) != 0) return insert(hash, key);
    group = (group + kGroup) & slot_mask_;
  }
}

void GroupTable::find_or_insert(const EncodedKeys& keys, std::span<std::byte*> states) {
  constexpr size_t kChunk = 64;  // enough loads in flight, few enough to stay in the first cache
  if (slot_mask_ == 0) grow();
  std::array<uint32_t, kChunk> candidates{};
  for (size_t begin = 0; begin < keys.count(); begin += kChunk) {
    const size_t end = std::min(begin + kChunk, keys.count());
    for (size_t i = begin; i < end; ++i) {
      const size_t group = (keys.hashes[i] >> 7U) & slot_mask_ & ~(kGroup - 1);
      __builtin_prefetch(tags_.data() + group);
      __builtin_prefetch(slots_.data() + group * sizeof(uint32_t));
    }
    for (size_t i = begin; i < end; ++i) {
      const uint32_t row = candidate(keys.hashes[i]);
      candidates[i - begin] = row;
      if (row != kNone) __builtin_prefetch(row_at(row), 1);
    }
    for (size_t i = begin; i < end; ++i) {
      const uint32_t row = candidates[i - begin];
      const std::span<const std::byte> key(keys.key(i), keys.length(i));
      if (row != kNone && row_matches(row_at(row), keys.hashes[i], key)) {
        states[i] = touch(row_at(row), row);
      } else {
        states[i] = find_or_insert(keys.hashes[i], key);
      }
    }
  }
}

std::byte* GroupTable::insert(uint64_t hash, std::span<const std::byte> key) {
  if (static_cast<size_t>(size_) * 8 >= (slot_mask_ + 1) * 7) grow();
  const uint32_t number = size_++;
  WEIR_CHECK(number != kNone, "a table holds at most 2^32 - 1 groups");
  if (number >> page_shift_ == pages_.size()) {
    pages_.emplace_back((size_t{1} << page_shift_) * row_bytes_);
  }
  place(hash, number);
  std::byte* const row = row_at(number);
  auto* header = reinterpret_cast<RowHeader*>(row);
  header->hash = hash;
  header->epoch = 0;
  header->key_length = static_cast<uint32_t>(key.size());
  std::byte* const to = row + sizeof(RowHeader);
  if (fixed_) {
    std::memcpy(to, key.data(), key.size());
  } else {
    std::byte* const copy = long_keys_.allocate(key.size());
    std::memcpy(copy, key.data(), key.size());
    store_le<const std::byte*>(to, copy);
  }
  init_(row + state_offset_, init_context_);
  return touch(row, number);
}

void GroupTable::place(uint64_t hash, uint32_t row) {
  size_t group = (hash >> 7U) & slot_mask_ & ~(kGroup - 1);
  while (true) {
    const uint32_t free = match(tags_.data() + group, 0);
    if (free != 0) {
      const size_t slot = group + static_cast<size_t>(std::countr_zero(free));
      tags_.data()[slot] = std::byte{tag_of(hash)};
      reinterpret_cast<uint32_t*>(slots_.data())[slot] = row;
      return;
    }
    group = (group + kGroup) & slot_mask_;
  }
}

void GroupTable::grow() {
  size_t slots = kFirstSlots;
  if (slot_mask_ != 0) {
    // Room for what is expected at a load of at most 7/8.
    slots = std::max((slot_mask_ + 1) * 2, std::bit_ceil(size_t{expected_} * 8 / 7 + 1));
  }
  tags_ = Pages(slots);
  slots_ = Pages(slots * sizeof(uint32_t));
  slot_mask_ = slots - 1;
  constexpr uint32_t kChunk = 32;  // slots on their way from memory at a time
  std::array<uint64_t, kChunk> hashes{};
  for (uint32_t begin = 0; begin < size_; begin += kChunk) {
    const uint32_t count = std::min(kChunk, size_ - begin);
    for (uint32_t i = 0; i < count; ++i) {
      hashes[i] = hash(begin + i);
      const size_t group = (hashes[i] >> 7U) & slot_mask_ & ~(kGroup - 1);
      __builtin_prefetch(tags_.data() + group, 1);
      __builtin_prefetch(slots_.data() + group * sizeof(uint32_t), 1);
    }
    for (uint32_t i = 0; i < count; ++i) place(hashes[i], begin + i);
  }
}

uint64_t GroupTable::hash(uint32_t row) const {
  return reinterpret_cast<const RowHeader*>(row_at(row))->hash;
}

std::span<const std::byte> GroupTable::key(uint32_t row) const {
  const std::byte* const at = row_at(row);
  const std::byte* stored = at + sizeof(RowHeader);
  if (!fixed_) stored = load_le<const std::byte*>(stored);
  return {stored, reinterpret_cast<const RowHeader*>(at)->key_length};
}

void GroupTable::begin_epoch() {
  ++epoch_;
  changed_.clear();
}

void GroupTable::mark_all_changed() {
  begin_epoch();
  for (uint32_t row = 0; row < size_; ++row) touch(row_at(row), row);
}

size_t GroupTable::footprint() const {
  const size_t rows = pages_.empty() ? 0 : pages_.size() * pages_.front().size();
  return tags_.size() + slots_.size() + long_keys_.footprint() + rows;
}

}  // namespace weir::state
