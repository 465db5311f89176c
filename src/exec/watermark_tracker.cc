#include "exec/watermark_tracker.h"

#include <algorithm>

namespace weir::exec {

void WatermarkTracker::add_split(uint32_t split, std::optional<int64_t> restored_ms) {
  Term& term = terms_[term_of(split)];
  term.idle = false;
  splits_.push_back(split);
  if (!restored_ms) return;
  term.watermark_ms = term.restored ? std::min(term.watermark_ms, *restored_ms) : *restored_ms;
  term.restored = true;
}

void WatermarkTracker::finish_split(uint32_t split) {
  std::erase(splits_, split);
  ends_.erase(split);
  if (policy_.per_split || splits_.empty()) terms_.erase(term_of(split));
}

void WatermarkTracker::restore_emitted(int64_t watermark_ms) {
  emitted_ = std::max(emitted_, watermark_ms);
}

int64_t WatermarkTracker::minimum_without(uint32_t term) const {
  int64_t low = kMaxWatermark;
  for (const auto& [number, entry] : terms_) {
    if (number != term && !entry.idle) low = std::min(low, entry.watermark_ms);
  }
  return low;
}

int64_t WatermarkTracker::candidate() const {
  bool active = false;
  int64_t low = kMaxWatermark;
  int64_t high = kNoWatermark;
  for (const auto& [number, entry] : terms_) {
    high = std::max(high, entry.watermark_ms);
    if (entry.idle) continue;
    active = true;
    low = std::min(low, entry.watermark_ms);
  }
  return active ? low : high;
}

bool WatermarkTracker::all_idle() const {
  return std::ranges::all_of(terms_, [](const auto& entry) { return entry.second.idle; });
}

int64_t WatermarkTracker::watermark_of(uint32_t split) const {
  const auto found = terms_.find(term_of(split));
  return found == terms_.end() ? kNoWatermark : found->second.watermark_ms;
}

// A candidate must be higher than this to be emitted behind a row.
int64_t WatermarkTracker::emit_above() const {
  switch (policy_.emit) {
    case WatermarkTraits::Emit::kPeriodic: return kMaxWatermark;
    case WatermarkTraits::Emit::kOnEvent: return emitted_;
    case WatermarkTraits::Emit::kIntervalOrRow:
      // Flink's assigner begins at 0, so a watermark below that is never emitted.
      return std::max<int64_t>(emitted_, 0) + policy_.interval_ms;
  }
  return kMaxWatermark;
}

bool WatermarkTracker::emit(int64_t candidate_ms) {
  if (candidate_ms <= emitted_) return false;
  emitted_ = candidate_ms;
  return true;
}

bool WatermarkTracker::run(Term& term, int64_t others_ms, const types::Selection& selection,
                           std::span<const int64_t> rowtimes, std::span<const int64_t> watermarks,
                           int64_t limit_ms, int64_t* before) {
  bool behind = false;
  int64_t own = term.watermark_ms;
  int64_t emitted = emitted_;
  int64_t above = emit_above();
  uint64_t ahead = 0;
  selection.for_each([&](uint32_t row) {
    if (before != nullptr) before[row] = emitted;
    behind |= rowtimes[row] <= emitted;
    const int64_t mark = watermarks[row];
    if (mark > limit_ms) [[unlikely]] {
      ++ahead;
      return;
    }
    if (mark <= own) return;
    own = mark;
    const int64_t candidate_ms = std::min(own, others_ms);
    if (candidate_ms > above) {
      emitted_ = emitted = candidate_ms;
      above = emit_above();
    }
  });
  term.watermark_ms = own;
  rows_ahead_ += ahead;
  return behind;
}

WatermarkTracker::Advance WatermarkTracker::on_rows(uint32_t split,
                                                    const types::Selection& selection,
                                                    std::span<const int64_t> rowtimes,
                                                    std::span<const int64_t> watermarks,
                                                    int64_t now_ms) {
  Term& term = terms_[term_of(split)];
  term.idle = false;
  // The first periodic emission comes one interval after the first row.
  if (last_periodic_ms_ == kNoWatermark) last_periodic_ms_ = now_ms;
  const int64_t limit_ms = policy_.max_ahead_ms > 0 ? now_ms + policy_.max_ahead_ms : kMaxWatermark;
  const int64_t others_ms = minimum_without(term_of(split));
  const int64_t emitted_before = emitted_;
  const int64_t own_before = term.watermark_ms;
  const uint64_t ahead_before = rows_ahead_;
  Advance advance;
  const bool behind = run(term, others_ms, selection, rowtimes, watermarks, limit_ms, nullptr);
  advance.emitted = emitted_ != emitted_before;
  if (behind && advance.emitted) {
    // Rarely needed, so the run is repeated rather than always noted.
    auto before = Buffer::allocate(rowtimes.size() * sizeof(int64_t));
    std::ranges::fill_n(before->mutable_as<int64_t>(), static_cast<ptrdiff_t>(rowtimes.size()),
                        emitted_before);
    emitted_ = emitted_before;
    term.watermark_ms = own_before;
    rows_ahead_ = ahead_before;
    run(term, others_ms, selection, rowtimes, watermarks, limit_ms, before->mutable_as<int64_t>());
    advance.row_watermarks = std::move(before);
  }
  return advance;
}

int64_t WatermarkTracker::at_end_since(uint32_t split) const {
  if (policy_.per_split) {
    const auto found = ends_.find(split);
    return found == ends_.end() ? kNever : found->second;
  }
  // A lane-wide term is at its end when all of its splits are: since the last of them.
  if (ends_.empty() || ends_.size() < splits_.size()) return kNever;
  int64_t since = kNoWatermark;
  for (const auto& [number, at] : ends_) since = std::max(since, at);
  return since;
}

void WatermarkTracker::on_poll(uint32_t split, bool at_end, bool rows, int64_t now_ms) {
  const auto term = terms_.find(term_of(split));
  if (term == terms_.end()) return;
  if (rows || !at_end) {
    ends_.erase(split);
    if (rows) term->second.idle = false;
    return;
  }
  ends_.try_emplace(split, now_ms);
  if (policy_.idle_timeout_ms <= 0) return;
  const int64_t since = at_end_since(split);
  if (since != kNever && now_ms - since >= policy_.idle_timeout_ms) term->second.idle = true;
}

bool WatermarkTracker::on_timer(int64_t now_ms) {
  last_periodic_ms_ = now_ms;
  const int64_t next = candidate();
  // Flink's assigner begins at 0.
  if (policy_.emit == WatermarkTraits::Emit::kIntervalOrRow && next <= 0) return false;
  return emit(next);
}

int64_t WatermarkTracker::next_timer_ms() const {
  int64_t at = kNever;
  const int64_t next = candidate();
  const bool emits = policy_.emit != WatermarkTraits::Emit::kIntervalOrRow || next > 0;
  if (next > emitted_ && emits) {
    at = last_periodic_ms_ == kNoWatermark ? 0 : last_periodic_ms_ + policy_.interval_ms;
  }
  if (policy_.idle_timeout_ms <= 0) return at;
  for (const auto& [split, since] : ends_) {
    const auto term = terms_.find(term_of(split));
    if (term == terms_.end() || term->second.idle) continue;
    const int64_t end = at_end_since(split);
    if (end != kNever) at = std::min(at, end + policy_.idle_timeout_ms);
  }
  return at;
}

}  // namespace weir::exec
