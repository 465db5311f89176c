#include "types/selection.h"

#include <array>

#include "base/bytes.h"

namespace weir::types {
namespace {

struct Positions {
  uint16_t at[8];
};

// For every pattern of 8 bits: the positions of those that are set.
constexpr std::array<Positions, 256> kPositions = [] {
  std::array<Positions, 256> table{};
  for (size_t pattern = 0; pattern < 256; ++pattern) {
    size_t count = 0;
    for (uint16_t bit = 0; bit < 8; ++bit) {
      if ((pattern >> bit & 1U) != 0) table[pattern].at[count++] = bit;
    }
  }
  return table;
}();

// Eight bytes of 0 or 1 as eight bits, the first byte in the lowest.
inline uint8_t pack_bools(const uint8_t* bools) {
  constexpr uint64_t kGather = 0x0102040810204080ULL;
  return static_cast<uint8_t>(load_le<uint64_t>(bools) * kGather >> 56U);
}

inline uint32_t append(uint8_t pattern, uint32_t first_row, uint16_t* out, uint32_t size) {
  const auto& positions = kPositions[pattern];
  for (size_t i = 0; i < 8; ++i) {
    out[size + i] = static_cast<uint16_t>(positions.at[i] + first_row);
  }
  return size + static_cast<uint32_t>(__builtin_popcount(pattern));
}

// Rows of `in` for which test(row) holds; `pattern(block)` gives the test of eight rows at once.
template <typename Pattern, typename Test>
void select(const Selection& in, OwnedSelection& out, Pattern&& pattern, Test&& test) {
  uint16_t* rows = out.data();
  uint32_t size = 0;
  if (in.is_all()) {
    const uint32_t whole = in.size() & ~7U;
    for (uint32_t row = 0; row < whole; row += 8) size = append(pattern(row), row, rows, size);
    for (uint32_t row = whole; row < in.size(); ++row) {
      rows[size] = static_cast<uint16_t>(row);
      size += test(row) ? 1 : 0;
    }
  } else {
    // `in` may be the rows of `out` itself: writing never overtakes reading.
    for (const uint16_t row : in.indices()) {
      const bool wanted = test(row);
      rows[size] = row;
      size += wanted ? 1 : 0;
    }
  }
  out.set_size(size);
}

void copy_rows(const Selection& in, OwnedSelection& out) {
  uint16_t* rows = out.data();
  for (uint32_t at = 0; at < in.size(); ++at) rows[at] = static_cast<uint16_t>(in[at]);
  out.set_size(in.size());
}

void select_bool(const Column& column, bool wanted, const Selection& in, OwnedSelection& out) {
  const auto* values = column.values<uint8_t>().data();
  if (column.is_constant()) {
    if (!column.is_null(0) && (values[0] != 0) == wanted) {
      copy_rows(in, out);
    } else {
      out.set_size(0);
    }
    return;
  }
  const uint8_t flip = wanted ? 0 : 0xFF;
  const uint8_t* validity = column.validity();
  if (validity == nullptr) {
    select(
        in, out,
        [&](uint32_t row) { return static_cast<uint8_t>(pack_bools(values + row) ^ flip); },
        [&](uint32_t row) { return (values[row] != 0) == wanted; });
  } else {
    select(
        in, out,
        [&](uint32_t row) {
          return static_cast<uint8_t>((pack_bools(values + row) ^ flip) & validity[row / 8]);
        },
        [&](uint32_t row) { return (values[row] != 0) == wanted && bit_is_set(validity, row); });
  }
}

}  // namespace

BufferRef OwnedSelection::to_buffer() const {
  auto buffer = Buffer::allocate(size_ * sizeof(uint16_t));
  if (size_ > 0) std::memcpy(buffer->mutable_data(), rows_.data(), size_ * sizeof(uint16_t));
  return buffer;
}

void select_true(const Column& column, const Selection& in, OwnedSelection& out) {
  select_bool(column, true, in, out);
}

void select_false(const Column& column, const Selection& in, OwnedSelection& out) {
  select_bool(column, false, in, out);
}

void select_bits(const uint8_t* bits, bool wanted, const Selection& in, OwnedSelection& out) {
  if (bits == nullptr) {
    if (wanted) {
      copy_rows(in, out);
    } else {
      out.set_size(0);
    }
    return;
  }
  const uint8_t flip = wanted ? 0 : 0xFF;
  select(
      in, out, [&](uint32_t row) { return static_cast<uint8_t>(bits[row / 8] ^ flip); },
      [&](uint32_t row) { return bit_is_set(bits, row) == wanted; });
}

void select_bytes(const uint8_t* bytes, const Selection& in, OwnedSelection& out) {
  select(
      in, out,
      [&](uint32_t row) {
        // Any nonzero byte becomes 1.
        const uint64_t block = load_le<uint64_t>(bytes + row);
        constexpr uint64_t kLow7 = 0x7F7F7F7F7F7F7F7FULL;
        const uint64_t ones = ((((block & kLow7) + kLow7) | block) >> 7U) & 0x0101010101010101ULL;
        return static_cast<uint8_t>(ones * 0x0102040810204080ULL >> 56U);
      },
      [&](uint32_t row) { return bytes[row] != 0; });
}

void select_without(const Selection& in, std::span<const uint16_t> without, OwnedSelection& out) {
  uint16_t* rows = out.data();
  uint32_t size = 0;
  size_t next = 0;
  in.for_each([&](uint32_t row) {
    while (next < without.size() && without[next] < row) ++next;
    if (next < without.size() && without[next] == row) return;
    rows[size++] = static_cast<uint16_t>(row);
  });
  out.set_size(size);
}

}  // namespace weir::types
