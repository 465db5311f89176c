#include "exec/source_runner.h"

#include <algorithm>

namespace weir::exec {
namespace {

constexpr int64_t kPauseFirstMs = 50;
constexpr int64_t kPauseMaxMs = 5000;

types::BatchRef with_split(types::BatchRef batch, uint32_t split) {
  if (batch->origin()) return batch;
  types::Batch::Parts parts = batch->parts();
  auto origin = std::make_shared<types::Origin>();
  origin->split = split;
  parts.origin = std::move(origin);
  return types::Batch::make(std::move(parts));
}

}  // namespace

SourceRunner::SourceRunner(Source& source, std::string source_id, Slot& slot, LaneRejects& rejects,
                           Waker& waker)
    : source_(source),
      traits_(source.traits()),
      source_id_(std::move(source_id)),
      slot_(slot),
      rejects_(rejects),
      reader_context_{slot.context().context, slot.context().settings, slot.context().lane, waker} {
}

WatermarkTracker& SourceRunner::add_tracker() {
  const JobSettings& settings = reader_context_.settings;
  WatermarkTracker::Policy policy;
  policy.emit = traits_.watermark.emit;
  policy.per_split = traits_.watermark.per_split;
  policy.interval_ms = settings.auto_watermark_interval_ms;
  policy.idle_timeout_ms = traits_.watermark.idle_timeout_ms.value_or(settings.idle_timeout_ms);
  policy.max_ahead_ms = settings.watermark_max_ahead_ms;
  return *trackers_.emplace_back(std::make_unique<WatermarkTracker>(policy));
}

void SourceRunner::restore_emitted(const std::vector<int64_t>& watermarks) {
  for (size_t i = 0; i < std::min(watermarks.size(), trackers_.size()); ++i) {
    trackers_[i]->restore_emitted(watermarks[i]);
  }
}

Status SourceRunner::add_split(SplitAssignment assignment) {
  auto split = std::make_unique<Split>();
  split->info = std::move(assignment.split);
  if (assignment.finished) {
    split->finished_position = std::move(assignment.start.position);
    split->finished_watermarks = std::move(assignment.watermarks);
    splits_.push_back(std::move(split));
    return ok();
  }
  auto reader = source_.open(split->info, assignment.start, reader_context_);
  if (reader) {
    split->reader = std::move(*reader);
  } else {
    const bool waits = reader.error().code() == ErrorCode::kUnavailable &&
                       assignment.start.kind != ReaderStart::Kind::kInitial;
    if (!waits) return std::move(reader).error().in("opening " + split->info.id);
    WEIR_TRY(back_off(*split, reader.error(), reader_context_.context.clock.wall_ms()));
    split->unopened = std::move(assignment.start);
  }
  for (size_t i = 0; i < trackers_.size(); ++i) {
    std::optional<int64_t> restored_ms;
    if (i < assignment.watermarks.size()) restored_ms = assignment.watermarks[i];
    trackers_[i]->add_split(split->info.number, restored_ms);
  }
  splits_.push_back(std::move(split));
  return ok();
}

Result<bool> SourceRunner::open_split(Split& split, int64_t now_ms) {
  auto reader = source_.open(split.info, *split.unopened, reader_context_);
  if (!reader) return back_off(split, reader.error(), now_ms);
  split.reader = std::move(*reader);
  split.unopened.reset();
  split.pause_ms = 0;
  split.poll_at_ms = kNoWatermark;
  return true;
}

Result<bool> SourceRunner::poll(int64_t now_ms) {
  if (ended_) return false;
  for (size_t tried = 0; tried < splits_.size(); ++tried) {
    Split& split = *splits_[next_];
    next_ = (next_ + 1) % splits_.size();
    if (split.is_finished() || split.poll_at_ms > now_ms) continue;
    if (WEIR_TRY(split.unopened ? open_split(split, now_ms) : poll_split(split, now_ms))) {
      return true;
    }
  }
  WEIR_TRY(end_if_finished());
  return ended_;
}

Result<bool> SourceRunner::poll_split(Split& split, int64_t now_ms) {
  auto polled = split.reader->poll(reader_context_.settings.batch_rows);
  if (!polled) return back_off(split, polled.error(), now_ms);
  Poll& poll = *polled;
  split.pause_ms = 0;
  const bool rows = poll.batch != nullptr && poll.batch->rows() > 0;
  split.poll_at_ms = !rows && poll.retry_after_ms ? now_ms + *poll.retry_after_ms : kNoWatermark;
  for (const auto& tracker : trackers_) {
    tracker->on_poll(split.info.number, poll.at_end, rows, now_ms);
  }
  if (rows || !poll.bad.empty()) WEIR_TRY(take(split, poll, now_ms));
  if (poll.finished) finish(split);
  return rows || !poll.bad.empty() || poll.finished;
}

Result<bool> SourceRunner::back_off(Split& split, const Error& error, int64_t now_ms) {
  if (error.code() != ErrorCode::kUnavailable) {
    return Error(error).in("reading " + split.info.id);
  }
  if (split.pause_ms == 0) {
    reader_context_.context.log.warning("source", "not available, trying again",
                                        {{"split", split.info.id}, {"error", error.message()}});
  }
  split.pause_ms = std::clamp(split.pause_ms * 2, kPauseFirstMs, kPauseMaxMs);
  split.poll_at_ms = now_ms + split.pause_ms;
  return false;
}

Status SourceRunner::take(Split& split, Poll& poll, int64_t now_ms) {
  (void)now_ms;
  for (const BadRecord& record : poll.bad) {
    WEIR_TRY(rejects_.add(record, split.info.number, slot_.context().name, slot_.after_cut()));
  }
  slot_.mutable_stats().bad_rows.add(poll.bad.size());
  if (!poll.batch || poll.batch->rows() == 0) return ok();
  return slot_.deliver(0, with_split(std::move(poll.batch), split.info.number));
}

void SourceRunner::finish(Split& split) {
  split.finished_position = split.reader->position();
  split.finished_watermarks.clear();
  for (const auto& tracker : trackers_) {
    split.finished_watermarks.push_back(tracker->watermark_of(split.info.number));
    tracker->finish_split(split.info.number);
  }
  split.reader.reset();
  split.positions.clear();
}

Status SourceRunner::end_if_finished() {
  if (!traits_.bounded || traits_.discovery_interval_ms > 0) return ok();
  if (!std::ranges::all_of(splits_, [](const auto& split) { return split->is_finished(); })) {
    return ok();
  }
  ended_ = true;
  WEIR_TRY(slot_.deliver_watermark(0, kMaxWatermark));
  return slot_.deliver_end(0);
}

int64_t SourceRunner::next_poll_ms() const {
  int64_t at = kNever;
  for (const auto& split : splits_) {
    if (!split->is_finished() && split->poll_at_ms != kNoWatermark)
      at = std::min(at, split->poll_at_ms);
  }
  return at;
}

// Nothing for a split that was found while the job runs and not read yet: it is found again.
std::optional<SplitState> SourceRunner::state_of(Split& split, uint64_t epoch) const {
  SplitState state;
  state.split = split.info;
  if (split.is_finished()) {
    state.finished = true;
    state.position = split.finished_position;
    state.watermarks = split.finished_watermarks;
    return state;
  }
  if (split.unopened && split.unopened->kind != ReaderStart::Kind::kResume) return std::nullopt;
  for (const auto& tracker : trackers_) {
    state.watermarks.push_back(tracker->watermark_of(split.info.number));
  }
  if (split.unopened) {
    state.position = split.unopened->position;
  } else {
    state.position = split.reader->position();
    split.positions.emplace_back(epoch, state.position);
  }
  return state;
}

Status SourceRunner::on_barrier(uint64_t epoch) {
  SourceSnapshot snapshot;
  snapshot.source_id = source_id_;
  for (const auto& split : splits_) {
    if (auto state = state_of(*split, epoch)) snapshot.splits.push_back(std::move(*state));
  }
  for (const auto& tracker : trackers_) snapshot.emitted_watermarks.push_back(tracker->emitted());
  slot_.shared().snapshot.sources.push_back(std::move(snapshot));
  return slot_.deliver_barrier(0, epoch);
}

void SourceRunner::on_checkpoint(uint64_t epoch) {
  for (const auto& split : splits_) {
    auto& positions = split->positions;
    while (!positions.empty() && positions.front().first < epoch) positions.pop_front();
    if (positions.empty() || positions.front().first != epoch) continue;
    if (split->reader) split->reader->on_checkpoint(epoch, positions.front().second);
    positions.pop_front();
  }
}

void SourceRunner::update_lag() {
  int64_t total = 0;
  bool known = false;
  for (const auto& split : splits_) {
    const int64_t lag = split->reader ? split->reader->lag() : split->unopened ? -1 : 0;
    if (lag < 0) continue;
    known = true;
    total += lag;
  }
  lag_.store(known ? total : -1, std::memory_order_relaxed);
}

}  // namespace weir::exec
