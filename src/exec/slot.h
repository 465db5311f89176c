// Slot: one operator in its lane: its inputs' watermarks and barriers, its output, its counters.
//
// Data, watermarks, barriers and ends reach a slot by direct calls from other slots of the lane, or
// from the lane, which reads queues and sources. A slot with several inputs aligns barriers; while
// it waits, everything in the lane that could still feed an input that is done is blocked (the
// lane asks blocked() before it reads for a slot or resumes it). When the barrier is complete the
// operator's state is cut and the barrier goes on. Owned by the lane; its thread only, except
// stats().
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exec/alignment.h"
#include "exec/input_watermarks.h"
#include "exec/lane_snapshot.h"
#include "exec/operator.h"
#include "exec/ring.h"

namespace weir::exec {

class Slot;
class LaneRejects;

struct NamedRange {
  std::string name;
  KeyGroupRange range;
};
using PieceRanges = std::multimap<PieceId, NamedRange>;

// What slots of one lane share.
struct LaneShared {
  LaneRejects* rejects = nullptr;
  PieceIds* piece_ids = nullptr;
  // Emissions left before a long-running operator gives the lane back to others.
  uint32_t quantum = 0;
  uint64_t finished_epoch = 0;  // the last that the whole lane has cut
  LaneSnapshot snapshot;        // of the epoch under way
  uint32_t slots_cut = 0;
  uint32_t slots_ended = 0;
};

class SlotOutput final : public Output {
 public:
  explicit SlotOutput(Slot& slot, LaneShared& shared) : slot_(slot), shared_(shared) {}

  void add_target(Slot& target, uint32_t input) { targets_.push_back({&target, input}); }
  // One ring a lane; the slot is the upstream half of an exchange.
  void set_rings(std::vector<Ring*> rings) { rings_ = std::move(rings); }
  // The exchange of a job with one lane.
  void set_direct(Slot& downstream) { direct_ = &downstream; }

  Status emit(types::BatchRef batch) override;
  Status emit_watermark(int64_t watermark_ms) override;
  Status emit_idle() override;
  [[nodiscard]] bool has_credit() const override;
  Status send_to(uint32_t lane, types::BatchRef batch) override;
  Status send_to(uint32_t lane, PartialRef partial) override;
  Status reject(RejectKind kind, const types::Batch& batch,
                std::span<const RejectedRow> rows) override;

  Status forward_barrier(uint64_t epoch);
  Status forward_end();
  // Downstream was told that this output is idle and it is not any more.
  Status reactivate();
  [[nodiscard]] const std::vector<Ring*>& rings() const { return rings_; }

 private:
  struct Target {
    Slot* slot;
    uint32_t input;
  };

  Status send(uint32_t lane, Message message);

  Slot& slot_;
  LaneShared& shared_;
  std::vector<Target> targets_;
  std::vector<Ring*> rings_;
  Slot* direct_ = nullptr;
  int64_t last_watermark_ms_ = kNoWatermark;
  bool idle_ = false;
};

class Slot {
 public:
  Slot(std::unique_ptr<Operator> op, OperatorContext context, size_t inputs, LaneShared& shared);

  Status open(const JobRestore* restore);

  Status deliver(uint32_t input, types::BatchRef batch);
  Status deliver(uint32_t input, PartialRef partial);
  Status deliver_watermark(uint32_t input, int64_t watermark_ms);
  Status deliver_idle(uint32_t input);
  Status deliver_barrier(uint32_t input, uint64_t epoch);
  Status deliver_end(uint32_t input);
  // Of a queue: whichever of the above.
  Status deliver(uint32_t input, Message message);

  Status resume();
  Status on_timer(int64_t now_ms);

  [[nodiscard]] bool has_more() const { return op_->has_more(); }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool blocked() const { return blocks_ > 0; }
  [[nodiscard]] bool may_read(uint32_t input) const {
    return blocks_ == 0 && alignment_.may_read(input);
  }
  // Whether everything behind this slot in the lane can take more.
  [[nodiscard]] bool downstream_has_room() const { return queues_have_room() && sinks_have_room(); }
  [[nodiscard]] bool queues_have_room() const;
  [[nodiscard]] bool sinks_have_room() const;

  // Set by the lane's builder. Feeders of an input: the slots that reach it by direct calls.
  // Limits: the queues and the slots behind this one (itself included) that can be full.
  void set_feeders(std::vector<std::vector<Slot*>> feeders) { feeders_ = std::move(feeders); }
  void set_limits(std::vector<Ring*> rings, std::vector<const Slot*> slots);

  [[nodiscard]] SlotOutput& output() { return output_; }
  [[nodiscard]] Operator& op() { return *op_; }
  [[nodiscard]] const OperatorContext& context() const { return context_; }
  [[nodiscard]] const OperatorStats& stats() const { return stats_; }
  [[nodiscard]] OperatorStats& mutable_stats() { return stats_; }
  [[nodiscard]] LaneShared& shared() { return shared_; }
  // The slot is behind its cut of an epoch that the lane has not finished.
  [[nodiscard]] bool after_cut() const { return cut_epoch_ > shared_.finished_epoch; }

 private:
  Status cut(uint64_t epoch);
  Status advance(int64_t watermark_ms);
  Status settle();
  types::BatchRef clamp_row_watermarks(uint32_t input, types::BatchRef batch) const;

  std::unique_ptr<Operator> op_;
  OperatorContext context_;
  OperatorStats stats_;
  LaneShared& shared_;
  SlotOutput output_;
  InputWatermarks watermarks_;
  BarrierAlignment alignment_;
  std::vector<std::vector<Slot*>> feeders_;
  std::vector<Ring*> limit_rings_;
  std::vector<const Slot*> limit_slots_;
  // Of the newest snapshot, or restored; an id can stand for several ranges after a restore.
  PieceRanges pieces_;
  uint32_t blocks_ = 0;
  size_t inputs_ended_ = 0;
  uint64_t cut_epoch_ = 0;
  bool idle_pending_ = false;
  bool ended_ = false;
};

}  // namespace weir::exec
