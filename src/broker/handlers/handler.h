// What a handler of one Kafka API is, and the table of all of them.
//
// A handler is a coroutine from a decoded request to a response; it knows neither frames nor
// versions (but may ask). It runs on its connection's thread; the requests of a connection start in
// order and their answers leave in order, so a handler that waits holds back later answers of its
// own connection only. Failures become error codes in the response. The request's records are views
// of the frame, which lives until the response has been sent; what a response's records point into
// goes into `kept`.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <span>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "broker/broker.h"
#include "kafka/header.h"
#include "kafka/messages.h"

namespace weir::broker {

struct RequestContext {
  Broker& broker;
  kafka::RequestHeader header;
  std::string client_host;
  boost::asio::any_io_executor executor;  // the connection's; what wakes the handler is posted here
  std::vector<BufferRef> kept;            // alive until the response has been sent
  bool no_response = false;               // Produce with acks=0
};

// The encoded answer without its length: `bytes` with the `slots` cut in.
struct Reply {
  std::vector<std::byte> bytes;
  kafka::RecordSlots slots;
};

// kCorrupt when the request does not decode: the connection is then closed.
using Handler = boost::asio::awaitable<Result<Reply>> (*)(RequestContext&, ByteReader& body);

template <typename Request>
using TypedHandler = boost::asio::awaitable<typename Request::Response> (*)(RequestContext&,
                                                                            const Request&);

// Decodes, calls, encodes.
template <typename Request, TypedHandler<Request> kHandle>
boost::asio::awaitable<Result<Reply>> serve(RequestContext& context, ByteReader& body) {
  Request request;
  const int16_t version = context.header.api_version;
  if (auto status = request.decode(body, version); !status.has_value()) {
    co_return status.error();
  }
  const typename Request::Response response = co_await kHandle(context, request);
  if (context.no_response) co_return Reply{};
  ByteWriter out;
  Reply reply;
  kafka::ResponseHeader{context.header.correlation_id}.encode(out, Request::kApi, version);
  response.encode(out, version, &reply.slots);
  reply.bytes = std::move(out).take();
  co_return reply;
}

struct ApiRow {
  kafka::ApiKey api;
  int16_t min_version;
  int16_t max_version;
  int16_t advertised_min;
  Handler handler;
};

template <typename Request, TypedHandler<Request> kHandle>
consteval ApiRow api_row() {
  for (const kafka::ApiInfo& info : kafka::kApis) {
    if (info.key == static_cast<int16_t>(Request::kApi)) {
      return {Request::kApi, info.min_version, info.max_version, info.advertised_min,
              serve<Request, kHandle>};
    }
  }
}

// handlers/all.cc: every API that is served, by ascending key.
[[nodiscard]] std::span<const ApiRow> api_table();
// nullptr for an API that is not served.
[[nodiscard]] const ApiRow* find_handler(int16_t api_key);

}  // namespace weir::broker
