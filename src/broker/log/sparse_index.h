// SparseIndex: where in a segment an offset or a time is, roughly; docs/formats/broker-log.md.
//
// One entry a 16 KiB of log: a lookup gives the position of a batch at or before what is sought,
// and the reader walks on from there. Plain value; grows at the end only. One thread writes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::broker {

inline constexpr uint32_t kIndexIntervalBytes = 16U << 10U;

struct IndexEntry {
  uint32_t relative_offset;      // of the batch, from the segment's base
  uint32_t position;             // of the batch in the file
  int64_t max_timestamp_before;  // in the batches before it; -1: none
};

// What an index file says about its segment besides the entries.
struct SegmentSummary {
  int64_t base_offset = 0;
  int64_t next_offset = 0;
  uint64_t size = 0;  // bytes
  int64_t max_timestamp_ms = -1;

  bool operator==(const SegmentSummary&) const = default;
};

class SparseIndex {
 public:
  // For every batch in order; keeps it when it is far enough from the last one kept.
  void add(uint32_t relative_offset, uint32_t position, int64_t max_timestamp_before) {
    if (entries_.empty() || position >= entries_.back().position + kIndexIntervalBytes) {
      entries_.push_back({relative_offset, position, max_timestamp_before});
    }
  }
  // The last entry at or before it; 0 for an empty index.
  [[nodiscard]] uint32_t position_of(uint32_t relative_offset) const;
  // No batch before this position has a timestamp at or after `timestamp_ms`.
  [[nodiscard]] uint32_t position_before(int64_t timestamp_ms) const;

  [[nodiscard]] const std::vector<IndexEntry>& entries() const { return entries_; }

  [[nodiscard]] std::string encode(const SegmentSummary& summary) const;
  // kCorrupt when it is not exactly what encode() writes.
  static Result<SparseIndex> decode(std::string_view file, SegmentSummary& summary);

 private:
  std::vector<IndexEntry> entries_;
};

}  // namespace weir::broker
