// What the sessions of one HttpServer share, and the session itself. Internal to net/.
//
// HttpServerCore outlives every session (each holds a shared_ptr). HttpWorkers runs blocking
// handlers: threads start as they are needed, a full queue refuses. Any thread may submit.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/thread.h"
#include "net/http_server.h"

namespace weir::net {

class HttpWorkers {
 public:
  HttpWorkers(std::string name, unsigned max_threads, size_t max_waiting);
  ~HttpWorkers();

  // False when the queue is full or the pool stops; the job is then dropped.
  bool submit(std::function<void()> job);
  // Runs what waits already, then joins. Idempotent.
  void stop();

 private:
  void work();

  std::string name_;
  unsigned max_threads_;
  size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<Thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

struct HttpServerCore {
  HttpServerCore(HttpServerOptions server_options, HttpRoutes server_routes);

  HttpServerOptions options;
  HttpRoutes routes;
  std::vector<std::string> allowed_hosts;
  HttpWorkers workers;
  std::atomic<bool> stopping{false};

  std::mutex mutex;
  std::condition_variable session_ended;
  size_t sessions = 0;
};

// Serves one connection until it ends. The core must know the session (sessions + 1) before.
boost::asio::awaitable<void> serve_http(Socket& socket, std::shared_ptr<HttpServerCore> core);

// Runs `job` on a worker and resumes on the caller's executor; false when no worker takes it.
boost::asio::awaitable<bool> run_on_worker(HttpWorkers& workers, std::function<void()> job);

}  // namespace weir::net
