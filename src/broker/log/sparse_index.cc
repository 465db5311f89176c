#include "broker/log/sparse_index.h"

#include <algorithm>

#include "broker/log/checked_file.h"

namespace weir::broker {
namespace {

constexpr std::string_view kMagic = "WEIRIDX1";
constexpr size_t kEntrySize = 16;

}  // namespace

uint32_t SparseIndex::position_of(uint32_t relative_offset) const {
  const auto after =
      std::ranges::upper_bound(entries_, relative_offset, {}, &IndexEntry::relative_offset);
  return after == entries_.begin() ? 0 : std::prev(after)->position;
}

uint32_t SparseIndex::position_before(int64_t timestamp_ms) const {
  // max_timestamp_before never falls, so the entries that may be skipped to are a prefix.
  const auto after =
      std::ranges::lower_bound(entries_, timestamp_ms, {}, &IndexEntry::max_timestamp_before);
  return after == entries_.begin() ? 0 : std::prev(after)->position;
}

std::string SparseIndex::encode(const SegmentSummary& summary) const {
  ByteWriter out;
  out.reserve(64 + entries_.size() * kEntrySize);
  out.text(kMagic);
  out.le(summary.base_offset);
  out.le(summary.next_offset);
  out.le(summary.size);
  out.le(summary.max_timestamp_ms);
  out.le(static_cast<uint32_t>(entries_.size()));
  for (const IndexEntry& entry : entries_) {
    out.le(entry.relative_offset);
    out.le(entry.position);
    out.le(entry.max_timestamp_before);
  }
  return seal(out);
}

Result<SparseIndex> SparseIndex::decode(std::string_view file, SegmentSummary& summary) {
  ByteReader in(WEIR_TRY(unseal(file, kMagic)));
  summary.base_offset = in.le<int64_t>();
  summary.next_offset = in.le<int64_t>();
  summary.size = in.le<uint64_t>();
  summary.max_timestamp_ms = in.le<int64_t>();
  const auto count = in.le<uint32_t>();
  if (!in.ok() || in.remaining() != count * kEntrySize) return corrupt("index has another length");
  SparseIndex index;
  index.entries_.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const auto relative_offset = in.le<uint32_t>();
    const auto position = in.le<uint32_t>();
    index.entries_.push_back({relative_offset, position, in.le<int64_t>()});
  }
  return index;
}

}  // namespace weir::broker
