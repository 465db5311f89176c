#include "checkpoint/coordinator.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace weir::checkpoint {

Coordinator::Coordinator(uint32_t lanes, uint64_t first_epoch, Limits limits, int64_t now_ms)
    : lanes_(lanes),
      limits_(limits),
      next_epoch_(first_epoch),
      next_ms_(now_ms + limits.interval_ms),
      last_durable_(first_epoch - 1) {}

bool Coordinator::sources_should_pause() const {
  return undelivered_ >= limits_.undelivered_epochs_max ||
         undelivered_bytes_ >= limits_.undelivered_bytes_max;
}

std::optional<Coordinator::Trigger> Coordinator::next(int64_t now_ms) {
  if (under_way_ || final_begun_) return std::nullopt;
  if (!final_wanted_ && !now_wanted_) {
    const bool due = limits_.interval_ms > 0 && now_ms >= next_ms_;
    if (!due || sources_should_pause()) return std::nullopt;
  }
  // The next one is due an interval after this one began, but never at once.
  next_ms_ = std::max(next_ms_ + limits_.interval_ms, now_ms + 1);
  now_wanted_ = false;
  final_begun_ = final_wanted_;
  under_way_ = Trigger{next_epoch_++, final_begun_};
  cut_ = 0;
  return under_way_;
}

int64_t Coordinator::next_ms() const {
  const bool waits = under_way_ || final_begun_ || sources_should_pause();
  if ((final_wanted_ || now_wanted_) && !under_way_ && !final_begun_) return 0;
  if (waits || limits_.interval_ms <= 0) return std::numeric_limits<int64_t>::max();
  return next_ms_;
}

bool Coordinator::on_cut(uint64_t epoch) {
  WEIR_CHECK(under_way_ && under_way_->epoch == epoch, "a cut of an epoch that is not under way");
  WEIR_CHECK(cut_ < lanes_, "more cuts than lanes");
  return ++cut_ == lanes_;
}

void Coordinator::on_durable(uint64_t epoch, uint32_t outputs, uint64_t output_bytes) {
  WEIR_CHECK(under_way_ && under_way_->epoch == epoch && cut_ == lanes_,
             "an epoch is durable that was not cut by all lanes");
  final_durable_ = under_way_->final;
  under_way_.reset();
  last_durable_ = epoch;
  add_undelivered(outputs, output_bytes);
}

void Coordinator::add_undelivered(uint32_t outputs, uint64_t output_bytes) {
  undelivered_ += outputs;
  undelivered_bytes_ += output_bytes;
}

void Coordinator::on_delivered(uint64_t output_bytes) {
  WEIR_CHECK(undelivered_ > 0 && undelivered_bytes_ >= output_bytes, "delivered twice");
  --undelivered_;
  undelivered_bytes_ -= output_bytes;
}

}  // namespace weir::checkpoint
