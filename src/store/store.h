// Store: ClickHouse, embedded: the engine over a data folder, behind ClickHouse's HTTP interface.
//
// One a process, because the engine is: `weir store` is that process, `weir run` supervises it as a
// child (supervisor.h). The data folder is locked, holds the engine's files below clickhouse/, and
// is all that the process can write: with `confine`, start() gives up every other file of the
// machine (base/sandbox.h) before it opens the engine, so call it from a program that needs none.
// start(), stop() and the destructor: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "net/host_map.h"
#include "store/http_endpoint.h"

namespace weir::store {

struct StoreOptions {
  std::string data_dir;
  std::string host = "127.0.0.1";
  uint16_t port = 8123;
  // Empty: the user `default` without a password, on loopback only.
  std::vector<StoreUser> users;
  std::vector<net::HostMapping> endpoints;
  std::vector<std::string> allowed_hosts;  // names under which browsers and clients may call
  bool allow_file_access = false;
  bool confine = true;
  uint64_t memory_bytes = 0;     // the engine's own limit; 0: its default, 90 % of the machine
  unsigned worker_threads = 16;  // requests at a time
  std::string library_path;      // empty: default_library_path()
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> start(Context context, StoreOptions options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] uint16_t port() const;
  [[nodiscard]] std::string engine_version() const;
  // Ends requests, then the engine. Takes long when a statement or a Kafka consumer does; see
  // stop_or_exit().
  void stop();

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// stop(), but after `timeout_ms` the process ends without it (status 0). What the engine has
// acknowledged is on disk either way; a Kafka consumer that is cut off reads its last batch again.
void stop_or_exit(std::unique_ptr<Store> store, Logger& log, int64_t timeout_ms);
// So that Ctrl-C of `weir run` ends within its two seconds.
inline constexpr int64_t kStoreStopTimeoutMs = 900;

}  // namespace weir::store
