// serve: a typed handler as a row of the table of APIs: decodes, calls, encodes.
//
// Only handlers/all.cc includes it. Failure: kCorrupt when the request does not decode.
#pragma once

#include <type_traits>
#include <utility>

#include "broker/handlers/api_table.h"

namespace weir::broker {

template <typename Request, auto kHandle>
boost::asio::awaitable<Result<Reply>> serve(RequestContext& context, ByteReader& body) {
  Request request;
  const int16_t version = context.header.api_version;
  if (auto status = request.decode(body, version); !status.has_value()) {
    co_return status.error();
  }
  using Response = typename Request::Response;
  Response response;
  if constexpr (std::is_same_v<decltype(kHandle(context, request)), Response>) {
    response = kHandle(context, request);
  } else {
    response = co_await kHandle(context, request);
  }
  if (context.no_response) co_return Reply{};
  ByteWriter out;
  Reply reply;
  kafka::ResponseHeader{context.header.correlation_id}.encode(out, Request::kApi, version);
  response.encode(out, version, &reply.slots);
  reply.bytes = std::move(out).take();
  co_return reply;
}

template <typename Request, auto kHandle>
consteval ApiRow api_row() {
  for (const kafka::ApiInfo& info : kafka::kApis) {
    if (info.key == static_cast<int16_t>(Request::kApi)) {
      return {Request::kApi, info.min_version, info.max_version, info.advertised_min,
              serve<Request, kHandle>};
    }
  }
}

}  // namespace weir::broker
