#include "connectors/kafka/pending_records.h"

#include <algorithm>

namespace weir::connectors {

PendingRecords::Filling PendingRecords::begin_fill() {
  records_.clear();
  log_append_.clear();
  used_ = 0;
  return {records_, log_append_};
}

void PendingRecords::end_fill(int64_t filled_to) {
  // A stored batch is read whole: its first records may have been read before, its last may lie
  // behind the end.
  const auto& offsets = records_.offsets;
  used_ = static_cast<size_t>(std::ranges::lower_bound(offsets, next_) - offsets.begin());
  filled_to_ = filled_to;
  if (empty()) next_ = std::max(next_, filled_to_);
}

Status PendingRecords::decode(size_t count, exec::Poll& poll) {
  count = std::min(count, size());
  slices_.clear();
  const auto offsets = std::span<const int64_t>(records_.offsets).subspan(used_);
  size_t taken = 0;
  for (; taken < count && offsets[taken] < stop_; ++taken) {
    const std::string_view value = records_.values[used_ + taken];
    slices_.push_back({value.data(), static_cast<uint32_t>(value.size())});
  }
  key_slices_.clear();
  for (size_t at = used_; decoder_.has_keys() && at < used_ + taken; ++at) {
    const std::string_view key = records_.keys[at];
    key_slices_.push_back({key.data(), static_cast<uint32_t>(key.size())});
  }
  if (taken > 0) {
    metadata_.set_block(records_, log_append_, used_);
    WEIR_TRY(decoder_.decode({slices_, offsets.first(taken), records_.buffers, key_slices_}, split_,
                             metadata_, poll));
  }
  used_ = taken < count ? records_.size() : used_ + taken;
  next_ = empty() ? std::min(filled_to_, stop_) : records_.offsets[used_];
  return ok();
}

}  // namespace weir::connectors
