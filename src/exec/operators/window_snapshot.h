// WindowSnapshot: the chain of deltas that a WindowState has in a checkpoint.
//
// A snapshot keeps the pieces written before and adds what changed; when the chain has grown to
// several times what the state itself holds, one piece replaces it. After a restore the first
// snapshot starts a new chain, because the state is then made of parts of other lanes' chains.
// Owner: one half of a windowed aggregate; one thread.
#pragma once

#include <vector>

#include "exec/state_io.h"
#include "state/window_state.h"

namespace weir::exec {

class WindowSnapshot {
 public:
  // The first `skip` rows of `skip_slice_ms` have left the state (they were emitted).
  void write(SnapshotWriter& writer, state::WindowState& state, KeyGroupRange range,
             int64_t skip_slice_ms = 0, uint32_t skip = 0);
  // Puts back what belongs to this lane; pieces of other names are left to the operator.
  static Status restore(const RestoreReader& reader, state::WindowState& state);

 private:
  std::vector<PieceId> chain_;
  uint64_t chain_bytes_ = 0;
};

}  // namespace weir::exec
