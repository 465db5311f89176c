// Operator: the contract of everything that turns batches into batches.
//
// Plan parameters and explicit state; one lane (thread) at a time; owned by the lane. process() is
// the only method that must be written. Inputs are numbered from 0; behind an exchange, input i is
// what lane i sent. The lane combines the inputs' watermarks (minimum over those that are not
// idle) before it calls on_watermark(), so an operator sees one that never goes back.
//
// Output has credit. One call emits at most its own expansion; work that can be long (firing
// millions of groups) emits while has_credit(), keeps a cursor in its state, says has_more(), and
// goes on in resume(), between which the lane serves barriers. While has_more(), process(),
// on_watermark() and snapshot() may still be called: rows are accepted, a new watermark extends the
// work, and the cursor is part of the snapshot. An operator that overrides on_watermark() passes
// the watermark on itself, behind the rows that it lets out.
//
// Errors end the job; a row that fails is not an error but goes to Output::reject().
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "exec/job_settings.h"
#include "exec/message.h"
#include "exec/operator_stats.h"
#include "exec/rejects.h"
#include "exec/state_budget.h"
#include "exec/state_io.h"
#include "types/batch.h"

namespace weir::exec {

inline constexpr int64_t kNoWatermark = std::numeric_limits<int64_t>::min();
// The end of event time: everything fires.
inline constexpr int64_t kMaxWatermark = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// A row that an operator does not let through.
struct RejectedRow {
  uint32_t row;
  std::string_view reason;
  int64_t watermark_ms = kNoWatermark;  // late rows: what they came behind
};

// Where an operator's rows go: to operators of the same lane (a direct call) or into an exchange.
class Output {
 public:
  virtual ~Output() = default;
  virtual Status emit(types::BatchRef batch) = 0;
  virtual Status emit_watermark(int64_t watermark_ms) = 0;
  // No watermark will come until further notice: do not wait for this one.
  virtual Status emit_idle() = 0;
  // False: return as soon as the current step is done; the lane calls resume() later.
  [[nodiscard]] virtual bool has_credit() const = 0;

  // Upstream halves of an exchange only (then emit() is not for them): to lane 0 to lanes - 1, in
  // order with watermarks and barriers.
  virtual Status send_to(uint32_t lane, types::BatchRef batch) = 0;
  virtual Status send_to(uint32_t lane, PartialRef partial) = 0;

  // Rows of `batch` leave the stream; counted, and kept as the job's settings say. With
  // 'weir.bad-records' = 'fail' a bad one is an error that ends the job.
  virtual Status reject(RejectKind kind, const types::Batch& batch,
                        std::span<const RejectedRow> rows) = 0;
};

struct OperatorContext {
  Context& context;
  const JobSettings& settings;
  uint32_t lane = 0;
  uint32_t lanes = 1;
  KeyGroupRange key_groups;  // that this lane owns
  std::string name;          // for people: "WindowAggregate(...)"
  std::string id;            // plan::Node::identity
  OperatorStats* stats = nullptr;
  StateBudget* state_budget = nullptr;
};

class Operator {
 public:
  virtual ~Operator() = default;

  // Once, before anything else; then restore(), if there is a checkpoint.
  virtual Status open(OperatorContext& context) {
    (void)context;
    return ok();
  }
  virtual Status process(uint32_t input, types::BatchRef batch, Output& out) = 0;
  // Downstream halves of an exchange that sends partials.
  virtual Status process_partial(uint32_t input, PartialRef partial, Output& out);
  virtual Status on_watermark(int64_t watermark_ms, Output& out) {
    return out.emit_watermark(watermark_ms);
  }
  // All inputs are idle.
  virtual Status on_idle(Output& out) { return out.emit_idle(); }
  [[nodiscard]] virtual bool has_more() const { return false; }
  virtual Status resume(Output& out) {
    (void)out;
    return ok();
  }
  // Wall time in ms since 1970 at which on_timer() wants to be called; kNever: not at all.
  [[nodiscard]] virtual int64_t next_timer_ms() const { return kNever; }
  virtual Status on_timer(int64_t now_ms, Output& out) {
    (void)now_ms;
    (void)out;
    return ok();
  }
  // False: the operator cannot take more for now (a sink that is full).
  [[nodiscard]] virtual bool has_room() const { return true; }
  virtual Status snapshot(SnapshotWriter& writer) {
    (void)writer;
    return ok();
  }
  virtual Status restore(const RestoreReader& reader) {
    (void)reader;
    return ok();
  }
  // All inputs have ended; comes after kMaxWatermark and only when has_more() is false.
  virtual Status on_end(Output& out) {
    (void)out;
    return ok();
  }
  // The lane has nothing else to do right now.
  virtual Status on_pause() { return ok(); }
};

// An operator that is cut by an exchange: `upstream` runs in every source lane, `downstream` in
// every lane for the key groups that it owns, with one input per source lane.
struct ExchangeOperator {
  std::unique_ptr<Operator> upstream;
  std::unique_ptr<Operator> downstream;
};

}  // namespace weir::exec
