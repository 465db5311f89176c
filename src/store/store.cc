#include "store/store.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "base/sandbox.h"
#include "base/thread.h"
#include "net/http_text.h"
#include "store/engine_files.h"

namespace weir::store {
namespace {

constexpr unsigned kIoThreads = 2;

// What the engine and the C library read of the machine: themselves, time zones, certificates, name
// resolution, memory and CPU counters. No file of users.
const std::vector<std::string>& system_files() {
  static const std::vector<std::string> kFiles = {"/usr",
                                                  "/lib",
                                                  "/lib64",
                                                  "/proc",
                                                  "/sys",
                                                  "/dev/null",
                                                  "/dev/urandom",
                                                  "/dev/random",
                                                  "/etc/hosts",
                                                  "/etc/resolv.conf",
                                                  "/etc/host.conf",
                                                  "/etc/gai.conf",
                                                  "/etc/services",
                                                  "/etc/protocols",
                                                  "/etc/nsswitch.conf",
                                                  "/etc/localtime",
                                                  "/etc/timezone",
                                                  "/etc/ssl",
                                                  "/etc/pki",
                                                  "/etc/ld.so.cache",
                                                  "/run/systemd/resolve"};
  return kFiles;
}

Status confine(const Context& context, const StoreOptions& options) {
  SandboxRules rules{.writable = {options.data_dir, "/dev/null"}, .readable = system_files()};
  rules.readable.push_back(options.library_path);
  Status done = confine_to(rules);
  if (!done.has_value() && done.error().code() == ErrorCode::kUnsupported) {
    context.log.warning("store", "file access of SQL is limited by the engine's grants alone",
                        {{"reason", done.error().message()}});
    return ok();
  }
  return done;
}

Status check_users(StoreOptions& options) {
  if (!options.users.empty()) return ok();
  if (!net::host_is_allowed(options.host, {})) {
    return invalid(fmt::format("{} is reachable from other machines, and the store has no users",
                               options.host))
        .hint("name users and passwords with --users FILE");
  }
  options.users.push_back({.name = "default", .password = "", .read_only = false});
  return ok();
}

}  // namespace

// In the order of construction; torn down the other way round.
struct Store::State {
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<HttpEndpoint> endpoint;
  std::unique_ptr<net::IoRuntime> runtime;
  std::unique_ptr<net::HttpServer> server;
};

Result<std::unique_ptr<Store>> Store::start(Context context, StoreOptions options) {
  WEIR_TRY(check_users(options));
  if (options.library_path.empty()) options.library_path = default_library_path();
  auto state = std::make_unique<State>();
  WEIR_TRY(context.env.make_dirs(options.data_dir));
  state->lock = WEIR_TRY(context.env.lock(join_path(options.data_dir, "lock")));
  const auto arguments = WEIR_TRY(prepare_engine_files(
      context.env, options.data_dir, options.allow_file_access, options.memory_bytes));
  net::set_host_map(options.endpoints);
  if (options.confine && !options.allow_file_access) WEIR_TRY(confine(context, options));
  state->engine =
      WEIR_TRY(Engine::open({.library_path = options.library_path, .arguments = arguments}));
  state->endpoint = std::make_unique<HttpEndpoint>(
      context, *state->engine,
      EndpointOptions{.users = options.users, .allow_file_access = options.allow_file_access});
  state->runtime = std::make_unique<net::IoRuntime>("store-io", kIoThreads);
  net::HttpRoutes routes;
  state->endpoint->add_routes(routes);
  net::HttpServerOptions server;
  server.listen.part = "store";
  server.listen.host = options.host;
  server.listen.port = options.port;
  server.listen.port_flag = "--port";
  server.allowed_hosts = options.allowed_hosts;
  server.worker_threads = options.worker_threads;
  state->server =
      WEIR_TRY(net::HttpServer::start(*state->runtime, std::move(server), std::move(routes)));
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}

Store::~Store() { stop(); }

uint16_t Store::port() const { return state_->server->port(); }

std::string Store::engine_version() const { return state_->engine->version(); }

void Store::stop() {
  if (state_->engine == nullptr) return;
  state_->server->stop();
  state_->runtime->stop();
  state_->endpoint->close_sessions();
  state_->engine.reset();
}

void stop_or_exit(std::unique_ptr<Store> store, Logger& log, int64_t timeout_ms) {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  Thread stopping("store-stop", [&] {
    store->stop();
    const std::lock_guard lock(mutex);
    stopped = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  if (!changed.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] { return stopped; })) {
    log.info("store", "the engine takes long to stop; the process ends without it");
    std::_Exit(EXIT_SUCCESS);
  }
  lock.unlock();
  stopping.join();
}

}  // namespace weir::store
