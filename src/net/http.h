// What HTTP says: headers, a request, a response. Plain values; any thread.
//
// Names of headers compare without case (RFC 9110, section 5.1). The path and the query are percent
// decoded; `target` is what stood on the wire. Nothing here touches a socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::net {

class HttpHeaders {
 public:
  // The first value of `name`; empty when it is missing.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  void add(std::string name, std::string value);
  // Replaces every earlier value of `name`.
  void set(std::string name, std::string value);
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return headers_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> headers_;
};

// name=value pairs in the order in which they were sent; a name may repeat.
using QueryParams = std::vector<std::pair<std::string, std::string>>;

// The first value of `name`, or `otherwise`.
[[nodiscard]] std::string_view query_param(const QueryParams& params, std::string_view name,
                                           std::string_view otherwise = {});
[[nodiscard]] bool has_query_param(const QueryParams& params, std::string_view name);

struct HttpRequest {
  std::string method;  // "GET", upper case as sent
  std::string target;  // "/a%20b?x=1"
  std::string path;    // "/a b"
  QueryParams query;
  HttpHeaders headers;
  std::string peer;  // the client's address, without the port
};

// A response without its body. Content-Length, Transfer-Encoding and Connection are the server's
// business and may not be set here.
struct HttpResponseHead {
  unsigned status = 200;
  HttpHeaders headers;
};

// A whole response.
struct HttpResponse {
  unsigned status = 200;
  HttpHeaders headers;
  std::string body;
};

// `body` with a Content-Type.
[[nodiscard]] HttpResponse http_text(unsigned status, std::string body);
[[nodiscard]] HttpResponse http_json(unsigned status, std::string body);

}  // namespace weir::net
