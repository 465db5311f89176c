// The small texts inside HTTP that weir parses itself: percent encoding, query strings, Basic
// credentials, host names.
//
// Sources: RFC 3986 (percent encoding; `+` is a blank in query strings, as HTML forms send it),
// RFC 7617 (Basic), RFC 4648 (base64). Bytes come from outside: a malformed escape is kept as it
// stands, malformed base64 is an error. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace weir::net {

[[nodiscard]] std::string percent_decode(std::string_view text, bool plus_is_blank);
// Everything but letters, digits and -._~ becomes %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

// "a=1&b=%20" without the question mark.
[[nodiscard]] QueryParams parse_query(std::string_view text);

// Splits a request target into the decoded path and the query; a target in absolute form
// ("http://host/path") loses scheme and host.
void parse_target(std::string_view target, std::string& path, QueryParams& query);

// kInvalid when it is not base64 with padding.
Result<std::string> base64_decode(std::string_view text);
[[nodiscard]] std::string base64_encode(std::string_view bytes);

// User and password of an "Authorization: Basic ..." header; kInvalid when it is malformed or of
// another scheme.
Result<std::pair<std::string, std::string>> parse_basic_authorization(std::string_view header);

// The host of "host", "host:port", "[::1]:port"; lower case, without brackets; empty when it is
// malformed.
[[nodiscard]] std::string host_of_authority(std::string_view authority);

// True for localhost, 127.0.0.0/8, ::1 and the names in `allowed`, compared without case. "*" among
// `allowed` lets every host in. A web page that resolves its own name to 127.0.0.1 (DNS rebinding)
// sends its own name as Host and is therefore refused.
[[nodiscard]] bool host_is_allowed(std::string_view host, const std::vector<std::string>& allowed);
// The same for an Origin header ("http://localhost:3000"); "null" is foreign.
[[nodiscard]] bool origin_is_allowed(std::string_view origin,
                                     const std::vector<std::string>& allowed);

}  // namespace weir::net
