#include "exec/lane_rejects.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::exec {
namespace {

// Reasons often end in values ("cannot cast 'abc' to INT"); a label must not.
std::string fixed_part(std::string_view reason) {
  constexpr size_t kLabelMax = 80;
  const size_t end = reason.find_first_of("'\"`0123456789");
  std::string_view cut = reason.substr(0, std::min({end, reason.size(), kLabelMax}));
  while (!cut.empty() && (cut.back() == ' ' || cut.back() == ':')) cut.remove_suffix(1);
  return cut.empty() ? "other" : std::string(cut);
}

}  // namespace

LaneRejects::LaneRejects(Context& context, const JobSettings& settings, const SplitTable& splits,
                         std::unique_ptr<RejectWriter> writer, std::string sink_id)
    : context_(context),
      settings_(settings),
      splits_(splits),
      writer_(std::move(writer)),
      sink_id_(std::move(sink_id)) {}

Status LaneRejects::refuse(const Reject& reject) const {
  std::string where;
  if (reject.split != nullptr) {
    where = fmt::format(" ({} offset {})", reject.split->id, reject.offset);
  }
  return invalid(fmt::format("{}: a record cannot be processed{}: {}", reject.operator_name, where,
                             reject.reason))
      .hint("SET 'weir.bad-records' = 'dead-letter' keeps such records aside and goes on");
}

void LaneRejects::count(RejectKind kind, std::string_view reason) {
  std::pair<RejectKind, std::string> key(kind, fixed_part(reason));
  auto found = counters_.find(key);
  if (found == counters_.end() && counters_.size() >= kReasonsMax) {
    key.second = "other";
    found = counters_.find(key);
  }
  if (found == counters_.end()) {
    Counter& counter = context_.metrics.counter(
        kRejectedRowsMetric, {{"job", settings_.job_name},
                              {"kind", kind == RejectKind::kBad ? "bad" : "late"},
                              {"reason", key.second}});
    found = counters_.emplace(std::move(key), &counter).first;
  }
  found->second->add(1);
}

Status LaneRejects::write(const Reject& reject, bool after_cut) {
  count(reject.kind, reject.reason);
  if (reject.kind == RejectKind::kBad) {
    if (settings_.bad_records == BadRecords::kFail) {
      return reject.ignored ? ok() : refuse(reject);
    }
    if (settings_.bad_records == BadRecords::kDrop) return ok();
  }
  if (!writer_) return ok();
  if (!after_cut) return writer_->add(reject);
  Held held{reject, std::string(reject.reason), std::string(reject.operator_name),
            std::string(reject.raw), nullptr};
  if (reject.batch != nullptr) held.batch = types::Batch::make(reject.batch->parts());
  held_.push_back(std::move(held));
  return ok();
}

Status LaneRejects::add(RejectKind kind, const types::Batch& batch,
                        std::span<const RejectedRow> rows, const std::string& operator_name,
                        bool after_cut) {
  const auto& origin = batch.origin();
  const int64_t now_ms = context_.clock.wall_ms();
  for (const RejectedRow& row : rows) {
    Reject reject;
    reject.kind = kind;
    reject.reason = row.reason;
    reject.operator_name = operator_name;
    reject.batch = &batch;
    reject.row = row.row;
    reject.watermark_ms = row.watermark_ms;
    reject.wall_ms = now_ms;
    if (origin) {
      reject.split = splits_.find(origin->split);
      if (origin->offsets) reject.offset = origin->offsets->as<int64_t>()[row.row];
      if (origin->raw) reject.raw = origin->raw->text(row.row);
    }
    WEIR_TRY(write(reject, after_cut));
  }
  return ok();
}

Status LaneRejects::add(const BadRecord& record, uint32_t split, const std::string& operator_name,
                        bool after_cut) {
  Reject reject;
  reject.reason = record.reason;
  reject.operator_name = operator_name;
  reject.split = splits_.find(split);
  reject.offset = record.offset;
  reject.raw = record.raw;
  reject.ignored = record.ignored;
  reject.wall_ms = context_.clock.wall_ms();
  return write(reject, after_cut);
}

Result<StagedOutput> LaneRejects::prepare(uint64_t epoch) {
  StagedOutput output;
  if (writer_) output = WEIR_TRY(writer_->prepare(epoch));
  for (Held& held : held_) {
    held.reject.reason = held.reason;
    held.reject.operator_name = held.operator_name;
    held.reject.raw = held.raw;
    held.reject.batch = held.batch.get();
    WEIR_TRY(writer_->add(held.reject));
  }
  held_.clear();
  return output;
}

}  // namespace weir::exec
