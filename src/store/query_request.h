// QueryRequest: what one request to ClickHouse's HTTP interface asks for.
//
// Source: ClickHouse's documentation of its HTTP interface. Names in the URL are the interface's
// own (query, database, user, ...), `param_NAME` (a value for {NAME:Type}) or, all others,
// settings. Plain values; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.h"
#include "store/chdb.h"
#include "store/content_coding.h"

namespace weir::store {

// ClickHouse's error numbers that weir itself gives.
inline constexpr int kSyntaxError = 62;
inline constexpr int kUnknownSetting = 115;
inline constexpr int kReadonly = 164;
inline constexpr int kSessionNotFound = 372;
inline constexpr int kSessionIsLocked = 373;
inline constexpr int kAccessDenied = 497;
inline constexpr int kAuthenticationFailed = 516;

// "Code: 62. DB::Exception: message. (SYNTAX_ERROR)"
[[nodiscard]] EngineError make_error(int code, std::string_view name, std::string_view message);

// The HTTP status that goes with ClickHouse's error number.
[[nodiscard]] unsigned http_status_of(int code);

// Content-Type of a format's bytes.
[[nodiscard]] std::string content_type_of(std::string_view format);

// True when every block of a result may be formatted on its own: no head, no foot, no separators.
[[nodiscard]] bool is_blockwise(std::string_view format);

struct Credentials {
  std::string user = "default";
  std::string password;
};

struct QueryRequest {
  Credentials credentials;
  std::string query;  // from the URL; the body's text follows it
  std::string database;
  std::string query_id;  // given or made up
  std::string session_id;
  int64_t session_timeout_s = 60;
  bool session_check = false;  // the session must exist already
  std::string default_format;  // empty: TabSeparated
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<std::pair<std::string, std::string>> settings;
  bool wait_end_of_query = false;
  bool read_only = false;  // GET and HEAD may not change anything
  ContentCoding body_coding = ContentCoding::kIdentity;
  ContentCoding answer_coding = ContentCoding::kIdentity;
};

// Fails with what ClickHouse would say: malformed credentials, an unknown encoding, a setting whose
// name is none. `made_up_id` becomes the query's id when the client gives none.
std::expected<QueryRequest, EngineError> parse_query_request(const net::HttpRequest& request,
                                                             std::string made_up_id);

// The statements that bring a session into the state that the request asks for, in order.
[[nodiscard]] std::vector<std::string> preparing_statements(const QueryRequest& request);

}  // namespace weir::store
