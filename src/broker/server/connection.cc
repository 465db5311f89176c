#include "broker/server/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <deque>

#include "base/bytes.h"
#include "broker/handlers/api_table.h"

namespace weir::broker {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;

constexpr size_t kLengthBytes = 4;
// Reading goes on once fewer requests than this wait for their answer, and their frames hold at
// most as much memory as the largest one may.
constexpr size_t kRequestsInFlightMax = 64;

// A request under way. Shared by the connection and its handler, which may outlive it.
struct Exchange {
  Exchange(Broker& broker, BufferRef bytes, std::string client)
      : frame(std::move(bytes)),
        context{.broker = broker, .header = {}, .client_host = std::move(client), .kept = {}} {}

  BufferRef frame;
  RequestContext context;
  Reply reply;
  bool done = false;
  bool failed = false;  // the connection must end
};

// The state of one connection; everything happens on one thread.
struct Connection : std::enable_shared_from_this<Connection> {
  Connection(Broker& owner, ConnectionShared& common, asio::any_io_executor where)
      : broker(owner), shared(common), executor(where), changed(where) {
    changed.expires_at(asio::steady_timer::time_point::max());
  }

  Broker& broker;
  ConnectionShared& shared;
  asio::any_io_executor executor;
  asio::steady_timer changed;  // cancelled to wake the writer or the reader
  std::string client_host;
  std::deque<std::shared_ptr<Exchange>> queue;
  size_t queued_bytes = 0;  // of the frames in `queue`
  bool closing = false;

  void enqueue(std::shared_ptr<Exchange> exchange) {
    queued_bytes += exchange->frame->size();
    queue.push_back(std::move(exchange));
  }
  std::shared_ptr<Exchange> dequeue() {
    auto exchange = std::move(queue.front());
    queue.pop_front();
    queued_bytes -= exchange->frame->size();
    return exchange;
  }
  [[nodiscard]] bool is_full() const {
    return queue.size() >= kRequestsInFlightMax ||
           queued_bytes > broker.options().max_request_bytes;
  }
  void notify() { changed.cancel(); }
  awaitable<void> wait_for_change() {
    error_code ignored;
    co_await changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  void refuse(std::string_view why) {
    broker.context().log.warning("broker", "connection closed",
                                 {{"client", client_host}, {"reason", why}});
    closing = true;
    notify();
  }
};

// The answer to ApiVersions in a version that is not served: version 0, with the table, so that the
// client can try again (KIP-511).
Reply unsupported_api_versions(int32_t correlation_id) {
  kafka::ApiVersionsResponse response;
  response.error_code = kafka::ApiError::kUnsupportedVersion;
  for (const ApiRow& row : api_table()) {
    response.api_keys.push_back(
        {static_cast<int16_t>(row.api), row.advertised_min, row.max_version});
  }
  ByteWriter out;
  kafka::ResponseHeader{correlation_id}.encode(out, kafka::ApiKey::kApiVersions, 0);
  response.encode(out, 0);
  Reply reply;
  reply.bytes = std::move(out).take();
  return reply;
}

// Starts the handler of one frame. False: the connection must end.
awaitable<void> run_handler(std::shared_ptr<Connection> connection,
                            std::shared_ptr<Exchange> exchange, Handler handler, ByteReader body) {
  connection->shared.handlers.fetch_add(1);
  auto reply = co_await handler(exchange->context, body);
  if (reply.has_value()) {
    exchange->reply = *std::move(reply);
  } else {
    exchange->failed = true;
    connection->refuse(reply.error().message());
  }
  exchange->done = true;
  connection->notify();
  connection->shared.handlers.fetch_sub(1);
}

bool start_request(const std::shared_ptr<Connection>& connection, BufferRef frame) {
  auto exchange =
      std::make_shared<Exchange>(connection->broker, std::move(frame), connection->client_host);
  ByteReader reader(exchange->frame->bytes());
  auto header = kafka::RequestHeader::decode(reader);
  if (!header.has_value()) {
    connection->refuse(header.error().message());
    return false;
  }
  exchange->context.header = *header;
  const ApiRow* row = find_handler(header->api_key);
  const bool served = row != nullptr && header->api_version >= row->min_version &&
                      header->api_version <= row->max_version;
  if (!served) {
    if (header->api_key != static_cast<int16_t>(kafka::ApiKey::kApiVersions)) {
      connection->refuse(
          fmt::format("API {} version {} is not served", header->api_key, header->api_version));
      return false;
    }
    exchange->reply = unsupported_api_versions(header->correlation_id);
    exchange->done = true;
    connection->enqueue(std::move(exchange));
    connection->notify();
    return true;
  }
  connection->enqueue(exchange);
  // Begins to run before this returns to the reader, so requests start in order.
  asio::co_spawn(connection->executor, run_handler(connection, exchange, row->handler, reader),
                 asio::detached);
  return true;
}

awaitable<void> read_requests(std::shared_ptr<Connection> connection, net::Socket& socket) {
  const uint32_t limit = connection->broker.options().max_request_bytes;
  while (!connection->closing) {
    std::array<std::byte, kLengthBytes> prefix{};
    error_code code;
    co_await asio::async_read(socket, asio::buffer(prefix),
                              asio::redirect_error(asio::use_awaitable, code));
    if (code) break;
    const auto length = load_be<int32_t>(prefix.data());
    if (length <= 0 || static_cast<uint32_t>(length) > limit) {
      connection->refuse(fmt::format("a frame of {} bytes; at most {} are taken", length, limit));
      break;
    }
    auto frame = Buffer::allocate(static_cast<size_t>(length));
    co_await asio::async_read(socket, asio::buffer(frame->mutable_data(), frame->size()),
                              asio::redirect_error(asio::use_awaitable, code));
    if (code || !start_request(connection, std::move(frame))) break;
    while (!connection->closing && connection->is_full()) co_await connection->wait_for_change();
  }
  connection->closing = true;
  connection->notify();
}

// The frame's parts: length, bytes and the record slots cut in between.
std::vector<asio::const_buffer> frame_parts(const Reply& reply,
                                            std::array<std::byte, kLengthBytes>& prefix) {
  size_t total = reply.bytes.size();
  for (const auto& slot : reply.slots) total += slot.bytes.size();
  store_be(prefix.data(), static_cast<int32_t>(total));
  std::vector<asio::const_buffer> parts{asio::buffer(prefix)};
  size_t from = 0;
  for (const auto& slot : reply.slots) {
    parts.emplace_back(reply.bytes.data() + from, slot.position - from);
    parts.emplace_back(slot.bytes.data(), slot.bytes.size());
    from = slot.position;
  }
  parts.emplace_back(reply.bytes.data() + from, reply.bytes.size() - from);
  return parts;
}

awaitable<void> write_replies(std::shared_ptr<Connection> connection, net::Socket& socket) {
  while (true) {
    while (!connection->closing &&
           (connection->queue.empty() || !connection->queue.front()->done)) {
      co_await connection->wait_for_change();
    }
    if (connection->queue.empty() || !connection->queue.front()->done) break;
    const auto exchange = connection->dequeue();
    connection->notify();
    if (exchange->failed) break;
    if (exchange->context.no_response) continue;
    std::array<std::byte, kLengthBytes> prefix{};
    error_code code;
    co_await asio::async_write(socket, frame_parts(exchange->reply, prefix),
                               asio::redirect_error(asio::use_awaitable, code));
    if (code) break;
  }
  connection->closing = true;
  error_code ignored;
  socket.shutdown(net::Socket::shutdown_both, ignored);
}

}  // namespace

boost::asio::awaitable<void> serve_connection(Broker& broker, ConnectionShared& shared,
                                              net::Socket& socket) {
  const auto executor = socket.get_executor();
  auto connection = std::make_shared<Connection>(broker, shared, executor);
  error_code code;
  const auto peer = socket.remote_endpoint(code);
  if (!code) connection->client_host = "/" + peer.address().to_string();
  // The writer uses the socket, which ends with this function: wait for it.
  asio::steady_timer written(executor, asio::steady_timer::time_point::max());
  bool writing = true;
  asio::co_spawn(executor, write_replies(connection, socket),
                 [&written, &writing](std::exception_ptr) {
                   writing = false;
                   written.cancel();
                 });
  co_await read_requests(connection, socket);
  while (writing) {
    co_await written.async_wait(asio::redirect_error(asio::use_awaitable, code));
  }
}

}  // namespace weir::broker
