#include "store/supervisor.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <condition_variable>
#include <mutex>

#include "base/process.h"
#include "base/thread.h"
#include "store/store.h"

namespace weir::store {
namespace {

constexpr int64_t kFirstPauseMs = 100;
constexpr int64_t kLongestPauseMs = 5'000;
// A child that lived this long starts again without a pause.
constexpr int64_t kHealthyAfterMs = 30'000;
constexpr int64_t kPollMs = 50;
// Beyond the child's own limit.
constexpr int64_t kKillAfterMs = kStoreStopTimeoutMs + 400;

uint16_t port_of_line(std::string_view line) {
  uint16_t port = 0;
  const size_t colon = line.rfind(':');
  if (colon != std::string_view::npos) {
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), port);
  }
  return port;
}

}  // namespace

std::string_view store_health_name(StoreHealth health) {
  switch (health) {
    case StoreHealth::kStarting: return "starting";
    case StoreHealth::kReady: return "ready";
    case StoreHealth::kRestarting: return "restarting";
    case StoreHealth::kFailed: return "failed";
    case StoreHealth::kStopped: return "stopped";
  }
  return "unknown";
}

struct StoreSupervisor::State {
  State(Context supervisor_context, SupervisorOptions supervisor_options)
      : context(supervisor_context), options(std::move(supervisor_options)) {
    if (options.program.empty()) options.program = executable_path();
  }

  Context context;
  SupervisorOptions options;
  mutable std::mutex mutex;
  std::condition_variable changed;
  StoreStatus status;
  bool stopping = false;
  std::string last_line;  // of the child's output: its error, when it ends
  // The thread that starts the children lives as long as they should (see base/process.h).
  Thread thread;

  template <typename Change>
  void update(Change change) {
    {
      const std::lock_guard lock(mutex);
      change(status);
    }
    changed.notify_all();
  }

  // True when the supervisor is to stop.
  bool pause(int64_t duration_ms) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(duration_ms), [this] { return stopping; });
    return stopping;
  }

  void on_line(std::string_view line, int64_t started_ms) {
    if (line.starts_with(kListeningLine)) {
      update([&](StoreStatus& now) {
        now.port = port_of_line(line);
        now.health = StoreHealth::kReady;
        now.started_in_ms = context.clock.monotonic_ms() - started_ms;
      });
      return;
    }
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("message") || !parsed["message"].is_string()) {
      if (line.empty()) return;
      {
        const std::lock_guard lock(mutex);
        if (!last_line.empty()) last_line += "\n";
        last_line += line;
      }
      context.log.warning("store", line);
      return;
    }
    std::string text = parsed["message"];
    for (const auto& [name, value] : parsed.items()) {
      if (name == "time" || name == "level" || name == "part" || name == "message") continue;
      text +=
          fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    const auto level = parsed.value("level", "info");
    if (level == "error") {
      context.log.error("store", text);
    } else if (level == "warning") {
      context.log.warning("store", text);
    } else if (level == "debug") {
      context.log.debug("store", text);
    } else {
      context.log.info("store", text);
    }
  }

  std::vector<std::string> arguments() {
    std::vector<std::string> out = {
        options.program, "store",      "--data", options.data_dir,
        "--host",        options.host, "--port", std::to_string(options.port),
        "--json"};
    for (const auto& mapping : options.endpoints) {
      out.emplace_back("--endpoint");
      out.push_back(to_string(mapping));
    }
    out.insert(out.end(), options.more_arguments.begin(), options.more_arguments.end());
    return out;
  }

  // Runs one child to its end. False when no other should follow.
  bool run_child() {
    const int64_t started_ms = context.clock.monotonic_ms();
    {
      const std::lock_guard lock(mutex);
      last_line.clear();
    }
    auto process = Process::start(
        {.arguments = arguments(),
         .on_line = [this, started_ms](std::string_view line) { on_line(line, started_ms); }});
    if (!process.has_value()) {
      fail(process.error().message());
      return false;
    }
    auto& child = **process;
    update([&](StoreStatus& now) { now.pid = child.pid(); });
    std::optional<ExitStatus> ended;
    while (!(ended = child.wait(kPollMs)).has_value()) {
      if (!is_stopping()) continue;
      end(child);
      update([](StoreStatus& now) { now.pid = 0; });
      return false;
    }
    process->reset();  // reads the rest of its output
    return after_end(*ended);
  }

  void end(Process& child) {
    child.terminate();
    if (!child.wait(kKillAfterMs).has_value()) {
      context.log.warning("store", "it does not stop and is killed");
      child.kill();
      child.wait(kKillAfterMs);
    }
  }

  bool after_end(const ExitStatus& ended) {
    bool was_ready = false;
    std::string reason;
    update([&](StoreStatus& now) {
      was_ready = now.port != 0;
      reason = ended.to_string();
      if (!last_line.empty()) reason += ": " + last_line;
      now.pid = 0;
      now.last_error = reason;
      if (was_ready) {
        now.health = StoreHealth::kRestarting;
        options.port = now.port;
      }
    });
    if (!was_ready) fail(reason);
    return was_ready;
  }

  void fail(const std::string& reason) {
    context.log.error("store", "it cannot start", {{"reason", reason}});
    update([&](StoreStatus& now) {
      now.health = StoreHealth::kFailed;
      now.last_error = reason;
    });
  }

  bool is_stopping() const {
    const std::lock_guard lock(mutex);
    return stopping;
  }

  void run() {
    int64_t pause_ms = kFirstPauseMs;
    while (true) {
      const int64_t began_ms = context.clock.monotonic_ms();
      if (!run_child()) break;
      if (context.clock.monotonic_ms() - began_ms > kHealthyAfterMs) pause_ms = kFirstPauseMs;
      context.log.warning("store", "it ended and is started again",
                          {{"reason", read_status().last_error}, {"pause_ms", pause_ms}});
      if (pause(pause_ms)) break;
      pause_ms = std::min(pause_ms * 2, kLongestPauseMs);
      update([](StoreStatus& now) { ++now.restarts; });
    }
    update([](StoreStatus& now) {
      if (now.health != StoreHealth::kFailed) now.health = StoreHealth::kStopped;
    });
  }

  StoreStatus read_status() const {
    const std::lock_guard lock(mutex);
    return status;
  }
};

std::unique_ptr<StoreSupervisor> StoreSupervisor::start(Context context,
                                                        SupervisorOptions options) {
  auto state = std::make_unique<State>(context, std::move(options));
  auto* running = state.get();
  state->thread = Thread("store-watch", [running] { running->run(); });
  return std::unique_ptr<StoreSupervisor>(new StoreSupervisor(std::move(state)));
}

StoreSupervisor::StoreSupervisor(std::unique_ptr<State> state) : state_(std::move(state)) {}

StoreSupervisor::~StoreSupervisor() { stop(); }

Status StoreSupervisor::wait_ready(int64_t timeout_ms) {
  std::unique_lock lock(state_->mutex);
  const auto& now = state_->status;
  state_->changed.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
    return now.health == StoreHealth::kReady || now.health == StoreHealth::kFailed ||
           now.health == StoreHealth::kStopped;
  });
  switch (now.health) {
    case StoreHealth::kReady: return ok();
    case StoreHealth::kFailed: return unavailable("the store cannot start: " + now.last_error);
    case StoreHealth::kStarting:
    case StoreHealth::kRestarting: return cancelled("the store does not answer in time");
    case StoreHealth::kStopped: break;
  }
  return cancelled("the store was stopped");
}

StoreStatus StoreSupervisor::status() const { return state_->read_status(); }

void StoreSupervisor::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

}  // namespace weir::store
