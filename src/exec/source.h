// Source: what a connector implements to be read.
//
// A Source stands for one scan of a plan and is shared by all lanes; it lists the splits. A
// SplitReader reads one split, in order, on the thread of the lane that owns it, and never blocks.
// Its position is an opaque cursor that is part of the checkpoint: a reader opened at it goes on
// with exactly the next record. Batches have the columns of plan::ScanNode, in order; a record that
// does not decode is reported beside the batch and the batch goes on.
// Failures: kUnavailable is tried again with a growing pause, everything else ends the job.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "base/waker.h"
#include "exec/job_settings.h"
#include "exec/split.h"
#include "types/batch.h"

namespace weir::exec {

// When a source lets the watermark out (docs: flink-sql.md G-37, G-39).
struct WatermarkTraits {
  enum class Emit : uint8_t {
    kIntervalOrRow,  // after a row that advanced by more than the interval, else by the timer
    kPeriodic,       // by the wall-clock timer only (kafka)
    kOnEvent,        // after every row that advances it (scan.watermark.emit.strategy)
  };
  Emit emit = Emit::kIntervalOrRow;
  // One watermark a split, combined by minimum (kafka); else one for all the lane's splits.
  bool per_split = false;
  // The table's 'scan.watermark.idle-timeout'; absent: the job's setting.
  std::optional<int64_t> idle_timeout_ms;
};

struct SourceTraits {
  bool bounded = false;
  WatermarkTraits watermark;
  // How often discover() is asked again while the job runs; 0: never.
  int64_t discovery_interval_ms = 0;
};

struct BadRecord {
  int64_t offset = -1;
  std::string raw;
  std::string reason;
  bool ignored = false;  // the table's options leave such records out: no reason to fail the job
};

struct Poll {
  types::BatchRef batch;       // null: nothing now
  std::vector<BadRecord> bad;  // came between the rows of this poll
  bool at_end = false;         // the position equals the end of the log
  bool finished = false;       // nothing will ever come again (bounded)
  // With nothing read: ask again after this long; absent: the reader will wake the lane.
  std::optional<int64_t> retry_after_ms;
};

struct ReaderContext {
  Context& context;
  const JobSettings& settings;
  uint32_t lane = 0;
  Waker& waker;  // wakes the lane; any thread; outlives the reader
};

class SplitReader {
 public:
  virtual ~SplitReader() = default;
  // At most `max_rows` rows; a batch has an Origin with split = SplitInfo::number. Must not block.
  virtual Result<Poll> poll(uint32_t max_rows) = 0;
  // Behind everything that poll() has returned. Any bytes, small.
  [[nodiscard]] virtual std::string position() const = 0;
  // Records between the position and the log's end; -1: not known.
  [[nodiscard]] virtual int64_t lag() const { return -1; }
  // Epoch `epoch` is durable and this was the position in it (Kafka: commit the group's offset).
  virtual void on_checkpoint(uint64_t epoch, const std::string& position) {
    (void)epoch;
    (void)position;
  }
};

// Where a reader begins.
struct ReaderStart {
  enum class Kind : uint8_t {
    kInitial,     // the job is new: as the table's startup mode says
    kDiscovered,  // the split appeared while the job ran (or was down): from its beginning
    kResume,      // at `position`
  };
  Kind kind = Kind::kInitial;
  std::string position;
};

class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual SourceTraits traits() const = 0;
  // All splits that exist now; `number` is ignored. Called by one thread at a time, may block.
  virtual Result<std::vector<SplitInfo>> discover() = 0;
  // Called on the lane's thread, possibly by several lanes at once.
  virtual Result<std::unique_ptr<SplitReader>> open(const SplitInfo& split,
                                                    const ReaderStart& start,
                                                    ReaderContext& context) = 0;
};

}  // namespace weir::exec
