// The only file that sees Boost.Beast: the session of the server and the client.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

#include <limits>

#include "base/check.h"
#include "net/http_client.h"
#include "net/http_session.h"
#include "net/http_text.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using boost::system::error_code;
using Milliseconds = std::chrono::milliseconds;
using RequestParser = http::request_parser<http::buffer_body>;
using ResponseParser = http::response_parser<http::buffer_body>;

// Beast reads as much as the buffer has room for, which is 512 bytes in a fresh one: bodies make
// room.
constexpr size_t kReadPiece = 64U << 10U;
// How long a closing connection is still read, so that the peer sees the answer before the reset.
constexpr int64_t kLingerTimeoutMs = 1'000;

auto into(error_code& code) { return asio::redirect_error(asio::use_awaitable, code); }

asio::const_buffer buffer_of(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

bool body_is_forbidden(unsigned status) { return status < 200 || status == 204 || status == 304; }

template <typename Message>
void copy_headers(const HttpHeaders& from, Message& to) {
  for (const auto& [name, value] : from.all()) to.insert(name, value);
}

template <typename Fields>
HttpHeaders headers_of(const Fields& fields) {
  HttpHeaders headers;
  for (const auto& field : fields) {
    headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  return headers;
}

// Closes the socket when an operation takes too long; the operation then ends with an error.
// Everything happens on the connection's thread.
class Watchdog {
 public:
  explicit Watchdog(Socket& socket)
      : timer_(socket.get_executor()), socket_(std::make_shared<Socket*>(&socket)) {}
  ~Watchdog() { *socket_ = nullptr; }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void arm(int64_t timeout_ms) {
    timer_.expires_after(Milliseconds(timeout_ms));
    timer_.async_wait([socket = socket_](error_code code) {
      // A wait that was armed anew is aborted; one that came true just before the end of the
      // connection finds no socket.
      if (code || *socket == nullptr) return;
      error_code ignored;
      (*socket)->close(ignored);
    });
  }
  void disarm() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
  std::shared_ptr<Socket*> socket_;
};

// One request on a connection of the server.
class ServerExchange final : public HttpExchange {
 public:
  ServerExchange(Socket& socket, boost::beast::flat_buffer& buffer, Watchdog& watchdog)
      : socket_(socket), buffer_(buffer), watchdog_(watchdog) {
    parser_.header_limit(kHttpMaxHeaderBytes);
    parser_.body_limit(std::numeric_limits<uint64_t>::max());
  }

  // False when the connection is over; a malformed head has been answered then.
  awaitable<bool> read_head() {
    error_code code;
    if (buffer_.size() == 0) {
      watchdog_.arm(kHttpKeepAliveTimeoutMs);
      co_await socket_.async_wait(Socket::wait_read, into(code));
      if (code) co_return false;
    }
    watchdog_.arm(kHttpHeaderTimeoutMs);
    co_await http::async_read_header(socket_, buffer_, parser_, into(code));
    watchdog_.disarm();
    if (code == http::error::header_limit) {
      keep_alive_ = false;
      (void)co_await reply(http_text(431, "the request's headers are too large\n"));
      co_return false;
    }
    if (code.category() == http::make_error_code(http::error::bad_method).category() &&
        code != http::error::end_of_stream && code != http::error::partial_message) {
      keep_alive_ = false;
      (void)co_await reply(http_text(400, "this is not HTTP: " + code.message() + "\n"));
      co_return false;
    }
    if (code) co_return false;
    fill_request();
    co_return true;
  }

  [[nodiscard]] const HttpRequest& request() const override { return request_; }
  [[nodiscard]] bool started() const override { return started_; }
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_ && !failed_; }

  awaitable<Result<size_t>> read(std::span<std::byte> out) override {
    if (parser_.is_done() || out.empty()) co_return size_t{0};
    if (wants_continue_) {
      wants_continue_ = false;
      const Status sent = co_await send(buffer_of("HTTP/1.1 100 Continue\r\n\r\n"));
      if (!sent.has_value()) co_return Error(sent.error());
    }
    buffer_.reserve(kReadPiece);
    while (!parser_.is_done()) {
      auto& body = parser_.get().body();
      body.data = out.data();
      body.size = out.size();
      error_code code;
      watchdog_.arm(kHttpStallTimeoutMs);
      co_await http::async_read_some(socket_, buffer_, parser_, into(code));
      watchdog_.disarm();
      if (code && code != http::error::need_buffer) {
        failed_ = true;
        co_return io_error("the request's body broke off: " + code.message());
      }
      const size_t got = out.size() - body.size;
      if (got > 0) co_return got;
    }
    co_return size_t{0};
  }

  awaitable<Status> reply(HttpResponse response) override {
    WEIR_CHECK(!started_, "an HTTP request is answered once");
    started_ = true;
    finished_ = true;
    decide_keep_alive();
    http::response<http::string_body> message(static_cast<http::status>(response.status), version_);
    copy_headers(response.headers, message);
    message.keep_alive(keep_alive_);
    if (!body_is_forbidden(response.status)) message.content_length(response.body.size());
    if (!is_head_) message.body() = std::move(response.body);
    error_code code;
    watchdog_.arm(kHttpStallTimeoutMs);
    co_await http::async_write(socket_, message, into(code));
    watchdog_.disarm();
    co_return written(code);
  }

  awaitable<Status> start(HttpResponseHead head) override {
    WEIR_CHECK(!started_, "an HTTP request is answered once");
    started_ = true;
    has_body_ = !is_head_ && !body_is_forbidden(head.status);
    chunked_ = has_body_ && version_ >= 11;
    if (has_body_ && !chunked_) keep_alive_ = false;  // HTTP/1.0: the end of the connection ends it
    decide_keep_alive();
    http::response<http::empty_body> message(static_cast<http::status>(head.status), version_);
    copy_headers(head.headers, message);
    message.keep_alive(keep_alive_);
    if (chunked_) message.chunked(true);
    http::response_serializer<http::empty_body> serializer(message);
    error_code code;
    watchdog_.arm(kHttpStallTimeoutMs);
    co_await http::async_write_header(socket_, serializer, into(code));
    watchdog_.disarm();
    co_return written(code);
  }

  awaitable<Status> write(std::string_view bytes) override {
    WEIR_CHECK(started_ && !finished_, "write() stands between start() and finish()");
    if (bytes.empty() || !has_body_) co_return ok();  // an empty chunk would end the body
    if (chunked_) co_return co_await send(http::make_chunk(buffer_of(bytes)));
    co_return co_await send(buffer_of(bytes));
  }

  awaitable<Status> finish() override {
    WEIR_CHECK(started_ && !finished_, "finish() stands after start(), once");
    finished_ = true;
    if (!chunked_ || failed_) co_return failed_ ? Status(io_error("the connection broke")) : ok();
    co_return co_await send(http::make_chunk_last());
  }

  // Reads what the handler left of the body. False when the connection cannot live on.
  awaitable<bool> drain() {
    std::array<std::byte, 16384> waste;
    size_t seen = 0;
    while (!parser_.is_done()) {
      if (wants_continue_ || failed_ || seen > kHttpDrainLimit) co_return false;
      const auto got = co_await read(waste);
      if (!got.has_value()) co_return false;
      seen += *got;
    }
    co_return !failed_;
  }

 private:
  void fill_request() {
    const auto& message = parser_.get();
    version_ = message.version();
    request_.method = std::string(message.method_string());
    request_.target = std::string(message.target());
    request_.headers = headers_of(message);
    parse_target(request_.target, request_.path, request_.query);
    error_code ignored;
    request_.peer = socket_.remote_endpoint(ignored).address().to_string();
    is_head_ = request_.method == "HEAD";
    keep_alive_ = message.keep_alive();
    wants_continue_ =
        version_ >= 11 && boost::beast::iequals(message[http::field::expect], "100-continue");
  }

  // A client that still waits for "100 Continue" may or may not send its body: only a new
  // connection is clear.
  void decide_keep_alive() {
    if (wants_continue_ && !parser_.is_done()) keep_alive_ = false;
  }

  Status written(error_code code) {
    if (!code) return ok();
    failed_ = true;
    return io_error("the client went away: " + code.message());
  }

  template <typename Buffers>
  awaitable<Status> send(Buffers buffers) {
    if (failed_) co_return io_error("the connection broke");
    error_code code;
    watchdog_.arm(kHttpStallTimeoutMs);
    co_await asio::async_write(socket_, buffers, into(code));
    watchdog_.disarm();
    co_return written(code);
  }

  Socket& socket_;
  boost::beast::flat_buffer& buffer_;
  Watchdog& watchdog_;
  RequestParser parser_;
  HttpRequest request_;
  unsigned version_ = 11;
  bool is_head_ = false;
  bool keep_alive_ = false;
  bool wants_continue_ = false;
  bool started_ = false;
  bool finished_ = false;
  bool failed_ = false;
  bool has_body_ = false;
  bool chunked_ = false;
};

// The answer to a request that may not reach a handler; empty when it may.
std::optional<HttpResponse> refusal(const HttpRequest& request, const HttpServerCore& core) {
  const auto host = host_of_authority(request.headers.get("Host"));
  if (!host_is_allowed(host, core.allowed_hosts)) {
    return http_text(421, "this server is not called by that Host\n");
  }
  if (request.headers.has("Origin") &&
      !origin_is_allowed(request.headers.get("Origin"), core.allowed_hosts)) {
    return http_text(403, "requests from pages of another Origin are refused\n");
  }
  return std::nullopt;
}

awaitable<void> dispatch_request(ServerExchange& exchange, HttpServerCore& core, Socket& socket) {
  if (auto refused = refusal(exchange.request(), core)) {
    (void)co_await exchange.reply(std::move(*refused));
    co_return;
  }
  const auto match = core.routes.find(exchange.request().method, exchange.request().path);
  if (match.route == nullptr) {
    auto answer = match.path_known ? http_text(405, "this method is not offered here\n")
                                   : http_text(404, "there is nothing here\n");
    (void)co_await exchange.reply(std::move(answer));
    co_return;
  }
  if (match.route->handler) {
    co_await match.route->handler(exchange);
    co_return;
  }
  auto& context = static_cast<asio::io_context&>(socket.get_executor().context());
  const bool ran = co_await run_on_worker(core.workers, [&, route = match.route] {
    HttpBlockingExchange blocking(exchange, context);
    route->blocking(blocking);
  });
  if (!ran) {
    auto busy = http_text(503, "too many requests wait already\n");
    busy.headers.add("Retry-After", "1");
    (void)co_await exchange.reply(std::move(busy));
  }
}

// Lets the peer read the last answer: closing with unread input would reset the connection.
awaitable<void> linger(Socket& socket, Watchdog& watchdog) {
  error_code code;
  socket.shutdown(Socket::shutdown_send, code);
  watchdog.arm(kLingerTimeoutMs);
  std::array<char, 16384> waste;
  while (!code) co_await socket.async_read_some(asio::buffer(waste), into(code));
  watchdog.disarm();
}

}  // namespace

awaitable<void> serve_http(Socket& socket, std::shared_ptr<HttpServerCore> core) {
  boost::beast::flat_buffer buffer(2 * size_t{kHttpMaxHeaderBytes});
  Watchdog watchdog(socket);
  while (!core->stopping.load()) {
    ServerExchange exchange(socket, buffer, watchdog);
    if (!co_await exchange.read_head()) {
      if (exchange.started()) co_await linger(socket, watchdog);
      co_return;
    }
    bool failed = false;
    try {
      co_await dispatch_request(exchange, *core, socket);
    } catch (const std::exception&) {
      failed = true;
    }
    if (!exchange.started()) {
      (void)co_await exchange.reply(http_text(500, "the request was not answered\n"));
    }
    // A body that was begun and not finished must not look whole to the client.
    if (failed || !exchange.finished()) co_return;
    const bool drained = co_await exchange.drain();
    if (!exchange.keep_alive() || !drained) {
      co_await linger(socket, watchdog);
      co_return;
    }
  }
}

struct HttpClient::State {
  explicit State(HttpClientOptions client_options) : options(std::move(client_options)) {}

  HttpClientOptions options;
  asio::io_context context{1};
  std::optional<boost::beast::tcp_stream> stream;
  boost::beast::flat_buffer buffer;

  void drop() {
    stream.reset();
    buffer.clear();
  }

  // A server may close a kept connection at any time: then reading it says so.
  bool is_stale() {
    char byte = 0;
    const auto got = ::recv(stream->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

  Error failure(std::string_view what, error_code code) {
    drop();
    const auto message =
        fmt::format("{}:{}: {}: {}", options.host, options.port, what,
                    code == boost::beast::error::timeout ? "no answer in time" : code.message());
    return code == boost::beast::error::timeout ? cancelled(message) : io_error(message);
  }

  void patience(int64_t timeout_ms) { stream->expires_after(Milliseconds(timeout_ms)); }

  awaitable<Status> connect() {
    if (stream.has_value() && !is_stale()) co_return ok();
    drop();
    error_code code;
    asio::ip::tcp::resolver resolver(context);
    const auto found = resolver.resolve(options.host, std::to_string(options.port), code);
    if (code) co_return unavailable(fmt::format("{}: {}", options.host, code.message()));
    stream.emplace(context);
    patience(options.connect_timeout_ms);
    co_await stream->async_connect(found, into(code));
    if (code) {
      drop();
      co_return unavailable(
          fmt::format("cannot connect to {}:{}: {}", options.host, options.port, code.message()));
    }
    stream->socket().set_option(asio::ip::tcp::no_delay(true), code);
    co_return ok();
  }

  http::request<http::string_body> make_request(std::string_view method, std::string_view target,
                                                const HttpHeaders& headers) const {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string({method.data(), method.size()});
    message.target({target.data(), target.size()});
    if (!headers.has("Host")) {
      const bool v6 = options.host.find(':') != std::string::npos;
      message.set(http::field::host, v6 ? fmt::format("[{}]:{}", options.host, options.port)
                                        : fmt::format("{}:{}", options.host, options.port));
    }
    copy_headers(headers, message);
    return message;
  }

  // The request with its body in chunks. A server that answers before it has read everything (an
  // error) ends the sending early: its answer counts.
  awaitable<Status> send_pieces(http::request<http::string_body> message,
                                const HttpBodySource& source) {
    error_code code;
    http::request<http::empty_body> head(std::move(message.base()));
    head.chunked(true);
    http::request_serializer<http::empty_body> serializer(head);
    patience(options.stall_timeout_ms);
    co_await http::async_write_header(*stream, serializer, into(code));
    while (!code) {
      const auto piece = source();
      if (!piece.has_value()) {
        drop();
        co_return Error(piece.error());
      }
      patience(options.stall_timeout_ms);
      if (piece->empty()) {
        co_await asio::async_write(*stream, http::make_chunk_last(), into(code));
        break;
      }
      co_await asio::async_write(*stream, http::make_chunk(buffer_of(*piece)), into(code));
    }
    if (code == boost::beast::error::timeout) co_return failure("sending", code);
    co_return ok();
  }

  awaitable<Status> send_whole(http::request<http::string_body> message, std::string_view body) {
    error_code code;
    const bool wants_length = !body.empty() || message.method() == http::verb::post ||
                              message.method() == http::verb::put;
    http::request<http::empty_body> head(std::move(message.base()));
    if (wants_length) head.content_length(body.size());
    http::request_serializer<http::empty_body> serializer(head);
    patience(options.stall_timeout_ms);
    co_await http::async_write_header(*stream, serializer, into(code));
    if (!code && !body.empty()) {
      patience(options.stall_timeout_ms);
      co_await asio::async_write(*stream, buffer_of(body), into(code));
    }
    if (code == boost::beast::error::timeout) co_return failure("sending", code);
    co_return ok();
  }

  awaitable<Result<HttpResponse>> receive(bool is_head, const HttpBodySink& sink) {
    std::optional<ResponseParser> parser;
    error_code code;
    do {  // interim answers (100 Continue) come before the real one
      parser.emplace();
      parser->header_limit(kHttpMaxHeaderBytes);
      parser->body_limit(std::numeric_limits<uint64_t>::max());
      parser->skip(is_head);
      patience(options.stall_timeout_ms);
      co_await http::async_read_header(*stream, buffer, *parser, into(code));
      if (code) co_return failure("reading the answer", code);
    } while (parser->get().result_int() / 100 == 1);

    HttpResponse response{
        .status = parser->get().result_int(), .headers = headers_of(parser->get()), .body = {}};
    std::vector<char> piece(kReadPiece);
    buffer.reserve(kReadPiece);
    while (!parser->is_done()) {
      parser->get().body().data = piece.data();
      parser->get().body().size = piece.size();
      patience(options.stall_timeout_ms);
      co_await http::async_read_some(*stream, buffer, *parser, into(code));
      if (code && code != http::error::need_buffer) {
        co_return failure("reading the answer's body", code);
      }
      const std::string_view got(piece.data(), piece.size() - parser->get().body().size);
      const Status taken = take(got, sink, response);
      if (!taken.has_value()) {
        drop();
        co_return Error(taken.error());
      }
    }
    if (!parser->keep_alive()) drop();
    co_return response;
  }

  Status take(std::string_view piece, const HttpBodySink& sink, HttpResponse& response) const {
    if (piece.empty()) return ok();
    if (sink) return sink(piece);
    if (response.body.size() + piece.size() > options.max_response_bytes) {
      return exhausted(
          fmt::format("the answer is larger than {} bytes", options.max_response_bytes));
    }
    response.body.append(piece);
    return ok();
  }

  awaitable<void> run(std::string_view method, std::string_view target, const HttpHeaders& headers,
                      std::string_view body, const HttpBodySource* source, const HttpBodySink& sink,
                      std::optional<Result<HttpResponse>>& out) {
    Status step = co_await connect();
    if (step.has_value()) {
      auto message = make_request(method, target, headers);
      // Not one conditional expression: g++ 12 would run both of its coroutines.
      if (source != nullptr) {
        step = co_await send_pieces(std::move(message), *source);
      } else {
        step = co_await send_whole(std::move(message), body);
      }
    }
    if (!step.has_value()) {
      out.emplace(Error(step.error()));
      co_return;
    }
    out.emplace(co_await receive(method == "HEAD", sink));
  }

  Result<HttpResponse> perform(std::string_view method, std::string_view target,
                               const HttpHeaders& headers, std::string_view body,
                               const HttpBodySource* source, const HttpBodySink& sink) {
    std::optional<Result<HttpResponse>> out;
    std::exception_ptr thrown;
    asio::co_spawn(context, run(method, target, headers, body, source, sink, out),
                   [&](std::exception_ptr failed) { thrown = std::move(failed); });
    context.restart();
    context.run();
    if (thrown || !out.has_value()) {
      drop();
      return io_error(fmt::format("{}:{}: the request failed", options.host, options.port));
    }
    return std::move(*out);
  }
};

HttpClient::HttpClient(HttpClientOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpResponse> HttpClient::request(std::string_view method, std::string_view target,
                                         const HttpHeaders& headers, std::string_view body) {
  return state_->perform(method, target, headers, body, nullptr, {});
}

Result<HttpResponse> HttpClient::exchange(std::string_view method, std::string_view target,
                                          const HttpHeaders& headers, const HttpBodySource& source,
                                          const HttpBodySink& sink) {
  return state_->perform(method, target, headers, {}, source ? &source : nullptr, sink);
}

}  // namespace weir::net
