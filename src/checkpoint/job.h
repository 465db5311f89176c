// Job: a plan that runs: lanes, checkpoints, delivery, from start to end.
//
// start() makes sources, sinks and lanes, restores the newest checkpoint of the folder if there is
// one, hands its undelivered output to the sinks again, and starts the threads: one a lane, one a
// committing sink, one for the job itself, which coordinates and writes checkpoints. With
// `threads` off nothing runs by itself: the owner calls step(), which the simulator and the crash
// tests do. The destructor is a crash as far as durability goes: threads end, nothing more is
// written. Public methods may be called from any thread, step() from one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "checkpoint/job_status.h"
#include "exec/connector_factory.h"
#include "exec/job_settings.h"
#include "plan/nodes.h"

namespace weir::checkpoint {

struct JobOptions {
  // Of this job alone. Empty: no checkpoints; then no sink may need a committer, and nothing is
  // restored.
  std::string folder;
  bool accept_duplicates = false;
  bool threads = true;
  // How long a stop waits for the last output to be delivered.
  int64_t stop_delivery_ms = 2000;
  // A savepoint to begin from; the folder must hold no checkpoint.
  std::string savepoint;
  // For run ids; 0: from the operating system.
  uint64_t random_seed = 0;
};

class Job {
 public:
  // `factory` and `context` outlive the job.
  static Result<std::unique_ptr<Job>> start(plan::Plan plan, exec::ConnectorFactory& factory,
                                            exec::JobSettings settings, JobOptions options,
                                            Context& context);
  ~Job();

  // Takes a last checkpoint, delivers it, and ends; returns at once.
  void request_stop();
  // Takes a checkpoint now and copies it to `folder`; `done` is called on the job's thread.
  void request_savepoint(std::string folder, std::function<void(Status)> done);
  // Until the job has ended: its error when it failed.
  Status wait();
  // False: it has not ended after that long.
  bool wait_for(int64_t timeout_ms);
  [[nodiscard]] bool ended() const;
  [[nodiscard]] JobStatus status() const;

  // Only without threads: everything that can be done does a little. True: something was done.
  bool step();

 private:
  class Core;
  explicit Job(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace weir::checkpoint
