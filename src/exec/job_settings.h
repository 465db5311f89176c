// JobSettings: what a job is told besides its plan; parsed once from the session's settings.
//
// A plain value, the same for all lanes; immutable while the job runs.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sql/settings.h"

namespace weir::exec {

// What becomes of a record that does not decode, a row whose expression fails, a row without event
// time ('weir.bad-records').
enum class BadRecords : uint8_t { kDeadLetter, kFail, kDrop };
// 'table.exec.sink.not-null-enforcer'.
enum class NotNullEnforcer : uint8_t { kError, kDrop };

struct JobSettings {
  std::string job_name;
  uint32_t parallelism = 1;    // lanes; 1 to state::kKeyGroups
  uint32_t batch_rows = 4096;  // rows that a source reads at once, at most types::Batch::kMaxRows
  std::string time_zone = "UTC";
  BadRecords bad_records = BadRecords::kDeadLetter;
  NotNullEnforcer not_null_enforcer = NotNullEnforcer::kError;

  // 'pipeline.auto-watermark-interval'; 0: after every row.
  int64_t auto_watermark_interval_ms = 200;
  // 'table.exec.source.idle-timeout'; 0: a split is never idle. A table's own
  // 'scan.watermark.idle-timeout' wins.
  int64_t idle_timeout_ms = 5000;
  // 'weir.watermark.max-ahead': how far ahead of wall time a row may move the watermark.
  int64_t watermark_max_ahead_ms = int64_t{26} * 3600 * 1000;

  // 'execution.checkpointing.interval'; 0: only at the end and at a stop.
  int64_t checkpoint_interval_ms = 1000;
  // Delivery behind by more than this: sources pause.
  uint32_t undelivered_epochs_max = 100;
  uint64_t undelivered_bytes_max = 1ULL << 30U;

  // Of one exchange queue; the bytes are shared by all queues into one lane.
  uint32_t queue_messages = 64;
  uint64_t queue_bytes_per_lane = 64ULL << 20U;

  // 'weir.state.memory': for the state of all operators and lanes; a job that needs more ends with
  // an error. '0 bytes' there stands for half of the memory that the process may use.
  uint64_t state_memory_bytes = 512ULL << 20U;
};

// Reads the keys named above; a value that does not parse is the user's error.
[[nodiscard]] Result<JobSettings> parse_job_settings(const sql::Settings& settings,
                                                     std::string job_name);

}  // namespace weir::exec
