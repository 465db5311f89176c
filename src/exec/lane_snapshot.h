// LaneSnapshot: everything of one lane that belongs to epoch n, as handed to the checkpoint.
//
// Made on the lane's thread at the cut, moved to the checkpoint's writer; what encoders hold is
// immutable. JobRestore is the way back.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exec/sink.h"
#include "exec/split.h"
#include "exec/state_io.h"

namespace weir::exec {

// Hands out piece ids; starts behind those of the restored checkpoint. Any thread.
class PieceIds {
 public:
  explicit PieceIds(PieceId next) : next_(next) {}
  PieceId take() { return next_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] PieceId next() const { return next_.load(std::memory_order_relaxed); }

 private:
  std::atomic<PieceId> next_;
};

struct PieceToWrite {
  PieceId id = 0;
  std::string name;
  KeyGroupRange range;
  PieceEncoder encode;
};

struct KeptPiece {
  PieceId id = 0;
  std::string name;
  KeyGroupRange range;  // what of it belongs to this lane's state
};

struct OperatorSnapshot {
  std::string operator_id;
  std::vector<KeptPiece> kept;
  std::vector<PieceToWrite> added;
};

struct SplitState {
  SplitInfo split;
  std::string position;
  bool finished = false;
  std::vector<int64_t> watermarks;  // one a tracker over the source, in plan order
};

// A source's splits in one lane.
struct SourceSnapshot {
  std::string source_id;
  std::vector<SplitState> splits;
  std::vector<int64_t> emitted_watermarks;  // one a tracker
};

struct SinkOutput {
  std::string sink_id;
  StagedOutput output;
};

struct LaneSnapshot {
  uint64_t epoch = 0;
  uint32_t lane = 0;
  std::vector<OperatorSnapshot> operators;
  std::vector<SourceSnapshot> sources;
  std::vector<SinkOutput> outputs;
};

// What a lane reads when it starts from a checkpoint. Any thread may read.
class JobRestore {
 public:
  virtual ~JobRestore() = default;
  // Null when the checkpoint has nothing of that operator for these key groups.
  [[nodiscard]] virtual std::unique_ptr<RestoreReader> operator_state(
      const std::string& operator_id, KeyGroupRange key_groups) const = 0;
};

}  // namespace weir::exec
