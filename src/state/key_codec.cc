#include "state/key_codec.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/check.h"

namespace weir::state {
namespace {

using types::Column;
using types::ColumnRef;
using types::LogicalType;
using types::Physical;
using types::Selection;
using types::StringRef;

constexpr uint64_t kHashSeed = 0x7765697200000001ULL;  // "weir", version 1
constexpr uint32_t kMaskBytes = 8;
constexpr size_t kMaxKeyColumns = 64;

uint32_t slot_bytes(const LogicalType& type) {
  if (type.physical() == Physical::kString) return sizeof(uint32_t);
  return static_cast<uint32_t>(types::physical_width(type.physical()));
}

template <typename T>
T canonical(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (value == T{0}) return T{0};
    if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  }
  return value;
}

// Writes one column's values into its slot of every key; NULLs stay zero and set their mask bit.
template <typename T>
void encode_fixed(const Column& column, size_t number, uint32_t position,
                  const Selection& selection, EncodedKeys& out) {
  std::byte* const base = out.bytes.data();
  const uint32_t* const offsets = out.offsets.data();
  const auto values = column.values<T>();
  if (column.is_constant()) {
    if (column.is_null(0)) {
      for (size_t i = 0; i < selection.size(); ++i) {
        store_le(base + offsets[i], load_le<uint64_t>(base + offsets[i]) | 1ULL << number);
      }
      return;
    }
    const T value = canonical(values[0]);
    for (size_t i = 0; i < selection.size(); ++i) store_le(base + offsets[i] + position, value);
    return;
  }
  if (!column.may_have_nulls()) {
    for (size_t i = 0; i < selection.size(); ++i) {
      store_le(base + offsets[i] + position, canonical(values[selection[i]]));
    }
    return;
  }
  for (size_t i = 0; i < selection.size(); ++i) {
    if (column.is_null(selection[i])) {
      store_le(base + offsets[i], load_le<uint64_t>(base + offsets[i]) | 1ULL << number);
    } else {
      store_le(base + offsets[i] + position, canonical(values[selection[i]]));
    }
  }
}

void encode_strings(const Column& column, size_t number, uint32_t position,
                    const Selection& selection, std::vector<uint32_t>& tails, EncodedKeys& out) {
  std::byte* const base = out.bytes.data();
  for (size_t i = 0; i < selection.size(); ++i) {
    std::byte* const key = base + out.offsets[i];
    if (column.is_null(selection[i])) {
      store_le(key, load_le<uint64_t>(key) | 1ULL << number);
      continue;
    }
    const StringRef& text = column.value<StringRef>(selection[i]);
    store_le(key + position, text.size());
    std::memcpy(base + tails[i], text.data(), text.size());
    tails[i] += text.size();
  }
}

}  // namespace

uint64_t hash_key(std::span<const std::byte> key) {
  return XXH3_64bits_withSeed(key.data(), key.size(), kHashSeed);
}

KeyCodec::KeyCodec(std::vector<LogicalType> key_types) : types_(std::move(key_types)) {
  WEIR_CHECK(types_.size() <= kMaxKeyColumns, "a key has at most 64 columns");
  uint32_t position = kMaskBytes;
  for (const auto& type : types_) {
    WEIR_CHECK(slot_bytes(type) > 0, "a nested type is no key");
    positions_.push_back(position);
    position += slot_bytes(type);
    if (type.physical() == Physical::kString) fixed_ = false;
  }
  fixed_bytes_ = (position + 7U) & ~7U;
}

void KeyCodec::encode(std::span<const ColumnRef> columns, const Selection& selection,
                      EncodedKeys& out) const {
  const size_t count = selection.size();
  out.hashes.resize(count);
  out.offsets.resize(count + 1);
  std::vector<uint32_t> tails;
  if (fixed_) {
    for (size_t i = 0; i <= count; ++i) out.offsets[i] = static_cast<uint32_t>(i) * fixed_bytes_;
  } else {
    std::vector<uint32_t> lengths(count, fixed_bytes_);
    for (size_t c = 0; c < columns.size(); ++c) {
      if (types_[c].physical() != Physical::kString) continue;
      for (size_t i = 0; i < count; ++i) {
        const uint32_t row = selection[i];
        if (!columns[c]->is_null(row)) lengths[i] += columns[c]->value<StringRef>(row).size();
      }
    }
    uint32_t offset = 0;
    tails.resize(count);
    for (size_t i = 0; i < count; ++i) {
      out.offsets[i] = offset;
      tails[i] = offset + fixed_bytes_;
      offset += lengths[i];
    }
    out.offsets[count] = offset;
  }
  out.bytes.assign(out.offsets[count], std::byte{0});

  for (size_t c = 0; c < columns.size(); ++c) {
    const Column& column = *columns[c];
    switch (types_[c].physical()) {
      case Physical::kBool8:
      case Physical::kInt8: encode_fixed<int8_t>(column, c, positions_[c], selection, out); break;
      case Physical::kInt16: encode_fixed<int16_t>(column, c, positions_[c], selection, out); break;
      case Physical::kInt32: encode_fixed<int32_t>(column, c, positions_[c], selection, out); break;
      case Physical::kInt64: encode_fixed<int64_t>(column, c, positions_[c], selection, out); break;
      case Physical::kFloat32: encode_fixed<float>(column, c, positions_[c], selection, out); break;
      case Physical::kFloat64:
        encode_fixed<double>(column, c, positions_[c], selection, out);
        break;
      case Physical::kInt128:
        encode_fixed<types::int128_t>(column, c, positions_[c], selection, out);
        break;
      case Physical::kString:
        encode_strings(column, c, positions_[c], selection, tails, out);
        break;
      case Physical::kNone:
      case Physical::kList:
      case Physical::kStruct: WEIR_CHECK(false, "a nested type is no key");
    }
  }
  constexpr uint32_t kOneWordKey = kMaskBytes + sizeof(int64_t);
  if (fixed_ && fixed_bytes_ == kOneWordKey) {
    // A known length lets the compiler take XXH3's short path out of its branches.
    for (size_t i = 0; i < count; ++i) {
      out.hashes[i] =
          XXH3_64bits_withSeed(out.bytes.data() + i * kOneWordKey, kOneWordKey, kHashSeed);
    }
    return;
  }
  for (size_t i = 0; i < count; ++i) out.hashes[i] = hash_key({out.key(i), out.length(i)});
}

std::vector<ColumnRef> KeyCodec::decode(std::span<const std::span<const std::byte>> keys) const {
  std::vector<ColumnRef> columns;
  for (size_t c = 0; c < types_.size(); ++c) {
    columns.push_back(types_[c].physical() == Physical::kString ? decode_strings(c, keys)
                                                                : decode_column(c, keys));
  }
  return columns;
}

namespace {

// The validity of one key column; absent when no key has NULL there.
BufferRef decode_validity(size_t column, std::span<const std::span<const std::byte>> keys) {
  uint64_t any = 0;
  for (const auto& key : keys) any |= load_le<uint64_t>(key.data());
  if ((any >> column & 1U) == 0) return nullptr;
  auto validity = Buffer::allocate(types::bitmap_bytes(keys.size()));
  std::memset(validity->mutable_data(), 0, validity->size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if ((load_le<uint64_t>(keys[i].data()) >> column & 1U) == 0) {
      types::set_bit(validity->mutable_as<uint8_t>(), i);
    }
  }
  return validity;
}

}  // namespace

ColumnRef KeyCodec::decode_column(size_t column,
                                  std::span<const std::span<const std::byte>> keys) const {
  const uint32_t width = slot_bytes(types_[column]);
  auto values = Buffer::allocate(keys.size() * width);
  for (size_t i = 0; i < keys.size(); ++i) {
    std::memcpy(values->mutable_data() + i * width, keys[i].data() + positions_[column], width);
  }
  Column::Parts parts;
  parts.type = types_[column];
  parts.length = static_cast<uint32_t>(keys.size());
  parts.values = std::move(values);
  parts.validity = decode_validity(column, keys);
  return Column::make(std::move(parts));
}

ColumnRef KeyCodec::decode_strings(size_t column,
                                   std::span<const std::span<const std::byte>> keys) const {
  size_t total = 0;
  for (const auto& key : keys) total += load_le<uint32_t>(key.data() + positions_[column]);
  auto heap = Buffer::allocate(total);
  auto values = Buffer::allocate(keys.size() * sizeof(StringRef));
  size_t used = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    uint32_t start = fixed_bytes_;
    for (size_t c = 0; c < column; ++c) {
      if (types_[c].physical() == Physical::kString) {
        start += load_le<uint32_t>(keys[i].data() + positions_[c]);
      }
    }
    const auto length = load_le<uint32_t>(keys[i].data() + positions_[column]);
    char* const to = heap->mutable_as<char>() + used;
    std::memcpy(to, keys[i].data() + start, length);
    values->mutable_as<StringRef>()[i] = StringRef(to, length);
    used += length;
  }
  Column::Parts parts;
  parts.type = types_[column];
  parts.length = static_cast<uint32_t>(keys.size());
  parts.values = std::move(values);
  parts.validity = decode_validity(column, keys);
  parts.pinned.push_back(std::move(heap));
  return Column::make(std::move(parts));
}

bool KeyCodec::is_valid(std::span<const std::byte> key) const {
  if (key.size() < fixed_bytes_) return false;
  uint64_t expected = fixed_bytes_;
  for (size_t c = 0; c < types_.size(); ++c) {
    if (types_[c].physical() == Physical::kString) {
      expected += load_le<uint32_t>(key.data() + positions_[c]);
    }
  }
  return expected == key.size();
}

}  // namespace weir::state
