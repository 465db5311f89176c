// The table of the Kafka APIs that are served: which versions, and what answers them.
//
// The requests of a connection are started on its thread; see handler.h. Failure: kCorrupt when a
// request does not decode.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "broker/handlers/handler.h"
#include "kafka/header.h"
#include "kafka/messages.h"

namespace weir::broker {

// The encoded answer without its length: `bytes` with the `slots` cut in.
struct Reply {
  std::vector<std::byte> bytes;
  kafka::RecordSlots slots;
};

// kCorrupt when the request does not decode: the connection is then closed.
using Handler = boost::asio::awaitable<Result<Reply>> (*)(RequestContext&, ByteReader& body);

struct ApiRow {
  kafka::ApiKey api;
  int16_t min_version;
  int16_t max_version;
  int16_t advertised_min;
  Handler handler;
};

// handlers/all.cc: every API that is served, by ascending key.
[[nodiscard]] std::span<const ApiRow> api_table();
// nullptr for an API that is not served.
[[nodiscard]] const ApiRow* find_handler(int16_t api_key);

}  // namespace weir::broker
