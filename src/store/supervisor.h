// StoreSupervisor: keeps `weir store` running as a child process.
//
// Starts it, waits until it answers, forwards its log, starts it again with growing pauses when it
// dies, and stops it. A store that dies takes nothing with it: what it acknowledged is on its disk,
// and ENGINE = Kafka tables go on from the offsets that they committed. The child dies with this
// process (the kernel sees to it). After the first start the port stays the same.
// A child that ends before it ever answered is not started again: its message is the error.
// start() returns at once; all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "net/host_map.h"

namespace weir::store {

struct SupervisorOptions {
  std::string program;  // empty: this program
  std::string data_dir;
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: a free one, chosen at the first start
  std::vector<net::HostMapping> endpoints;
  std::vector<std::string> more_arguments;  // "--allow-file-access", "--users", ...
};

enum class StoreHealth { kStarting, kReady, kRestarting, kFailed, kStopped };
[[nodiscard]] std::string_view store_health_name(StoreHealth health);

struct StoreStatus {
  StoreHealth health = StoreHealth::kStarting;
  uint16_t port = 0;  // 0 until it is known
  int pid = 0;        // 0 while there is no child
  uint64_t restarts = 0;
  int64_t started_in_ms = 0;  // from the last start to the first answer
  std::string last_error;     // why it ended last
};

class StoreSupervisor {
 public:
  static std::unique_ptr<StoreSupervisor> start(Context context, SupervisorOptions options);
  ~StoreSupervisor();
  StoreSupervisor(const StoreSupervisor&) = delete;
  StoreSupervisor& operator=(const StoreSupervisor&) = delete;

  // Ok once the store answers; the child's message when it could not start; kCancelled after the
  // time or a stop().
  Status wait_ready(int64_t timeout_ms);
  [[nodiscard]] StoreStatus status() const;
  // Asks the child to end, kills it after a limit, waits for it. Idempotent.
  void stop();

 private:
  struct State;
  explicit StoreSupervisor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the child prints on a line of its own when it answers: this, then "host:port".
inline constexpr std::string_view kListeningLine = "weir store listens on ";

}  // namespace weir::store
