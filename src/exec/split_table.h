// SplitTable: the splits of a job by number, for messages and dead letters.
//
// Filled by the job as splits are found, read rarely (a row that is rejected). Any thread.
#pragma once

#include <deque>
#include <mutex>

#include "exec/split.h"

namespace weir::exec {

class SplitTable {
 public:
  // Gives the split its number.
  const SplitInfo& add(SplitInfo split) {
    const std::lock_guard lock(mutex_);
    split.number = static_cast<uint32_t>(splits_.size());
    return splits_.emplace_back(std::move(split));
  }
  // Null when there is none; lives as long as the table.
  [[nodiscard]] const SplitInfo* find(uint32_t number) const {
    const std::lock_guard lock(mutex_);
    return number < splits_.size() ? &splits_[number] : nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<SplitInfo> splits_;
};

}  // namespace weir::exec
