#include "store/query_request.h"

#include <charconv>

#include "net/http_text.h"
#include "store/statement.h"

namespace weir::store {
namespace {

constexpr int64_t kMaxSessionTimeoutS = 3600;

bool is_true(std::string_view value) { return value == "1" || value == "true"; }

bool is_setting_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Names that steer the interface and mean nothing more here.
bool is_ignored(std::string_view name) {
  static constexpr std::array<std::string_view, 11> kNames = {"quota_key",
                                                              "compress",
                                                              "decompress",
                                                              "buffer_size",
                                                              "stacktrace",
                                                              "role",
                                                              "close_session",
                                                              "client_protocol_version",
                                                              "http_method",
                                                              "session_ttl",
                                                              "network_compression_method"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool takes_own_name(QueryRequest& out, const std::string& name, const std::string& value) {
  if (name == "query") {
    out.query += value;
  } else if (name == "database") {
    out.database = value;
  } else if (name == "user") {
    out.credentials.user = value;
  } else if (name == "password") {
    out.credentials.password = value;
  } else if (name == "query_id") {
    if (!value.empty()) out.query_id = value;
  } else if (name == "session_id") {
    out.session_id = value;
  } else if (name == "session_timeout") {
    std::from_chars(value.data(), value.data() + value.size(), out.session_timeout_s);
    out.session_timeout_s = std::clamp<int64_t>(out.session_timeout_s, 1, kMaxSessionTimeoutS);
  } else if (name == "session_check") {
    out.session_check = is_true(value);
  } else if (name == "default_format") {
    out.default_format = value;
  } else if (name == "wait_end_of_query") {
    out.wait_end_of_query = is_true(value);
  } else {
    return is_ignored(name);
  }
  return true;
}

std::expected<void, EngineError> read_credentials(const net::HttpHeaders& headers,
                                                  Credentials& out) {
  if (headers.has("X-ClickHouse-User")) {
    out.user = headers.get("X-ClickHouse-User");
    out.password = headers.get("X-ClickHouse-Key");
    return {};
  }
  const auto authorization = headers.get("Authorization");
  if (authorization.empty()) return {};
  auto pair = net::parse_basic_authorization(authorization);
  if (!pair.has_value()) {
    return std::unexpected(
        make_error(kAuthenticationFailed, "AUTHENTICATION_FAILED", pair.error().message()));
  }
  out.user = std::move(pair->first);
  out.password = std::move(pair->second);
  return {};
}

std::expected<void, EngineError> read_codings(const net::HttpRequest& request, QueryRequest& out) {
  auto coding = parse_content_coding(request.headers.get("Content-Encoding"));
  if (!coding.has_value()) {
    constexpr int kUnknownCompressionMethod = 89;
    return std::unexpected(make_error(kUnknownCompressionMethod, "UNKNOWN_COMPRESSION_METHOD",
                                      coding.error().message()));
  }
  out.body_coding = *coding;
  if (net::query_param(request.query, "enable_http_compression", "1") != "0") {
    out.answer_coding = choose_content_coding(request.headers.get("Accept-Encoding"));
  }
  return {};
}

}  // namespace

EngineError make_error(int code, std::string_view name, std::string_view message) {
  return {.code = code,
          .text = fmt::format("Code: {}. DB::Exception: {}. ({})", code, message, name)};
}

unsigned http_status_of(int code) {
  switch (code) {
    case 194: return 401;  // REQUIRED_PASSWORD
    case 192:              // UNKNOWN_USER
    case 193:              // WRONG_PASSWORD
    case kAuthenticationFailed:
    case kAccessDenied: return 403;
    case 6:  // CANNOT_PARSE_TEXT and its kin
    case 25:
    case 26:
    case 27:
    case 38:
    case 41:
    case 72:
    case 467:
    case 36:   // BAD_ARGUMENTS
    case 43:   // ILLEGAL_TYPE_OF_ARGUMENT
    case 53:   // TYPE_MISMATCH
    case 89:   // UNKNOWN_COMPRESSION_METHOD
    case 117:  // INCORRECT_DATA
    case 456:  // UNKNOWN_QUERY_PARAMETER
    case 457:  // BAD_QUERY_PARAMETER
    case kSyntaxError: return 400;
    case 46:  // UNKNOWN_FUNCTION
    case 47:  // UNKNOWN_IDENTIFIER
    case 50:  // UNKNOWN_TYPE
    case 56:  // UNKNOWN_STORAGE
    case 60:  // UNKNOWN_TABLE
    case 63:  // UNKNOWN_AGGREGATE_FUNCTION
    case 73:  // UNKNOWN_FORMAT
    case 81:  // UNKNOWN_DATABASE
    case kUnknownSetting:
    case kSessionNotFound: return 404;
    case kSessionIsLocked: return 423;
    case 159: return 408;  // TIMEOUT_EXCEEDED
    case 48: return 501;   // NOT_IMPLEMENTED
    case 202:              // TOO_MANY_SIMULTANEOUS_QUERIES
    case 439: return 503;  // CANNOT_SCHEDULE_TASK
    default: return 500;
  }
}

std::string content_type_of(std::string_view format) {
  if (format.starts_with("TabSeparated") || format.starts_with("TSV")) {
    return "text/tab-separated-values; charset=UTF-8";
  }
  if (format.starts_with("CSV")) {
    return fmt::format("text/csv; charset=UTF-8; header={}",
                       format.find("WithNames") == std::string_view::npos ? "absent" : "present");
  }
  if (format.starts_with("JSON") && format.find("EachRow") != std::string_view::npos) {
    return "application/x-ndjson; charset=UTF-8";
  }
  if (format.starts_with("JSON")) return "application/json; charset=UTF-8";
  if (format == "XML") return "application/xml; charset=UTF-8";
  if (format.starts_with("Pretty") || format == "Vertical" || format == "Markdown" ||
      format == "Values" || format == "TSKV") {
    return "text/plain; charset=UTF-8";
  }
  return "application/octet-stream";
}

bool is_blockwise(std::string_view format) {
  static constexpr std::array<std::string_view, 15> kFormats = {"TabSeparated",
                                                                "TSV",
                                                                "TabSeparatedRaw",
                                                                "TSVRaw",
                                                                "CSV",
                                                                "Native",
                                                                "RowBinary",
                                                                "JSONEachRow",
                                                                "NDJSON",
                                                                "JSONLines",
                                                                "JSONCompactEachRow",
                                                                "JSONStringsEachRow",
                                                                "JSONCompactStringsEachRow",
                                                                "TSKV",
                                                                "LineAsString"};
  return std::ranges::find(kFormats, format) != kFormats.end();
}

std::expected<QueryRequest, EngineError> parse_query_request(const net::HttpRequest& request,
                                                             std::string made_up_id) {
  QueryRequest out;
  out.query_id = std::move(made_up_id);
  out.read_only = request.method == "GET" || request.method == "HEAD";
  if (auto done = read_credentials(request.headers, out.credentials); !done.has_value()) {
    return std::unexpected(std::move(done).error());
  }
  if (auto done = read_codings(request, out); !done.has_value()) {
    return std::unexpected(std::move(done).error());
  }
  out.default_format = request.headers.get("X-ClickHouse-Format");
  out.database = request.headers.get("X-ClickHouse-Database");
  if (request.headers.has("X-ClickHouse-Query-Id")) {
    out.query_id = request.headers.get("X-ClickHouse-Query-Id");
  }
  constexpr std::string_view kParam = "param_";
  for (const auto& [name, value] : request.query) {
    if (takes_own_name(out, name, value)) continue;
    if (name.starts_with(kParam)) {
      out.params.emplace_back(name.substr(kParam.size()), value);
    } else {
      out.settings.emplace_back(name, value);
    }
  }
  for (const auto* list : {&out.params, &out.settings}) {
    for (const auto& [name, value] : *list) {
      if (!is_setting_name(name)) {
        return std::unexpected(make_error(kUnknownSetting, "UNKNOWN_SETTING",
                                          fmt::format("Unknown setting '{}'", name)));
      }
    }
  }
  return out;
}

std::vector<std::string> preparing_statements(const QueryRequest& request) {
  std::vector<std::string> statements;
  if (!request.database.empty()) {
    statements.push_back("USE " + quote_identifier(request.database));
  }
  const auto set = [&](const auto& pairs, std::string_view prefix) {
    std::string text;
    for (const auto& [name, value] : pairs) {
      text += fmt::format("{}{}{} = {}", text.empty() ? "SET " : ", ", prefix, name,
                          quote_string(value));
    }
    if (!text.empty()) statements.push_back(std::move(text));
  };
  set(request.params, "param_");
  set(request.settings, "");
  return statements;
}

}  // namespace weir::store
