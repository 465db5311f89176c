// CheckpointRestore: the way of a manifest's state back into operators and sources.
//
// At whatever parallelism: every lane gets the pieces, or the parts of them, whose key groups it
// owns. Immutable; any thread. The store outlives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkpoint/manifest.h"
#include "checkpoint/store.h"
#include "exec/lane_snapshot.h"
#include "exec/split_assigner.h"

namespace weir::checkpoint {

class CheckpointRestore final : public exec::JobRestore {
 public:
  CheckpointRestore(const CheckpointStore& store, Manifest manifest)
      : store_(store), manifest_(std::move(manifest)) {}

  [[nodiscard]] std::unique_ptr<exec::RestoreReader> operator_state(
      const std::string& operator_id, exec::KeyGroupRange key_groups) const override;
  [[nodiscard]] std::vector<exec::RestoredSource> sources() const;
  [[nodiscard]] const Manifest& manifest() const { return manifest_; }

 private:
  const CheckpointStore& store_;
  Manifest manifest_;
};

}  // namespace weir::checkpoint
