// SourceRunner: one source in one lane: its splits, polled in rotation.
//
// Reads one batch at a time from the next split that has something, hands it to the scan's slot,
// reports records that did not decode, tells the watermark trackers of rows, ends and idleness,
// and notes positions at a barrier. A reader that is unavailable is asked again after a growing
// pause, and so is the source for a reader that it cannot open now; only the first start of a split
// where its startup mode says needs the source to be there, because no position stands for that
// place. When a bounded source has been read, the watermark goes to kMaxWatermark and the slot
// ends. Owned by the lane; its thread only, except lag_records().
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exec/lane_rejects.h"
#include "exec/lane_snapshot.h"
#include "exec/slot.h"
#include "exec/source.h"
#include "exec/watermark_tracker.h"

namespace weir::exec {

// A split on its way to a lane.
struct SplitAssignment {
  uint32_t source = 0;  // in the topology's order
  SplitInfo split;
  ReaderStart start;
  bool finished = false;            // carried along, so that nobody reads it again
  std::vector<int64_t> watermarks;  // one a tracker; empty: none yet
};

class SourceRunner {
 public:
  SourceRunner(Source& source, std::string source_id, Slot& slot, LaneRejects& rejects,
               Waker& waker);

  // Before the first split. Trackers are numbered in the order of the plan.
  WatermarkTracker& add_tracker();
  void restore_emitted(const std::vector<int64_t>& watermarks);
  Status add_split(SplitAssignment assignment);

  // Reads at most one batch. True: something was done.
  Result<bool> poll(int64_t now_ms);
  // When a reader wants to be asked again; kNever: it will wake the lane.
  [[nodiscard]] int64_t next_poll_ms() const;

  // Notes the positions, then lets the barrier into the slot.
  Status on_barrier(uint64_t epoch);
  void on_checkpoint(uint64_t epoch);
  void update_lag();

  [[nodiscard]] Slot& slot() { return slot_; }
  [[nodiscard]] bool ended() const { return ended_; }
  // -1: not known. Any thread.
  [[nodiscard]] int64_t lag_records() const { return lag_.load(std::memory_order_relaxed); }

 private:
  struct Split {
    SplitInfo info;
    std::unique_ptr<SplitReader> reader;  // null when finished or not opened yet
    std::optional<ReaderStart> unopened;  // where it is to be opened
    std::string finished_position;
    std::vector<int64_t> finished_watermarks;
    int64_t poll_at_ms = kNoWatermark;
    int64_t pause_ms = 0;
    std::deque<std::pair<uint64_t, std::string>> positions;  // of epochs not yet durable

    [[nodiscard]] bool is_finished() const { return !reader && !unopened; }
  };

  Result<bool> open_split(Split& split, int64_t now_ms);
  Result<bool> poll_split(Split& split, int64_t now_ms);
  Result<bool> back_off(Split& split, const Error& error, int64_t now_ms);
  [[nodiscard]] std::optional<SplitState> state_of(Split& split, uint64_t epoch) const;
  Status take(Split& split, Poll& poll, int64_t now_ms);
  void finish(Split& split);
  Status end_if_finished();

  Source& source_;
  SourceTraits traits_;
  std::string source_id_;
  Slot& slot_;
  LaneRejects& rejects_;
  ReaderContext reader_context_;
  std::vector<std::unique_ptr<WatermarkTracker>> trackers_;
  std::vector<std::unique_ptr<Split>> splits_;
  size_t next_ = 0;
  bool ended_ = false;
  std::atomic<int64_t> lag_{-1};
};

}  // namespace weir::exec
