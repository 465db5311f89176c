// HttpClient: one connection to one HTTP/1.1 server, for code that may block.
//
// Keeps the connection between requests and opens a new one when the server has closed it; a
// request is never sent twice. Bodies go and come whole or in pieces. One thread at a time; needs
// no IoRuntime. Failures: kUnavailable (cannot connect, name not found), kIo (the connection
// broke), kCancelled (time is up), kExhausted (a response larger than the limit), kCorrupt (not
// HTTP). A status of 4xx or 5xx is a response, not a failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace weir::net {

struct HttpClientOptions {
  std::string host = "127.0.0.1";  // an address or a name
  uint16_t port = 0;
  int64_t connect_timeout_ms = 5'000;
  // One read or write of the connection, not the whole request: a long query is silent for long.
  int64_t stall_timeout_ms = 120'000;
  size_t max_response_bytes = 256U << 20U;  // of a response that is read whole
};

// The next piece of a request body; empty at the end. What it points to must live until the next
// call. A failure closes the connection, so the server sees a body that was cut off.
using HttpBodySource = std::function<Result<std::string_view>()>;
// Takes a piece of a response body; a failure ends the request and closes the connection.
using HttpBodySink = std::function<Status(std::string_view)>;

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // `target` is encoded already ("/?query=SELECT%201"). Host is added; Content-Length too.
  Result<HttpResponse> request(std::string_view method, std::string_view target,
                               const HttpHeaders& headers = {}, std::string_view body = {});
  Result<HttpResponse> get(std::string_view target) { return request("GET", target); }
  Result<HttpResponse> post(std::string_view target, std::string_view body) {
    return request("POST", target, {}, body);
  }

  // Bodies in pieces: the request's is sent in chunks, the response's is handed to `sink`, which is
  // called after the whole request was sent. Either may be empty. The response's body stays empty
  // when a sink was given.
  Result<HttpResponse> exchange(std::string_view method, std::string_view target,
                                const HttpHeaders& headers, const HttpBodySource& source,
                                const HttpBodySink& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::net
