// What a job shows of itself: status and metrics.
#include <algorithm>

#include "checkpoint/job_core.h"

namespace weir::checkpoint {
namespace {

void add_lane(const exec::OperatorStats& stats, OperatorStatus& status, int64_t& watermark_ms) {
  status.rows_in += stats.rows_in.value();
  status.batches_in += stats.batches_in.value();
  status.rows_out += stats.rows_out.value();
  status.batches_out += stats.batches_out.value();
  status.bad_rows += stats.bad_rows.value();
  status.late_rows += stats.late_rows.value();
  status.state_bytes += stats.state_bytes.value();
  watermark_ms = std::min(watermark_ms, stats.watermark_ms.load(std::memory_order_relaxed));
}

}  // namespace

JobStatus JobCore::status() const {
  JobStatus status;
  status.name = settings_.job_name;
  status.run_id = run_id_;
  status.lanes = settings_.parallelism;
  status.bounded =
      std::ranges::all_of(sources_, [](const auto& source) { return source->traits().bounded; });
  status.started_wall_ms = started_wall_ms_;
  uint64_t asleep_ns = 0;
  for (const auto& lane : lanes()) asleep_ns += lane->asleep_ns();
  const auto total_ns = static_cast<double>(context_.clock.monotonic_ns() - started_ns_) *
                        static_cast<double>(settings_.parallelism);
  if (total_ns > 0) {
    status.busy_ratio = std::clamp(1.0 - static_cast<double>(asleep_ns) / total_ns, 0.0, 1.0);
  }
  for (size_t number = 0; number < topology_.hosts.size(); ++number) {
    const exec::Host& host = topology_.hosts[number];
    OperatorStatus& op = status.operators.emplace_back();
    op.id = host.id;
    op.name = host.name;
    for (const uint32_t input : host.inputs) op.inputs.push_back(topology_.hosts[input].id);
    if (host.role == exec::Host::Role::kDownstream) {
      op.inputs.push_back(topology_.hosts[host.exchange].id);
    }
    op.is_source = host.role == exec::Host::Role::kSource;
    op.is_sink = host.role == exec::Host::Role::kSink;
    int64_t watermark_ms = exec::kMaxWatermark;
    int64_t lag = 0;
    bool lag_known = op.is_source;
    for (const auto& lane : lanes()) {
      add_lane(lane->slots()[number]->stats(), op, watermark_ms);
      if (!op.is_source) continue;
      const int64_t lane_lag = lane->sources()[host.source]->lag_records();
      lag_known = lag_known && lane_lag >= 0;
      lag += lane_lag;
    }
    if (watermark_ms != exec::kNoWatermark) op.watermark_ms = watermark_ms;
    if (lag_known) op.lag_records = lag;
  }
  status.dropped_state = dropped_state_;
  for (const auto& [id, delivery] : deliveries_) {
    std::string trouble = delivery->trouble();
    if (!trouble.empty()) status.troubles.push_back({id, std::move(trouble)});
  }
  const std::lock_guard lock(status_mutex_);
  status.state = state_;
  status.error = error_;
  status.checkpoint = checkpoint_;
  return status;
}

void JobCore::note_delivery() {
  const std::lock_guard lock(status_mutex_);
  checkpoint_.undelivered_outputs = coordinator_->undelivered();
  checkpoint_.undelivered_bytes = coordinator_->undelivered_bytes();
  checkpoint_.sources_paused = coordinator_->sources_should_pause();
}

void JobCore::note_checkpoint(uint64_t epoch, int64_t now_ms) {
  {
    const std::lock_guard lock(status_mutex_);
    if (store_) {
      checkpoint_.last_epoch = epoch;
      checkpoint_.last_wall_ms = now_ms;
      checkpoint_.last_duration_ms = now_ms - triggered_ms_;
      checkpoint_.last_state_bytes = writer_->last_state_bytes();
      checkpoint_.last_output_bytes = writer_->last_output_bytes();
      ++checkpoint_.completed;
    }
  }
  note_delivery();
  publish_metrics();
}

void JobCore::publish_metrics() const {
  const JobStatus now = status();
  const auto gauge = [&](std::string_view name, MetricLabels labels, uint64_t value) {
    labels.insert(labels.begin(), {"job", settings_.job_name});
    context_.metrics.gauge(name, std::move(labels)).set(static_cast<int64_t>(value));
  };
  for (const OperatorStatus& op : now.operators) {
    const MetricLabels labels{{"operator", op.name}, {"operator_id", op.id}};
    gauge("weir_operator_rows_in", labels, op.rows_in);
    gauge("weir_operator_rows_out", labels, op.rows_out);
    gauge("weir_operator_bad_rows", labels, op.bad_rows);
    gauge("weir_operator_late_rows", labels, op.late_rows);
    gauge("weir_operator_state_bytes", labels, op.state_bytes);
    if (op.watermark_ms) {
      gauge("weir_operator_watermark_ms", labels, static_cast<uint64_t>(*op.watermark_ms));
    }
    if (op.lag_records) {
      gauge("weir_source_lag_records", labels, static_cast<uint64_t>(*op.lag_records));
    }
  }
  gauge("weir_checkpoint_epoch", {}, now.checkpoint.last_epoch);
  gauge("weir_checkpoint_duration_ms", {}, static_cast<uint64_t>(now.checkpoint.last_duration_ms));
  gauge("weir_checkpoint_state_bytes", {}, now.checkpoint.last_state_bytes);
  gauge("weir_checkpoint_output_bytes", {}, now.checkpoint.last_output_bytes);
  gauge("weir_undelivered_outputs", {}, now.checkpoint.undelivered_outputs);
  gauge("weir_undelivered_bytes", {}, now.checkpoint.undelivered_bytes);
}

}  // namespace weir::checkpoint
