// Lane: one thread's share of a job: sources, slots, queues, in one loop.
//
// run_once() does a little of everything that can go on: commands, long-running operators, queues
// (downstream before upstream), sources, timers. It never blocks: a full queue only holds back what
// would feed it. run() is the loop around it that sleeps on the lane's waker when nothing is to
// do; tests and the simulator call run_once() themselves. Commands come from any thread; the
// listener is called on the lane's thread. An error ends the lane.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/waker.h"
#include "exec/lane_rejects.h"
#include "exec/slot.h"
#include "exec/source_runner.h"

namespace weir::exec {

class LaneListener {
 public:
  virtual ~LaneListener() = default;
  // Everything of the lane has been cut for the snapshot's epoch.
  virtual void on_cut(LaneSnapshot snapshot) = 0;
  // All inputs have ended and everything has been fired; barriers are still served.
  virtual void on_ended(uint32_t lane) = 0;
  virtual void on_failed(uint32_t lane, Error error) = 0;
};

class Lane {
 public:
  Lane(uint32_t number, Context& context, LaneListener& listener);

  // --- while the job is built ---
  struct QueueInput {
    Ring* ring;
    Slot* slot;
    uint32_t input;
  };
  LaneShared& shared() { return shared_; }
  Waker& waker() { return waker_; }
  void set_rejects(std::unique_ptr<LaneRejects> rejects);
  LaneRejects& rejects() { return *rejects_; }
  Slot& add_slot(std::unique_ptr<Slot> slot);
  SourceRunner& add_source(std::unique_ptr<SourceRunner> source);
  // Most downstream first.
  void set_queue_inputs(std::vector<QueueInput> inputs) { queue_inputs_ = std::move(inputs); }
  void set_queue_outputs(std::vector<Ring*> rings) { queue_outputs_ = std::move(rings); }
  Status open(const JobRestore* restore);

  // --- the lane's thread ---
  // True: something was done.
  Result<bool> run_once();
  // Until cancel() or an error.
  void run();

  // --- any thread ---
  // Lets barrier `epoch` in at the sources; with `then_stop` they read nothing behind it.
  void trigger(uint64_t epoch, bool then_stop);
  void add_split(SplitAssignment assignment);
  void checkpoint_durable(uint64_t epoch);
  // Sources pause while delivery is far behind.
  void set_paused(bool paused);
  void cancel();

  [[nodiscard]] bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  [[nodiscard]] uint32_t number() const { return number_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Slot>>& slots() const { return slots_; }
  [[nodiscard]] const std::vector<std::unique_ptr<SourceRunner>>& sources() const {
    return sources_;
  }
  // Nanoseconds spent asleep since run() began.
  [[nodiscard]] uint64_t asleep_ns() const { return asleep_ns_.value(); }

 private:
  struct Command {
    enum class Kind : uint8_t { kTrigger, kAddSplit, kDurable };
    Kind kind = Kind::kTrigger;
    uint64_t epoch = 0;
    bool then_stop = false;
    SplitAssignment split;
  };

  void post(Command command);
  Result<bool> run_commands();
  Result<bool> run_deferred();
  Result<bool> run_queues();
  Result<bool> run_sources(int64_t now_ms);
  Result<bool> run_timers(int64_t now_ms);
  Status finish_cut();
  void sleep();
  [[nodiscard]] int64_t next_wake_ms() const;

  const uint32_t number_;
  Context& context_;
  LaneListener& listener_;
  Waker waker_;
  LaneShared shared_;
  std::unique_ptr<LaneRejects> rejects_;
  std::vector<std::unique_ptr<Slot>> slots_;  // upstream first
  std::vector<std::unique_ptr<SourceRunner>> sources_;
  std::vector<QueueInput> queue_inputs_;
  std::vector<Ring*> queue_outputs_;
  bool stopped_ = false;  // sources read nothing more
  bool ended_told_ = false;
  bool paused_in_sleep_ = false;
  LaneCounter asleep_ns_;

  std::atomic<bool> paused_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> has_commands_{false};
  std::mutex commands_mutex_;
  std::vector<Command> commands_;
};

}  // namespace weir::exec
