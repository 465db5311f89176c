#include "net/http_server.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <future>

#include "net/http_session.h"

namespace weir::net {
namespace {

using boost::asio::awaitable;

// How long stop() waits for coroutine handlers whose connection is closed already.
constexpr auto kSessionEndTimeout = std::chrono::seconds(5);
constexpr size_t kReadAllPiece = 64U << 10U;

template <typename T>
awaitable<void> store_result(awaitable<T> from, std::optional<T>* to) {
  to->emplace(co_await std::move(from));
}

// Runs an operation of the exchange on its I/O thread and waits. Asio reports trouble by exception.
template <typename T>
T wait_for(boost::asio::io_context& context, awaitable<T> operation) {
  std::optional<T> result;
  try {
    boost::asio::co_spawn(context, store_result<T>(std::move(operation), &result),
                          boost::asio::use_future)
        .get();
  } catch (const std::exception& failure) {
    return io_error(failure.what());
  }
  return std::move(*result);
}

}  // namespace

awaitable<Result<std::string>> HttpExchange::read_all(size_t limit) {
  std::string body;
  while (true) {
    const size_t before = body.size();
    body.resize(before + kReadAllPiece);
    const auto got = co_await read(std::as_writable_bytes(std::span(body).subspan(before)));
    if (!got.has_value()) co_return Error(got.error());
    body.resize(before + *got);
    if (*got == 0) co_return body;
    if (body.size() > limit) {
      co_return exhausted(fmt::format("the request's body is larger than {} bytes", limit));
    }
  }
}

Result<size_t> HttpBlockingExchange::read(std::span<std::byte> out) {
  return wait_for(context_, exchange_.read(out));
}
Result<std::string> HttpBlockingExchange::read_all(size_t limit) {
  return wait_for(context_, exchange_.read_all(limit));
}
Status HttpBlockingExchange::reply(HttpResponse response) {
  return wait_for(context_, exchange_.reply(std::move(response)));
}
Status HttpBlockingExchange::start(HttpResponseHead head) {
  return wait_for(context_, exchange_.start(std::move(head)));
}
Status HttpBlockingExchange::write(std::string_view bytes) {
  return wait_for(context_, exchange_.write(bytes));
}
Status HttpBlockingExchange::finish() { return wait_for(context_, exchange_.finish()); }

void HttpRoutes::add(std::string method, std::string path, HttpHandler handler) {
  routes_.push_back({std::move(method), std::move(path), std::move(handler), {}});
}

void HttpRoutes::add_blocking(std::string method, std::string path, HttpBlockingHandler handler) {
  routes_.push_back({std::move(method), std::move(path), {}, std::move(handler)});
}

HttpRoutes::Match HttpRoutes::find(std::string_view method, std::string_view path) const {
  Match match;
  bool best_exact = false;
  size_t best_length = 0;
  for (const auto& route : routes_) {
    const bool exact = route.path == path;
    const bool prefix = route.path.ends_with('/') && path.starts_with(route.path);
    if (!exact && !prefix) continue;
    match.path_known = true;
    if (!route.method.empty() && route.method != method) continue;
    const bool better = match.route == nullptr || (exact && !best_exact) ||
                        (exact == best_exact && route.path.size() > best_length);
    if (!better) continue;
    match.route = &route;
    best_exact = exact;
    best_length = route.path.size();
  }
  return match;
}

HttpWorkers::HttpWorkers(std::string name, unsigned max_threads, size_t max_waiting)
    : name_(std::move(name)), max_threads_(std::max(max_threads, 1U)), max_waiting_(max_waiting) {}

HttpWorkers::~HttpWorkers() { stop(); }

bool HttpWorkers::submit(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || jobs_.size() >= max_waiting_ + idle_) return false;
  jobs_.push_back(std::move(job));
  if (jobs_.size() > idle_ && threads_.size() < max_threads_) {
    threads_.emplace_back(name_, [this] { work(); });
  }
  changed_.notify_one();
  return true;
}

void HttpWorkers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

void HttpWorkers::stop() {
  std::vector<Thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (auto& thread : threads) thread.join();
}

awaitable<bool> run_on_worker(HttpWorkers& workers, std::function<void()> job) {
  auto executor = co_await boost::asio::this_coro::executor;
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(bool)>(
      [&workers, executor, &job](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto done = [shared, executor](bool ran) {
          boost::asio::post(executor, [shared, ran] { std::move (*shared)(ran); });
        };
        const bool taken = workers.submit([work = std::move(job), done] {
          work();
          done(true);
        });
        if (!taken) done(false);
      },
      boost::asio::use_awaitable);
}

HttpServerCore::HttpServerCore(HttpServerOptions server_options, HttpRoutes server_routes)
    : options(std::move(server_options)),
      routes(std::move(server_routes)),
      allowed_hosts(options.allowed_hosts),
      workers(options.listen.part, options.worker_threads, options.max_waiting) {
  allowed_hosts.push_back(options.listen.host);
}

struct HttpServer::State {
  State(HttpServerOptions options, HttpRoutes routes)
      : core(std::make_shared<HttpServerCore>(std::move(options), std::move(routes))) {}
  std::shared_ptr<HttpServerCore> core;
  std::unique_ptr<Acceptor> acceptor;
};

namespace {

awaitable<void> counted_session(Socket& socket, std::shared_ptr<HttpServerCore> core) {
  {
    const std::lock_guard lock(core->mutex);
    if (core->stopping.load()) co_return;
    ++core->sessions;
  }
  try {
    co_await serve_http(socket, core);
  } catch (const std::exception&) {
    // A torn connection, told by exception; the acceptor closes the socket.
  }
  const std::lock_guard lock(core->mutex);
  --core->sessions;
  core->session_ended.notify_all();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(IoRuntime& runtime, HttpServerOptions options,
                                                      HttpRoutes routes) {
  auto listen = options.listen;
  auto state = std::make_shared<State>(std::move(options), std::move(routes));
  state->acceptor =
      WEIR_TRY(Acceptor::listen(runtime, std::move(listen), [core = state->core](Socket& socket) {
        return counted_session(socket, core);
      }));
  state->acceptor->start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() { stop(); }

uint16_t HttpServer::port() const { return state_->acceptor->port(); }

size_t HttpServer::connections() const { return state_->acceptor->connections(); }

void HttpServer::stop() {
  auto& core = *state_->core;
  {
    const std::lock_guard lock(core.mutex);
    core.stopping.store(true);
  }
  state_->acceptor->close();
  core.workers.stop();
  std::unique_lock lock(core.mutex);
  core.session_ended.wait_for(lock, kSessionEndTimeout, [&] { return core.sessions == 0; });
}

}  // namespace weir::net
