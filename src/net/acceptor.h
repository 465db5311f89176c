// Acceptor: listens on one address and hands each connection to a coroutine.
//
// From listen() on clients can connect; they wait until start(), so that whoever owns the acceptor
// can put it in its place before a session asks for it.
// The address is loopback unless the user configured another. Port 0 takes a free one; port() says
// which. At most `max_connections` at a time: one more is closed at once and counted. An address in
// use is kUnavailable with the port in the message and the flag that moves it as the hint. The
// session coroutine owns its socket; when it returns the connection is closed.
// close() stops accepting and shuts every open connection down; call it before the runtime stops.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/io_runtime.h"

namespace weir::net {

using Socket = boost::asio::ip::tcp::socket;
using Session = std::function<boost::asio::awaitable<void>(Socket&)>;

struct ListenOptions {
  std::string part;                // "broker", for the error message
  std::string host = "127.0.0.1";  // an address, not a name
  uint16_t port = 0;
  std::string port_flag;  // "--kafka-port", for the hint
  uint32_t max_connections = 4096;
};

class Acceptor {
 public:
  static Result<std::unique_ptr<Acceptor>> listen(IoRuntime& runtime, ListenOptions options,
                                                  Session session);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Accepts from here on. Once.
  void start();
  [[nodiscard]] uint16_t port() const;
  // Open connections now.
  [[nodiscard]] size_t connections() const;
  // Connections closed because there were too many.
  [[nodiscard]] uint64_t refused() const;
  void close();

 private:
  struct State;
  explicit Acceptor(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace weir::net
