// WatermarkTracker: from the watermarks of rows to the watermark of a source in one lane. Pure.
//
// A term a split (or one for all of the lane's splits, as Flink's per-task assigner has) holds the
// highest watermark of its rows; the candidate is the minimum over active terms; what has been
// emitted never goes back. When a candidate is emitted is the source's policy (WatermarkTraits):
// - kIntervalOrRow: behind a row that brings the candidate more than the interval above what was
//   emitted last (0 counts as emitted before the first, as in Flink), else by the timer;
// - kOnEvent: behind every row that advances it; kPeriodic: by the timer alone.
// While rows of one split pass, only this split's term moves. A split whose position equals the
// end of its log for the idle timeout is idle: it holds nothing back until its next row. A
// finished one counts no more. Times are milliseconds; one lane's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "exec/operator.h"
#include "exec/source.h"
#include "types/batch.h"

namespace weir::exec {

class WatermarkTracker {
 public:
  struct Policy {
    WatermarkTraits::Emit emit = WatermarkTraits::Emit::kIntervalOrRow;
    bool per_split = false;
    int64_t interval_ms = 200;
    int64_t idle_timeout_ms = 0;  // 0: never idle
    int64_t max_ahead_ms = 0;     // 0: no limit
  };

  explicit WatermarkTracker(Policy policy) : policy_(policy) {}

  // `restored_ms`: what a checkpoint says (kNoWatermark: no row had one); absent: the split is new.
  // Splits that come from several lanes into one term begin at the lowest of their watermarks, or
  // rows of the slower lanes would be late.
  void add_split(uint32_t split, std::optional<int64_t> restored_ms = std::nullopt);
  void finish_split(uint32_t split);
  // What was emitted before a restart; the lane never says less.
  void restore_emitted(int64_t watermark_ms);

  struct Advance {
    bool emitted = false;      // emitted() has risen
    BufferRef row_watermarks;  // for Batch::Parts; null when none is needed
  };
  // The selected rows of a batch of one split. `rowtimes` and `watermarks` have one entry a row of
  // the batch; kNoWatermark: the row has none. `now_ms` is wall time.
  Advance on_rows(uint32_t split, const types::Selection& selection,
                  std::span<const int64_t> rowtimes, std::span<const int64_t> watermarks,
                  int64_t now_ms);

  // A poll of `split` brought nothing, or brought rows (which end its idleness).
  void on_poll(uint32_t split, bool at_end, bool rows, int64_t now_ms);

  // Emits what the timer emits and looks at idleness; true when emitted() has risen.
  bool on_timer(int64_t now_ms);
  // When on_timer() has something to do; kNever: when the next row comes.
  [[nodiscard]] int64_t next_timer_ms() const;

  [[nodiscard]] int64_t emitted() const { return emitted_; }
  // No term is active: the source holds nothing back.
  [[nodiscard]] bool all_idle() const;
  // What a checkpoint keeps of a split.
  [[nodiscard]] int64_t watermark_of(uint32_t split) const;
  // Rows so far ahead of wall time that they could not move the watermark.
  [[nodiscard]] uint64_t rows_ahead() const { return rows_ahead_; }

 private:
  struct Term {
    int64_t watermark_ms = kNoWatermark;
    bool idle = false;
    bool restored = false;
  };

  [[nodiscard]] uint32_t term_of(uint32_t split) const { return policy_.per_split ? split : 0; }
  [[nodiscard]] int64_t minimum_without(uint32_t term) const;
  // Since when the term of `split` has had nothing to read; kNever: it has.
  [[nodiscard]] int64_t at_end_since(uint32_t split) const;
  [[nodiscard]] int64_t candidate() const;
  [[nodiscard]] int64_t emit_above() const;
  bool emit(int64_t candidate_ms);
  // Runs over the rows; with `before` it notes the watermark before each. Returns whether a row is
  // at or behind the watermark that it meets.
  bool run(Term& term, int64_t others_ms, const types::Selection& selection,
           std::span<const int64_t> rowtimes, std::span<const int64_t> watermarks, int64_t limit_ms,
           int64_t* before);

  Policy policy_;
  std::map<uint32_t, Term> terms_;
  std::map<uint32_t, int64_t> ends_;  // splits that are at their end, since when
  std::vector<uint32_t> splits_;      // that are not finished
  int64_t emitted_ = kNoWatermark;
  int64_t last_periodic_ms_ = kNoWatermark;
  uint64_t rows_ahead_ = 0;
};

}  // namespace weir::exec
