// LaneRejects: counts the rows that leave the stream in one lane, and hands them to the job's
// RejectWriter, cut by epochs.
//
// The slots of a lane reach barrier n one after the other. A row that a slot rejects behind its own
// cut belongs to epoch n + 1, so it is copied aside until the whole lane has been cut. Owned by the
// lane, its thread only. Reasons are counted by their fixed part (what stands before the first
// quoted value or digit), at most kReasonsMax of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "exec/rejects.h"
#include "exec/source.h"
#include "exec/split_table.h"

namespace weir::exec {

class LaneRejects {
 public:
  static constexpr size_t kReasonsMax = 64;

  // `writer` may be null: rejects are only counted.
  LaneRejects(Context& context, const JobSettings& settings, const SplitTable& splits,
              std::unique_ptr<RejectWriter> writer, std::string sink_id);

  // `after_cut`: the slot has been cut for an epoch that the lane has not finished.
  Status add(RejectKind kind, const types::Batch& batch, std::span<const RejectedRow> rows,
             const std::string& operator_name, bool after_cut);
  // A record that did not decode.
  Status add(const BadRecord& record, uint32_t split, const std::string& operator_name,
             bool after_cut);

  // The whole lane is cut: the output of `epoch`, then what was copied aside is written.
  Result<StagedOutput> prepare(uint64_t epoch);
  [[nodiscard]] const std::string& sink_id() const { return sink_id_; }

 private:
  struct Held {
    Reject reject;
    std::string reason;
    std::string operator_name;
    std::string raw;
    types::BatchRef batch;
  };

  Status refuse(const Reject& reject) const;
  void count(RejectKind kind, std::string_view reason);
  Status write(const Reject& reject, bool after_cut);

  Context& context_;
  const JobSettings& settings_;
  const SplitTable& splits_;
  std::unique_ptr<RejectWriter> writer_;
  std::string sink_id_;
  std::vector<Held> held_;
  std::map<std::pair<RejectKind, std::string>, Counter*> counters_;
};

}  // namespace weir::exec
