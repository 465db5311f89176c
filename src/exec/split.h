// SplitInfo: one part of a source that is read in order by one reader: a topic partition, a file.
#pragma once

#include <cstdint>
#include <string>

namespace weir::exec {

struct SplitInfo {
  // Stable over restarts and unique in its source; the position in a checkpoint is found by it.
  std::string id;
  std::string topic;       // for dead letters and views; a file's path for files
  int32_t partition = -1;  // -1: has none
  uint32_t number = 0;     // of this run, given by the job; what Origin::split says

  bool operator==(const SplitInfo&) const = default;
};

}  // namespace weir::exec
