#include "net/acceptor.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>
#include <mutex>

namespace weir::net {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr auto kRetryAfterAcceptError = std::chrono::milliseconds(50);

}  // namespace

struct Acceptor::State : std::enable_shared_from_this<State> {
  State(IoRuntime& io, boost::asio::io_context& own, ListenOptions listen_options, Session handler)
      : runtime(io),
        context(own),
        acceptor(own),
        options(std::move(listen_options)),
        session(std::move(handler)) {}

  IoRuntime& runtime;
  boost::asio::io_context& context;
  tcp::acceptor acceptor;
  ListenOptions options;
  Session session;
  uint16_t port = 0;  // that is listened on; set before start()
  std::atomic<bool> closed{false};
  std::atomic<uint64_t> refused{0};
  mutable std::mutex mutex;
  std::list<std::shared_ptr<Socket>> sockets;

  awaitable<void> accept_loop() {
    const auto self = shared_from_this();
    while (!closed.load()) {
      error_code code;
      auto& home = runtime.next();
      auto socket = std::make_shared<Socket>(home);
      co_await acceptor.async_accept(*socket,
                                     boost::asio::redirect_error(boost::asio::use_awaitable, code));
      if (closed.load()) break;
      if (code) {
        // Out of descriptors, most likely: wait, so that open connections can end.
        boost::asio::steady_timer timer(context, kRetryAfterAcceptError);
        co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, code));
        continue;
      }
      if (!admit(socket)) continue;
      boost::asio::co_spawn(home, serve(socket), boost::asio::detached);
    }
  }

  bool admit(const std::shared_ptr<Socket>& socket) {
    const std::lock_guard lock(mutex);
    if (closed.load()) return false;  // close() has walked the list already
    if (sockets.size() >= options.max_connections) {
      refused.fetch_add(1);
      return false;
    }
    error_code ignored;
    socket->set_option(tcp::no_delay(true), ignored);
    sockets.push_back(socket);
    return true;
  }

  awaitable<void> serve(std::shared_ptr<Socket> socket) {
    const auto self = shared_from_this();
    // Asio reports a torn connection as an exception from inside the session; it ends here.
    try {
      co_await session(*socket);
    } catch (const std::exception&) {
    }
    error_code ignored;
    socket->close(ignored);
    const std::lock_guard lock(mutex);
    sockets.remove(socket);
  }
};

Result<std::unique_ptr<Acceptor>> Acceptor::listen(IoRuntime& runtime, ListenOptions options,
                                                   Session session) {
  error_code code;
  const auto address = boost::asio::ip::make_address(options.host, code);
  if (code) {
    return invalid(fmt::format("{}: not an address to listen on: {}", options.part, options.host));
  }
  auto& context = runtime.next();
  auto state = std::make_shared<State>(runtime, context, std::move(options), std::move(session));
  const tcp::endpoint endpoint(address, state->options.port);
  state->acceptor.open(endpoint.protocol(), code);
  if (!code) state->acceptor.set_option(tcp::acceptor::reuse_address(true), code);
  if (!code) state->acceptor.bind(endpoint, code);
  if (!code) state->acceptor.listen(boost::asio::socket_base::max_listen_connections, code);
  if (code == boost::asio::error::address_in_use) {
    return unavailable(
               fmt::format("{}: port {} is in use", state->options.part, state->options.port))
        .hint(fmt::format("stop the program that holds it, or choose another port with {}",
                          state->options.port_flag));
  }
  if (code) {
    return io_error(fmt::format("{}: cannot listen on {}:{}: {}", state->options.part,
                                state->options.host, state->options.port, code.message()));
  }
  state->port = state->acceptor.local_endpoint(code).port();
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(state)));
}

Acceptor::Acceptor(std::shared_ptr<State> state) : state_(std::move(state)) {}

Acceptor::~Acceptor() { close(); }

void Acceptor::start() {
  boost::asio::co_spawn(state_->context, state_->accept_loop(), boost::asio::detached);
}

uint16_t Acceptor::port() const { return state_->port; }

size_t Acceptor::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->sockets.size();
}

uint64_t Acceptor::refused() const { return state_->refused.load(); }

void Acceptor::close() {
  if (state_->closed.exchange(true)) return;
  boost::asio::post(state_->context, [state = state_] {
    error_code ignored;
    state->acceptor.close(ignored);
  });
  const std::lock_guard lock(state_->mutex);
  for (const auto& socket : state_->sockets) {
    // On the socket's own thread: its coroutine may be using it.
    boost::asio::post(socket->get_executor(), [socket] {
      error_code ignored;
      socket->shutdown(tcp::socket::shutdown_both, ignored);
      socket->close(ignored);
    });
  }
}

}  // namespace weir::net
