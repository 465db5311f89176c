// One client's connection: frames in, handlers, frames out.
//
// A frame is an int32 length and a request. Requests are started in the order in which they came,
// so that appends keep their order, and several may be under way; answers leave in the same order.
// A length that is negative or larger than BrokerOptions::max_request_bytes, a request that does
// not decode and an API or version that is not served end the connection (and only it) with a log
// line; ApiVersions of an unknown version is answered in version 0, as Kafka does. Runs on the
// connection's own I/O thread; handlers that still wait when the client has gone end by themselves
// and their answers are dropped.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <atomic>

#include "net/acceptor.h"

namespace weir::broker {

class Broker;

// What all connections of a broker have in common.
struct ConnectionShared {
  std::atomic<bool> stopping{false};
  std::atomic<int> handlers{0};  // running or waiting now
};

boost::asio::awaitable<void> serve_connection(Broker& broker, ConnectionShared& shared,
                                              net::Socket& socket);

}  // namespace weir::broker
