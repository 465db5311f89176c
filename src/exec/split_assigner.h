// SplitAssigner: which lane reads which split.
//
// Asks the sources for their splits at the start and again while the job runs, numbers new ones,
// and spreads them over the lanes: a restored split goes back to its lane when the parallelism is
// the same, all others take turns. Owned by the job; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "exec/lane_snapshot.h"
#include "exec/source.h"
#include "exec/source_runner.h"
#include "exec/split_table.h"

namespace weir::exec {

// What a checkpoint says of one source, over all lanes of the run that took it.
struct RestoredSource {
  std::string source_id;
  std::vector<SourceSnapshot> lanes;  // by lane
};

struct LaneAssignment {
  uint32_t lane = 0;
  SplitAssignment split;
};

class SplitAssigner {
 public:
  struct SourceEntry {
    Source* source;
    std::string id;
  };

  SplitAssigner(std::vector<SourceEntry> sources, uint32_t lanes, SplitTable& table);

  // All splits of all sources, once, before the lanes run. `restored` is empty at a fresh start;
  // a source that it does not have begins anew.
  Result<std::vector<LaneAssignment>> initial(const std::vector<RestoredSource>& restored);
  // Splits that have appeared since. Errors of kUnavailable mean: ask again later.
  Result<std::vector<LaneAssignment>> discover(uint32_t source);

  // What a lane had emitted as watermarks, per tracker, when the checkpoint was taken.
  [[nodiscard]] static std::vector<int64_t> restored_watermarks(
      const std::vector<RestoredSource>& restored, const std::string& source_id, uint32_t lane,
      uint32_t lanes);

 private:
  LaneAssignment assign(uint32_t source, SplitInfo split);
  Status restore(uint32_t source, const RestoredSource& restored, std::vector<LaneAssignment>& out);

  std::vector<SourceEntry> sources_;
  uint32_t lanes_;
  SplitTable& table_;
  std::vector<std::set<std::string>> known_;  // ids, one set a source
  std::vector<uint32_t> next_lane_;           // one a source
};

}  // namespace weir::exec
