// Answer: the HTTP response to one statement, held back until it must go.
//
// Up to kAnswerBufferBytes of result are kept, so that small answers carry their final summary and
// errors their status; then the response starts and pieces go out as they come, compressed when the
// client asked for it. One worker thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http_server.h"
#include "store/chdb.h"
#include "store/query_request.h"

namespace weir::store {

// What every answer says about the server.
struct ServerIdentity {
  std::string name = "weir";
  std::string timezone;  // the engine's
};

class Answer {
 public:
  Answer(net::HttpBlockingExchange& http, const QueryRequest& request, const Clock& clock,
         const ServerIdentity& server);

  void set_format(std::string format) { format_ = std::move(format); }
  // A piece of the result; false when the client is gone or the result is too large to be held.
  bool write(std::string_view bytes);
  void finish(const QueryProgress& progress);
  void fail(const EngineError& error);

 private:
  [[nodiscard]] net::HttpHeaders headers(const QueryProgress& progress) const;
  bool start();
  bool send(std::string_view bytes);

  net::HttpBlockingExchange& http_;
  const QueryRequest& request_;
  const Clock& clock_;
  const ServerIdentity& server_;
  int64_t began_ns_;
  std::string format_;
  std::string buffer_;
  std::unique_ptr<Encoder> encoder_;
  bool started_ = false;
  bool broken_ = false;
};

}  // namespace weir::store
