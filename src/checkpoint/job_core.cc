#include "checkpoint/job_core.h"

#include <algorithm>

#include "base/overloaded.h"
#include "checkpoint/savepoint.h"

namespace weir::checkpoint {

namespace {

Error ended_before_savepoint() { return cancelled("the job ended before the savepoint was taken"); }

}  // namespace

// --- events ---

void JobCore::post(Event event) {
  {
    const std::lock_guard lock(events_mutex_);
    events_.push_back(std::move(event));
  }
  waker_.wake();
}

void JobCore::on_cut(exec::LaneSnapshot snapshot) { post(std::move(snapshot)); }

void JobCore::on_ended(uint32_t lane) {
  (void)lane;
  post(LaneEnded());
}

void JobCore::on_failed(uint32_t lane, Error error) {
  (void)lane;
  post(Failed{std::move(error)});
}

void JobCore::on_delivered(const std::string& sink_id, const std::string& run_id, uint64_t epoch,
                           uint64_t bytes) {
  post(Delivered{sink_id, run_id, epoch, bytes});
}

void JobCore::on_delivery_failed(const std::string& sink_id, Error error) {
  post(Failed{std::move(error).in("delivering to " + sink_id)});
}

void JobCore::request_stop() { post(StopRequested()); }

void JobCore::request_savepoint(std::string folder, std::function<void(Status)> done) {
  {
    const std::lock_guard lock(events_mutex_);
    if (!closed_) {
      events_.emplace_back(SavepointRequested{std::move(folder), std::move(done)});
      done = nullptr;
    }
  }
  if (done) return done(ended_before_savepoint());
  waker_.wake();
}

std::vector<SinkDelivery*> JobCore::deliveries() const {
  std::vector<SinkDelivery*> out;
  for (const auto& [id, delivery] : deliveries_) out.push_back(delivery.get());
  return out;
}

// --- the control step ---

bool JobCore::control_step() {
  if (ended()) return false;
  std::vector<Event> events;
  {
    const std::lock_guard lock(events_mutex_);
    events.swap(events_);
  }
  for (size_t at = 0; at < events.size(); ++at) {
    const Status handled = handle(std::move(events[at]));
    if (!handled) {
      // Savepoints that were asked for meanwhile are still to be answered.
      for (Event& rest : std::span(events).subspan(at + 1)) post(std::move(rest));
      fail(handled.error());
      return true;
    }
  }
  const int64_t now_ms = context_.clock.wall_ms();
  const Status discovered = discover_splits(now_ms);
  if (!discovered) {
    fail(discovered.error());
    return true;
  }
  const bool begun = begin_epoch(now_ms);
  update_pause();
  end_if_done(now_ms);
  return begun || !events.empty();
}

Status JobCore::handle(Event event) {
  return std::visit(
      Overloaded{
          [this](exec::LaneSnapshot& snapshot) { return handle_cut(std::move(snapshot)); },
          [this](LaneEnded&) {
            if (++lanes_ended_ == settings_.parallelism) coordinator_->request_final();
            return ok();
          },
          [](Failed& failed) -> Status { return std::move(failed.error); },
          [this](Delivered& delivered) { return handle_delivered(delivered); },
          [this](SavepointRequested& requested) {
            savepoints_.push_back(std::move(requested));
            coordinator_->request_now();
            return ok();
          },
          [this](StopRequested&) {
            if (stopping_) return ok();
            stopping_ = true;
            coordinator_->request_final();
            if (coordinator_->final_durable()) {
              stop_deadline_ms_ = context_.clock.wall_ms() + options_.stop_delivery_ms;
            }
            const std::lock_guard lock(status_mutex_);
            state_ = JobState::kStopping;
            return ok();
          },
      },
      event);
}

bool JobCore::begin_epoch(int64_t now_ms) {
  const auto trigger = coordinator_->next(now_ms);
  if (!trigger) return false;
  triggered_ms_ = now_ms;
  std::ranges::move(savepoints_, std::back_inserter(savepoints_begun_));
  savepoints_.clear();
  for (const auto& lane : lanes()) lane->trigger(trigger->epoch, trigger->final);
  return true;
}

Status JobCore::handle_cut(exec::LaneSnapshot snapshot) {
  const uint64_t epoch = snapshot.epoch;
  snapshots_.push_back(std::move(snapshot));
  if (!coordinator_->on_cut(epoch)) return ok();
  return write_epoch(epoch);
}

Status JobCore::write_epoch(uint64_t epoch) {
  std::vector<ReadyOutput> outputs;
  const int64_t now_ms = context_.clock.wall_ms();
  if (writer_) {
    const EpochInfo info{run_id_, settings_.job_name,    epoch,
                         now_ms,  settings_.parallelism, piece_ids_->next()};
    outputs = WEIR_TRY(writer_->write(info, std::move(snapshots_)));
  }
  snapshots_.clear();
  uint64_t bytes = 0;
  uint32_t count = 0;
  for (ReadyOutput& output : outputs) {
    const auto delivery = deliveries_.find(output.sink_id);
    WEIR_CHECK(delivery != deliveries_.end(), "a sink without a committer has staged output");
    bytes += output.bytes;
    ++count;
  }
  // Counted before the deliveries see them: they may be done at once.
  coordinator_->on_durable(epoch, count, bytes);
  for (ReadyOutput& output : outputs) {
    deliveries_.at(output.sink_id)->add(std::move(output));
  }
  if (store_) {
    for (const auto& lane : lanes()) lane->checkpoint_durable(epoch);
    write_savepoints();
    WEIR_TRY(store_->clean(writer_->files_in_use()));
  }
  if (coordinator_->final_durable()) {
    for (const auto& lane : lanes()) lane->cancel();
    if (stopping_) stop_deadline_ms_ = now_ms + options_.stop_delivery_ms;
  }
  note_checkpoint(epoch, context_.clock.wall_ms());
  return ok();
}

void JobCore::write_savepoints() {
  for (const SavepointRequested& requested : savepoints_begun_) {
    requested.done(export_savepoint(*store_, *writer_->newest(), requested.folder));
  }
  savepoints_begun_.clear();
}

Status JobCore::handle_delivered(const Delivered& delivered) {
  coordinator_->on_delivered(delivered.bytes);
  writer_->on_delivered(delivered.sink_id, delivered.run_id, delivered.epoch);
  marks_[delivered.sink_id] = {delivered.run_id, delivered.epoch};
  note_delivery();
  return store_->write_delivered(marks_);
}

Status JobCore::discover_splits(int64_t now_ms) {
  for (uint32_t source = 0; source < sources_.size(); ++source) {
    if (discover_at_ms_[source] > now_ms || stopping_) continue;
    discover_at_ms_[source] = now_ms + sources_[source]->traits().discovery_interval_ms;
    auto found = assigner_->discover(source);
    if (!found) {
      if (found.error().code() == ErrorCode::kUnavailable) continue;
      return found.error();
    }
    for (auto& assignment : *found) {
      context_.log.info("job", "new split",
                        {{"split", assignment.split.split.id}, {"lane", assignment.lane}});
      lanes()[assignment.lane]->add_split(std::move(assignment.split));
    }
  }
  return ok();
}

void JobCore::update_pause() {
  const bool pause = coordinator_->sources_should_pause();
  if (pause == paused_) return;
  paused_ = pause;
  if (pause) {
    context_.log.warning("job", "sources pause: delivery is too far behind",
                         {{"job", settings_.job_name},
                          {"outputs", coordinator_->undelivered()},
                          {"bytes", coordinator_->undelivered_bytes()}});
  }
  for (const auto& lane : lanes()) lane->set_paused(pause);
}

int64_t JobCore::next_control_ms() const {
  int64_t at = coordinator_->next_ms();
  for (const int64_t discover_ms : discover_at_ms_) at = std::min(at, discover_ms);
  return std::min(at, stop_deadline_ms_);
}

// --- the end ---

void JobCore::end_if_done(int64_t now_ms) {
  if (ended() || !coordinator_->final_durable()) return;
  const bool delivered = coordinator_->undelivered() == 0;
  if (!delivered && now_ms < stop_deadline_ms_) return;
  const bool all_read = lanes_ended_ == settings_.parallelism;
  end(all_read && delivered ? JobState::kFinished : JobState::kStopped);
}

void JobCore::fail(Error error) {
  context_.log.error("job", "failed", {{"job", settings_.job_name}, {"error", error.message()}});
  {
    const std::lock_guard lock(status_mutex_);
    error_ = std::move(error);
  }
  end(JobState::kFailed);
}

void JobCore::end(JobState state) {
  {
    const std::lock_guard lock(status_mutex_);
    state_ = state;
  }
  cancel();
  std::ranges::move(savepoints_begun_, std::back_inserter(savepoints_));
  savepoints_begun_.clear();
  {
    const std::lock_guard lock(events_mutex_);
    closed_ = true;
    for (Event& event : events_) {
      auto* requested = std::get_if<SavepointRequested>(&event);
      if (requested != nullptr) savepoints_.push_back(std::move(*requested));
    }
    events_.clear();
  }
  for (const SavepointRequested& requested : savepoints_) requested.done(ended_before_savepoint());
  savepoints_.clear();
  publish_metrics();
  context_.log.info("job", "ended",
                    {{"job", settings_.job_name}, {"state", job_state_name(state)}});
  ended_.store(true, std::memory_order_release);
  waker_.wake();
}

void JobCore::cancel() {
  if (lanes_) {
    for (const auto& lane : lanes()) lane->cancel();
  }
  for (const auto& [id, delivery] : deliveries_) delivery->cancel();
}

Status JobCore::outcome() const {
  const std::lock_guard lock(status_mutex_);
  if (error_) return *error_;
  return ok();
}

}  // namespace weir::checkpoint
