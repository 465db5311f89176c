// JobStatus: what a job shows of itself at one moment. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace weir::checkpoint {

enum class JobState : uint8_t {
  kRunning,
  kStopping,  // the last checkpoint is being taken or delivered
  kFinished,  // all bounded sources were read, everything is delivered
  kStopped,   // on request; what was not delivered is delivered at the next start
  kFailed,
};

[[nodiscard]] constexpr std::string_view job_state_name(JobState state) {
  switch (state) {
    case JobState::kRunning: return "RUNNING";
    case JobState::kStopping: return "STOPPING";
    case JobState::kFinished: return "FINISHED";
    case JobState::kStopped: return "CANCELED";
    case JobState::kFailed: return "FAILED";
  }
  return "?";
}

// Summed over lanes.
struct OperatorStatus {
  std::string id;
  std::string name;
  std::vector<std::string> inputs;  // ids
  bool is_source = false;
  bool is_sink = false;
  uint64_t rows_in = 0;
  uint64_t batches_in = 0;
  uint64_t rows_out = 0;
  uint64_t batches_out = 0;
  uint64_t bad_rows = 0;
  uint64_t late_rows = 0;
  uint64_t state_bytes = 0;
  std::optional<int64_t> watermark_ms;  // the lowest of the lanes; nothing before the first
  std::optional<int64_t> lag_records;   // sources that know
};

struct CheckpointStatus {
  uint64_t last_epoch = 0;  // durable; 0: none yet
  int64_t last_wall_ms = 0;
  int64_t last_duration_ms = 0;  // from the trigger until it was durable
  uint64_t last_state_bytes = 0;
  uint64_t last_output_bytes = 0;
  uint64_t completed = 0;  // in this run
  uint64_t restored_epoch = 0;
  uint64_t undelivered_outputs = 0;
  uint64_t undelivered_bytes = 0;
  bool sources_paused = false;  // delivery is too far behind
};

struct SinkTrouble {
  std::string sink_id;
  std::string message;
};

struct JobStatus {
  std::string name;
  std::string run_id;
  JobState state = JobState::kRunning;
  std::optional<Error> error;
  int64_t started_wall_ms = 0;
  uint32_t lanes = 1;
  bool bounded = false;                   // every source has an end
  double busy_ratio = 0;                  // of the lanes' time since the start
  std::vector<OperatorStatus> operators;  // upstream first
  CheckpointStatus checkpoint;
  // Operators of the restored checkpoint that the job does not have any more: their state is gone.
  std::vector<std::string> dropped_state;
  std::vector<SinkTrouble> troubles;  // sinks that are away right now
};

}  // namespace weir::checkpoint
