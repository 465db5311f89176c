// What every handler of a Kafka API gets.
//
// A handler is a function from a decoded request to its response, or, where it may have to wait, a
// coroutine (waiting_handlers.h). It knows neither frames nor versions (but may ask). It runs on
// its connection's thread; the requests of a connection start in order and their answers leave in
// order, so a handler that waits holds back later answers of its own connection only. Failures
// become error codes in the response. The request's records are views of the frame, which lives
// until the response has been sent; what a response's records point into goes into `kept`.
#pragma once

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
  std::vector<BufferRef> kept;  // alive until the response has been sent
  bool no_response = false;     // Produce with acks=0
};

}  // namespace weir::broker
