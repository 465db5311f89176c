#include "checkpoint/job.h"

#include <condition_variable>
#include <mutex>

#include "base/check.h"
#include "base/thread.h"
#include "checkpoint/job_core.h"

namespace weir::checkpoint {

// The core and its threads.
class Job::Core {
 public:
  Core(plan::Plan plan, exec::ConnectorFactory& factory, exec::JobSettings settings,
       JobOptions options, Context& context)
      : threaded_(options.threads),
        context_(context),
        core_(std::move(plan), factory, std::move(settings), std::move(options), context) {}

  ~Core() {
    leave_.store(true, std::memory_order_release);
    core_.cancel();
    core_.waker().wake();
    for (Thread& thread : threads_) thread.join();
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Status start() {
    WEIR_TRY(core_.open());
    if (!threaded_) return ok();
    for (const auto& lane : core_.lanes()) {
      threads_.emplace_back("lane-" + std::to_string(lane->number()),
                            [&lane = *lane] { lane.run(); });
    }
    for (SinkDelivery* delivery : core_.deliveries()) {
      threads_.emplace_back("delivery", [delivery] { delivery->run(); });
    }
    threads_.emplace_back("job", [this] { control(); });
    return ok();
  }

  bool step() {
    WEIR_CHECK(!threaded_, "step() is for jobs without threads");
    bool did = false;
    for (const auto& lane : core_.lanes()) {
      if (lane->cancelled()) continue;
      auto ran = lane->run_once();
      if (ran) {
        did |= *ran;
      } else {
        lane->cancel();
        core_.on_failed(lane->number(), ran.error());
        did = true;
      }
    }
    did |= core_.control_step();
    for (SinkDelivery* delivery : core_.deliveries()) did |= delivery->step();
    return did && !core_.ended();
  }

  bool wait_for(int64_t timeout_ms) {
    WEIR_CHECK(threaded_, "a job without threads ends by step()");
    std::unique_lock lock(mutex_);
    const auto done = [this] { return core_.ended(); };
    if (timeout_ms < 0) {
      condition_.wait(lock, done);
      return true;
    }
    return condition_.wait_for(lock, std::chrono::milliseconds(timeout_ms), done);
  }

  JobCore& core() { return core_; }

 private:
  void control() {
    constexpr int64_t kNsPerMs = 1'000'000;
    while (!leave_.load(std::memory_order_acquire) && !core_.ended()) {
      if (core_.control_step()) continue;
      const int64_t at = core_.next_control_ms();
      if (at == exec::kNever) {
        core_.waker().wait(-1);
      } else {
        const int64_t wait_ms = std::max<int64_t>(at - context_.clock.wall_ms(), 0);
        core_.waker().wait(wait_ms * kNsPerMs);
      }
    }
    const std::lock_guard lock(mutex_);
    condition_.notify_all();
  }

  const bool threaded_;
  Context& context_;
  JobCore core_;
  std::atomic<bool> leave_{false};
  std::mutex mutex_;
  std::condition_variable condition_;
  std::vector<Thread> threads_;
};

Job::Job(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Job::~Job() = default;

Result<std::unique_ptr<Job>> Job::start(plan::Plan plan, exec::ConnectorFactory& factory,
                                        exec::JobSettings settings, JobOptions options,
                                        Context& context) {
  auto core = std::make_unique<Core>(std::move(plan), factory, std::move(settings),
                                     std::move(options), context);
  WEIR_TRY(core->start());
  return std::unique_ptr<Job>(new Job(std::move(core)));
}

void Job::request_stop() { core_->core().request_stop(); }

void Job::request_savepoint(std::string folder, std::function<void(Status)> done) {
  core_->core().request_savepoint(std::move(folder), std::move(done));
}

Status Job::wait() {
  core_->wait_for(-1);
  return core_->core().outcome();
}

bool Job::wait_for(int64_t timeout_ms) { return core_->wait_for(timeout_ms); }
bool Job::ended() const { return core_->core().ended(); }
JobStatus Job::status() const { return core_->core().status(); }
bool Job::step() { return core_->step(); }

}  // namespace weir::checkpoint
