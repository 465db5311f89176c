#include "exec/lane.h"

#include <algorithm>

#include "base/check.h"

namespace weir::exec {
namespace {

// Emissions of one resume() of a long-running operator before others get their turn.
constexpr uint32_t kResumeQuantum = 8;
// Messages read from one queue before the next one gets its turn.
constexpr int kQueueQuantum = 16;

}  // namespace

Lane::Lane(uint32_t number, Context& context, LaneListener& listener)
    : number_(number), context_(context), listener_(listener) {
  shared_.snapshot.lane = number;
}

void Lane::set_rejects(std::unique_ptr<LaneRejects> rejects) {
  rejects_ = std::move(rejects);
  shared_.rejects = rejects_.get();
}

Slot& Lane::add_slot(std::unique_ptr<Slot> slot) { return *slots_.emplace_back(std::move(slot)); }

SourceRunner& Lane::add_source(std::unique_ptr<SourceRunner> source) {
  return *sources_.emplace_back(std::move(source));
}

Status Lane::open(const JobRestore* restore) {
  shared_.quantum = kResumeQuantum;
  for (const auto& slot : slots_) WEIR_TRY(slot->open(restore));
  return ok();
}

void Lane::post(Command command) {
  {
    const std::lock_guard lock(commands_mutex_);
    commands_.push_back(std::move(command));
  }
  has_commands_.store(true, std::memory_order_release);
  waker_.wake();
}

void Lane::trigger(uint64_t epoch, bool then_stop) {
  Command command;
  command.epoch = epoch;
  command.then_stop = then_stop;
  post(std::move(command));
}

void Lane::add_split(SplitAssignment assignment) {
  Command command;
  command.kind = Command::Kind::kAddSplit;
  command.split = std::move(assignment);
  post(std::move(command));
}

void Lane::checkpoint_durable(uint64_t epoch) {
  Command command;
  command.kind = Command::Kind::kDurable;
  command.epoch = epoch;
  post(std::move(command));
}

void Lane::set_paused(bool paused) {
  if (paused_.exchange(paused) && !paused) waker_.wake();
}

void Lane::cancel() {
  cancelled_.store(true, std::memory_order_release);
  waker_.wake();
}

Result<bool> Lane::run_commands() {
  if (!has_commands_.exchange(false, std::memory_order_acquire)) return false;
  std::vector<Command> commands;
  {
    const std::lock_guard lock(commands_mutex_);
    commands.swap(commands_);
  }
  for (Command& command : commands) {
    switch (command.kind) {
      case Command::Kind::kTrigger:
        stopped_ |= command.then_stop;
        shared_.snapshot.epoch = command.epoch;
        for (const auto& source : sources_) WEIR_TRY(source->on_barrier(command.epoch));
        break;
      case Command::Kind::kAddSplit: {
        SourceRunner& source = *sources_[command.split.source];
        WEIR_TRY(source.add_split(std::move(command.split)));
        break;
      }
      case Command::Kind::kDurable:
        for (const auto& source : sources_) source->on_checkpoint(command.epoch);
        break;
    }
  }
  return true;
}

Result<bool> Lane::run_deferred() {
  bool did = false;
  for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
    if (!(*slot)->has_more() || (*slot)->blocked() || !(*slot)->downstream_has_room()) continue;
    shared_.quantum = kResumeQuantum;
    WEIR_TRY((*slot)->resume());
    did = true;
  }
  return did;
}

Result<bool> Lane::run_queues() {
  bool did = false;
  for (Ring* ring : queue_outputs_) {
    if (ring->has_waiting()) did |= ring->flush();
  }
  // A sink may be full until it is cut, and its barrier waits behind rows in these queues: while an
  // epoch is under way they are read whatever the sinks say.
  const bool under_way = shared_.snapshot.epoch > shared_.finished_epoch;
  for (const QueueInput& input : queue_inputs_) {
    for (int taken = 0; taken < kQueueQuantum; ++taken) {
      if (input.ring->front() == nullptr || !input.slot->may_read(input.input)) break;
      if (!input.slot->queues_have_room()) break;
      if (!under_way && !input.slot->sinks_have_room()) break;
      shared_.quantum = kResumeQuantum;
      WEIR_TRY(input.slot->deliver(input.input, input.ring->pop()));
      did = true;
    }
  }
  return did;
}

Result<bool> Lane::run_sources(int64_t now_ms) {
  if (stopped_ || paused_.load(std::memory_order_relaxed)) return false;
  bool did = false;
  for (const auto& source : sources_) {
    if (!source->slot().may_read(0) || !source->slot().downstream_has_room()) continue;
    shared_.quantum = kResumeQuantum;
    did |= WEIR_TRY(source->poll(now_ms));
  }
  return did;
}

Result<bool> Lane::run_timers(int64_t now_ms) {
  bool did = false;
  for (const auto& slot : slots_) {
    if (slot->op().next_timer_ms() > now_ms || slot->blocked()) continue;
    shared_.quantum = kResumeQuantum;
    WEIR_TRY(slot->on_timer(now_ms));
    did = true;
  }
  return did;
}

Status Lane::finish_cut() {
  const uint64_t epoch = shared_.snapshot.epoch;
  WEIR_CHECK(shared_.slots_cut == slots_.size(), "more cuts than slots");
  StagedOutput rejects = WEIR_TRY(rejects_->prepare(epoch));
  if (!rejects.empty()) {
    shared_.snapshot.outputs.push_back({rejects_->sink_id(), std::move(rejects)});
  }
  shared_.slots_cut = 0;
  shared_.finished_epoch = epoch;
  LaneSnapshot snapshot;
  std::swap(snapshot, shared_.snapshot);
  shared_.snapshot.lane = number_;
  for (const auto& source : sources_) source->update_lag();
  listener_.on_cut(std::move(snapshot));
  return ok();
}

Result<bool> Lane::run_once() {
  bool did = WEIR_TRY(run_commands());
  did |= WEIR_TRY(run_deferred());
  did |= WEIR_TRY(run_queues());
  const int64_t now_ms = context_.clock.wall_ms();
  // Timers first: after a restore the watermark is announced before the first row.
  did |= WEIR_TRY(run_timers(now_ms));
  did |= WEIR_TRY(run_sources(now_ms));
  if (shared_.slots_cut >= slots_.size() && !slots_.empty()) {
    WEIR_TRY(finish_cut());
    did = true;
  }
  if (!ended_told_ && shared_.slots_ended == slots_.size()) {
    ended_told_ = true;
    listener_.on_ended(number_);
  }
  if (did) {
    paused_in_sleep_ = false;
  } else if (!paused_in_sleep_) {
    paused_in_sleep_ = true;
    for (const auto& slot : slots_) WEIR_TRY(slot->op().on_pause());
    for (const auto& source : sources_) source->update_lag();
  }
  return did;
}

int64_t Lane::next_wake_ms() const {
  int64_t at = kNever;
  for (const auto& slot : slots_) {
    if (!slot->blocked()) at = std::min(at, slot->op().next_timer_ms());
  }
  if (stopped_ || paused_.load(std::memory_order_relaxed)) return at;
  for (const auto& source : sources_) {
    if (!source->ended() && source->slot().may_read(0)) {
      at = std::min(at, source->next_poll_ms());
    }
  }
  return at;
}

void Lane::sleep() {
  constexpr int64_t kNsPerMs = 1'000'000;
  constexpr int64_t kLongestMs = int64_t{3600} * 1000;
  const int64_t at = next_wake_ms();
  const int64_t before_ns = context_.clock.monotonic_ns();
  if (at == kNever) {
    waker_.wait(-1);
  } else {
    const int64_t wait_ms = std::clamp<int64_t>(at - context_.clock.wall_ms(), 0, kLongestMs);
    waker_.wait(wait_ms * kNsPerMs);
  }
  asleep_ns_.add(static_cast<uint64_t>(context_.clock.monotonic_ns() - before_ns));
}

void Lane::run() {
  while (!cancelled_.load(std::memory_order_acquire)) {
    auto did = run_once();
    if (!did) {
      listener_.on_failed(number_, did.error());
      return;
    }
    if (!*did) sleep();
  }
}

}  // namespace weir::exec
