// HttpServer: weir's one HTTP/1.1 server.
//
// Routes map a path (exact, or a prefix that ends in '/') to a handler. A handler is a coroutine on
// the connection's I/O thread (it must not block) or a blocking function on the server's pool of
// worker threads; both get an exchange: the request, the body as it comes, and the way to answer.
// Bodies stream both ways: read() yields what has arrived, write() returns when the system has
// taken the bytes, so a slow client slows its handler and nothing piles up.
//
// Every method refuses a foreign Host (421) or Origin (403): a web page must not reach loopback.
// Limits (constants below) bound headers, connections, idle and stalled peers; a whole body is
// bounded by whoever asks for it. A handler that returns without an answer is answered with 500;
// one that fails in the middle of a body gets its connection closed without the final chunk, which
// every client sees as an error.
//
// stop() refuses new work, closes the connections, waits for running handlers. It must come before
// the IoRuntime stops and not on one of its threads.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "net/acceptor.h"
#include "net/http.h"
#include "net/io_runtime.h"

namespace weir::net {

// Request line and headers; ClickHouse clients put whole queries into the URL (its limit is 1 MiB).
inline constexpr uint32_t kHttpMaxHeaderBytes = 1U << 20U;
inline constexpr int64_t kHttpHeaderTimeoutMs = 15'000;  // from the first byte to the last header
inline constexpr int64_t kHttpKeepAliveTimeoutMs = 90'000;  // between two requests
inline constexpr int64_t kHttpStallTimeoutMs = 120'000;     // one read or write of a body
inline constexpr size_t kHttpDefaultBodyLimit = 16U << 20U;
// What is read and thrown away of a body that the handler left, so that the connection can live on.
inline constexpr size_t kHttpDrainLimit = 1U << 20U;

// One request and its answer, on the I/O thread. The server owns it.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  [[nodiscard]] virtual const HttpRequest& request() const = 0;
  // Waits for bytes of the body; how many were written to `out`, 0 at the end. Chunked bodies come
  // without their frames. kIo when the client went away, kInvalid when its framing is broken.
  virtual boost::asio::awaitable<Result<size_t>> read(std::span<std::byte> out) = 0;
  // The whole body; kExhausted beyond `limit`.
  boost::asio::awaitable<Result<std::string>> read_all(size_t limit = kHttpDefaultBodyLimit);

  // A whole answer. Once, instead of start().
  virtual boost::asio::awaitable<Status> reply(HttpResponse response) = 0;
  // An answer in pieces: start, any number of writes, finish. Each piece is sent at once.
  virtual boost::asio::awaitable<Status> start(HttpResponseHead head) = 0;
  virtual boost::asio::awaitable<Status> write(std::string_view bytes) = 0;
  virtual boost::asio::awaitable<Status> finish() = 0;
  // True once reply() or start() was called.
  [[nodiscard]] virtual bool started() const = 0;
};

// The same for a handler that may block; on one worker thread.
class HttpBlockingExchange {
 public:
  HttpBlockingExchange(HttpExchange& exchange, boost::asio::io_context& context)
      : exchange_(exchange), context_(context) {}

  [[nodiscard]] const HttpRequest& request() const { return exchange_.request(); }
  Result<size_t> read(std::span<std::byte> out);
  Result<std::string> read_all(size_t limit = kHttpDefaultBodyLimit);
  Status reply(HttpResponse response);
  Status start(HttpResponseHead head);
  Status write(std::string_view bytes);
  Status finish();
  [[nodiscard]] bool started() const { return exchange_.started(); }

 private:
  HttpExchange& exchange_;
  boost::asio::io_context& context_;
};

using HttpHandler = std::function<boost::asio::awaitable<void>(HttpExchange&)>;
using HttpBlockingHandler = std::function<void(HttpBlockingExchange&)>;

// Which handler answers which path. Filled before the server starts, unchanged after. An exact path
// wins over a prefix, a longer prefix over a shorter one; no match is 404, a known path with
// another method 405. An empty method stands for all.
class HttpRoutes {
 public:
  void add(std::string method, std::string path, HttpHandler handler);
  void add_blocking(std::string method, std::string path, HttpBlockingHandler handler);

  struct Route {
    std::string method;
    std::string path;
    HttpHandler handler;  // one of the two is set
    HttpBlockingHandler blocking;
  };
  struct Match {
    const Route* route = nullptr;
    bool path_known = false;  // some method of this path has a handler
  };
  [[nodiscard]] Match find(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

struct HttpServerOptions {
  ListenOptions listen;
  // Host names besides loopback and listen.host under which this server may be called.
  std::vector<std::string> allowed_hosts;
  // Threads for blocking handlers, started with the first request that needs one.
  unsigned worker_threads = 8;
  // Blocking requests that may wait for a worker; one more is answered with 503.
  size_t max_waiting = 256;
};

class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> start(IoRuntime& runtime, HttpServerOptions options,
                                                   HttpRoutes routes);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] uint16_t port() const;
  [[nodiscard]] size_t connections() const;
  // Idempotent.
  void stop();

 private:
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace weir::net
