#include "exec/split_assigner.h"

#include <algorithm>

namespace weir::exec {

SplitAssigner::SplitAssigner(std::vector<SourceEntry> sources, uint32_t lanes, SplitTable& table)
    : sources_(std::move(sources)),
      lanes_(lanes),
      table_(table),
      known_(sources_.size()),
      next_lane_(sources_.size(), 0) {}

LaneAssignment SplitAssigner::assign(uint32_t source, SplitInfo split) {
  known_[source].insert(split.id);
  LaneAssignment assignment;
  assignment.lane = next_lane_[source];
  next_lane_[source] = (next_lane_[source] + 1) % lanes_;
  assignment.split.source = source;
  assignment.split.split = table_.add(std::move(split));
  return assignment;
}

Status SplitAssigner::restore(uint32_t source, const RestoredSource& restored,
                              std::vector<LaneAssignment>& out) {
  const bool same_lanes = restored.lanes.size() == lanes_;
  for (uint32_t lane = 0; lane < restored.lanes.size(); ++lane) {
    for (const SplitState& state : restored.lanes[lane].splits) {
      if (known_[source].contains(state.split.id)) {
        return corrupt("the checkpoint has two positions for the split " + state.split.id);
      }
      LaneAssignment assignment = assign(source, state.split);
      if (same_lanes) assignment.lane = lane;
      assignment.split.finished = state.finished;
      assignment.split.watermarks = state.watermarks;
      assignment.split.start = {ReaderStart::Kind::kResume, state.position};
      out.push_back(std::move(assignment));
    }
  }
  return ok();
}

Result<std::vector<LaneAssignment>> SplitAssigner::initial(
    const std::vector<RestoredSource>& restored) {
  std::vector<LaneAssignment> out;
  for (uint32_t source = 0; source < sources_.size(); ++source) {
    const auto found = std::ranges::find(restored, sources_[source].id, &RestoredSource::source_id);
    const bool known = found != restored.end();
    if (known) WEIR_TRY(restore(source, *found, out));
    for (SplitInfo& split : WEIR_TRY(sources_[source].source->discover())) {
      if (known_[source].contains(split.id)) continue;
      out.push_back(assign(source, std::move(split)));
      out.back().split.start.kind =
          known ? ReaderStart::Kind::kDiscovered : ReaderStart::Kind::kInitial;
    }
  }
  return out;
}

Result<std::vector<LaneAssignment>> SplitAssigner::discover(uint32_t source) {
  std::vector<LaneAssignment> out;
  for (SplitInfo& split : WEIR_TRY(sources_[source].source->discover())) {
    if (known_[source].contains(split.id)) continue;
    out.push_back(assign(source, std::move(split)));
    out.back().split.start.kind = ReaderStart::Kind::kDiscovered;
  }
  return out;
}

std::vector<int64_t> SplitAssigner::restored_watermarks(const std::vector<RestoredSource>& restored,
                                                        const std::string& source_id, uint32_t lane,
                                                        uint32_t lanes) {
  const auto found = std::ranges::find(restored, source_id, &RestoredSource::source_id);
  if (found == restored.end() || found->lanes.empty()) return {};
  if (found->lanes.size() == lanes) return found->lanes[lane].emitted_watermarks;
  // Another parallelism: what every lane had said holds for all.
  std::vector<int64_t> lowest = found->lanes.front().emitted_watermarks;
  for (const SourceSnapshot& other : found->lanes) {
    lowest.resize(std::min(lowest.size(), other.emitted_watermarks.size()));
    for (size_t i = 0; i < lowest.size(); ++i) {
      lowest[i] = std::min(lowest[i], other.emitted_watermarks[i]);
    }
  }
  return lowest;
}

}  // namespace weir::exec
