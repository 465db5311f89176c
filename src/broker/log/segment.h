// Segment: one file of a partition's log, and the names of files beside it.
//
// A plain value behind a shared_ptr; the log that owns it guards it with its mutex. Closed segments
// never change, the last one grows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/log/sparse_index.h"

namespace weir::broker {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kIndexSuffix = ".index";
inline constexpr std::string_view kProducersSuffix = ".producers";
inline constexpr std::string_view kTemporarySuffix = ".tmp";

// "<offset, 20 digits><suffix>" inside `dir`.
[[nodiscard]] std::string offset_path(const std::string& dir, int64_t offset,
                                      std::string_view suffix);
// The offset in a file's name of that form.
[[nodiscard]] std::optional<int64_t> parse_offset_name(std::string_view name,
                                                       std::string_view suffix);

struct Segment {
  SegmentSummary summary;
  int64_t created_ms = 0;  // when this process first wrote or opened it, for segment.ms
  // Of the last segment always; of a closed one until its file is written.
  std::shared_ptr<SparseIndex> index;
};
using SegmentRef = std::shared_ptr<Segment>;

}  // namespace weir::broker
