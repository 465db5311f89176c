#include "exec/job_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/machine.h"
#include "state/key_codec.h"
#include "types/batch.h"

namespace weir::exec {
namespace {

Result<uint32_t> in_range(const sql::Settings& settings, std::string_view key, int64_t lowest,
                          int64_t highest) {
  const int64_t value = settings.integer(key);
  if (value < lowest || value > highest) {
    return invalid(
        fmt::format("'{}' must be between {} and {}, and is {}", key, lowest, highest, value));
  }
  return static_cast<uint32_t>(value);
}

BadRecords parse_bad_records(std::string_view text) {
  if (text == "fail") return BadRecords::kFail;
  if (text == "drop") return BadRecords::kDrop;
  return BadRecords::kDeadLetter;
}

}  // namespace

Result<JobSettings> parse_job_settings(const sql::Settings& settings, std::string job_name) {
  JobSettings job;
  job.job_name = std::move(job_name);
  // -1 stands for "not set", as Flink has it.
  const bool table_parallelism = settings.integer("table.exec.resource.default-parallelism") != -1;
  job.parallelism = WEIR_TRY(in_range(
      settings,
      table_parallelism ? "table.exec.resource.default-parallelism" : "parallelism.default", 1,
      state::kKeyGroups));
  job.batch_rows = WEIR_TRY(in_range(settings, "weir.batch-size", 1, types::Batch::kMaxRows));
  const std::string zone = settings.text("table.local-time-zone");
  if (zone != "default") job.time_zone = zone;
  job.bad_records = parse_bad_records(settings.text("weir.bad-records"));
  std::string enforcer = settings.text("table.exec.sink.not-null-enforcer");
  std::ranges::transform(enforcer, enforcer.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (enforcer == "DROP") job.not_null_enforcer = NotNullEnforcer::kDrop;
  job.auto_watermark_interval_ms = settings.duration_ms("pipeline.auto-watermark-interval");
  job.idle_timeout_ms = settings.duration_ms("table.exec.source.idle-timeout");
  job.watermark_max_ahead_ms = settings.duration_ms("weir.watermark.max-ahead");
  job.checkpoint_interval_ms = settings.duration_ms("execution.checkpointing.interval");
  const auto state_bytes = static_cast<uint64_t>(settings.memory_bytes("weir.state.memory"));
  job.state_memory_bytes = state_bytes > 0 ? state_bytes : memory_limit_bytes() / 2;
  return job;
}

}  // namespace weir::exec
