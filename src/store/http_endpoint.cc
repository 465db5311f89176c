#include "store/http_endpoint.h"

#include <boost/asio/awaitable.hpp>

#include "store/answer.h"
#include "store/sql_scanner.h"
#include "store/statement.h"

namespace weir::store {
namespace {

using Outcome = std::expected<QueryProgress, EngineError>;

constexpr size_t kBodyPiece = 256U << 10U;
constexpr int kNetworkError = 210;

EngineError to_engine_error(const Error& error) {
  return make_error(kNetworkError, "NETWORK_ERROR", error.message());
}

// The request's body, decoded, piece by piece.
class BodyReader {
 public:
  BodyReader(net::HttpBlockingExchange& http, ContentCoding coding)
      : http_(http), decoder_(make_decoder(coding)), raw_(kBodyPiece) {}

  // Hands the next decoded bytes to `sink`; false at the end of the body.
  Result<bool> next(const CodingSink& sink) {
    const size_t got = WEIR_TRY(http_.read(raw_));
    if (got == 0) {
      WEIR_TRY(decoder_->finish());
      return false;
    }
    WEIR_TRY(decoder_->decode({reinterpret_cast<const char*>(raw_.data()), got}, sink));
    return true;
  }

 private:
  net::HttpBlockingExchange& http_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<std::byte> raw_;
};

// The statement's text and, for an INSERT, its first rows.
struct Gathered {
  std::string text;
  InsertHead insert;    // views into `text`
  bool at_end = false;  // the body is used up
};

// Reads as much of the body as the statement needs: all of it, or an INSERT up to its rows.
std::expected<void, EngineError> gather(const QueryRequest& request, BodyReader& body,
                                        Gathered& out) {
  out.text = request.query;
  if (!out.text.empty()) out.text.push_back('\n');
  const CodingSink keep = [&out](std::string_view piece) {
    out.text += piece;
    return ok();
  };
  while (true) {
    out.insert = parse_insert_head(out.text, out.at_end);
    if (out.at_end || out.insert.kind == InsertKind::kRows) return {};
    const bool too_large =
        out.text.size() > kMaxStatementBytes ||
        (out.insert.kind == InsertKind::kIncomplete && out.text.size() > kMaxInsertHeadBytes);
    if (too_large) {
      return std::unexpected(make_error(kSyntaxError, "SYNTAX_ERROR", "Max query size exceeded"));
    }
    const auto more = body.next(keep);
    if (!more.has_value()) return std::unexpected(to_engine_error(more.error()));
    out.at_end = !*more;
  }
}

bool is_blank(std::string_view sql) { return SqlScanner(sql).next().kind == SqlTokenKind::kEnd; }

bool mentions(std::string_view text, std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return !std::ranges::search(text, word, {}, lower, lower).empty();
}

// Blocks of a result can be formatted one by one.
bool can_send_in_blocks(const QueryRequest& request, std::string_view sql,
                        std::string_view format) {
  const bool shaped = std::ranges::any_of(request.settings, [](const auto& setting) {
    return setting.first == "extremes" || setting.first == "output_format_json_array_of_rows";
  });
  return is_blockwise(format) && !shaped && !mentions(sql, "totals") &&
         !mentions(sql, "extremes") && !mentions(sql, "output_format_json_array_of_rows");
}

// One request on its connection.
class Execution {
 public:
  Execution(const QueryRequest& request, const StoreUser& user, bool allow_file_access,
            const SessionLease& lease)
      : request_(request),
        connection_(lease.connection()),
        is_session_(lease.is_session()),
        read_only_(user.read_only || request.read_only),
        check_files_(!allow_file_access || user.read_only) {}

  std::expected<void, EngineError> prepare() {
    for (const auto& statement : preparing_statements(request_)) {
      auto done = connection_.query(statement, "Null", [](std::string_view) { return true; });
      if (!done.has_value()) return std::unexpected(std::move(done).error());
    }
    // A session outlives this request, so its connection keeps its rights; run() looks at the
    // statement's class instead.
    if (read_only_ && !is_session_) {
      auto done =
          connection_.query("SET readonly = 2", "Null", [](std::string_view) { return true; });
      if (!done.has_value() && done.error().code != kReadonly) {
        return std::unexpected(std::move(done).error());
      }
    }
    return {};
  }

  Outcome run(const Gathered& gathered, BodyReader& body, Answer& answer) {
    const bool is_insert = gathered.insert.kind == InsertKind::kRows;
    const std::string_view sql = is_insert ? gathered.insert.sql : std::string_view(gathered.text);
    if (is_blank(sql)) {
      return std::unexpected(make_error(kSyntaxError, "SYNTAX_ERROR", "Empty query"));
    }
    if (check_files_) {
      if (const Status allowed = check_allowed(sql); !allowed.has_value()) {
        return std::unexpected(
            make_error(kAccessDenied, "ACCESS_DENIED",
                       fmt::format("{}; {}", allowed.error().message(), allowed.error().hint())));
      }
    }
    return is_insert ? insert(gathered, body) : query(sql, answer);
  }

 private:
  Outcome insert(const Gathered& gathered, BodyReader& body) {
    if (read_only_) return read_only_refusal();
    auto stream = connection_.insert(gathered.insert.sql, gathered.insert.format);
    if (!stream.has_value()) return std::unexpected(std::move(stream).error());
    auto& rows = **stream;
    const auto first = std::string_view(gathered.text).substr(gathered.insert.rows_at);
    bool taken = first.empty() || rows.append(first);
    const CodingSink append = [&](std::string_view piece) {
      taken = rows.append(piece);
      return taken ? ok() : Status(cancelled("the engine gave up"));
    };
    bool more = !gathered.at_end;
    while (more && taken) {
      const auto next = body.next(append);
      // A body that broke off is not inserted: the destructor of the stream cancels it.
      if (!next.has_value() && taken) return std::unexpected(to_engine_error(next.error()));
      more = next.has_value() && *next;
    }
    return rows.finish();
  }

  Outcome query(std::string_view sql, Answer& answer) {
    const auto analysis = connection_.analyze(sql);
    if (analysis.statements > 1) {
      return std::unexpected(
          make_error(kSyntaxError, "SYNTAX_ERROR",
                     "Syntax error (Multi-statements are not allowed): send one by one"));
    }
    const bool unknown = analysis.statement_class == StatementClass::kUnknown;
    if (read_only_ && is_session_ && analysis.statement_class != StatementClass::kReadOnly &&
        !unknown) {
      return read_only_refusal();
    }
    // The scanner has looked already; this is for what it might have taken for a string.
    if (check_files_ && (unknown || analysis.statement_class == StatementClass::kControl) &&
        (mentions(sql, "outfile") || mentions(sql, "infile"))) {
      return std::unexpected(
          make_error(kAccessDenied, "ACCESS_DENIED", "INTO OUTFILE and FROM INFILE are denied"));
    }
    const std::string clause = format_clause(sql);
    const std::string format = !clause.empty()                    ? clause
                               : !request_.default_format.empty() ? request_.default_format
                                                                  : "TabSeparated";
    answer.set_format(format);
    const ResultSink sink = [&answer](std::string_view piece) { return answer.write(piece); };
    // Text that the engine cannot parse goes the block way too: it refuses several statements,
    // where query() would run the first of them.
    if (unknown || can_send_in_blocks(request_, sql, format)) {
      auto sent = connection_.query_in_blocks(sql, format, sink);
      if (unknown || sent.has_value() || sent.error().code != Connection::kNotStreamable) {
        return sent;
      }
    }
    return connection_.query(sql, format, sink);
  }

  static Outcome read_only_refusal() {
    return std::unexpected(
        make_error(kReadonly, "READONLY", "Cannot execute query in readonly mode"));
  }

  const QueryRequest& request_;
  Connection& connection_;
  bool is_session_;
  bool read_only_;
  bool check_files_;
};

// Compares in a time that does not tell how much was right.
bool equal_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0U : 1U;
  for (size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    difference |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(other));
  }
  return difference == 0;
}

boost::asio::awaitable<void> say_ok(net::HttpExchange& exchange) {
  // A client that is gone already needs no answer.
  static_cast<void>(co_await exchange.reply(net::http_text(200, "Ok.\n")));
}

}  // namespace

HttpEndpoint::HttpEndpoint(Context context, Engine& engine, EndpointOptions options)
    : context_(context),
      options_(std::move(options)),
      sessions_(engine, context.clock),
      random_(secure_random_seed()),
      queries_(context.metrics.counter("weir_store_queries_total")),
      errors_(context.metrics.counter("weir_store_errors_total")),
      rows_written_(context.metrics.counter("weir_store_rows_written_total")) {
  // Also warms the engine up: its first query takes some ten milliseconds longer than the next.
  if (const auto connection = engine.connect(); connection.has_value()) {
    const auto done =
        (*connection)->query("SELECT timezone()", "TSVRaw", [this](std::string_view text) {
          server_.timezone = text.substr(0, text.find('\n'));
          return true;
        });
    if (!done.has_value()) {
      context.log.warning("store", "the engine's time zone is unknown",
                          {{"reason", done.error().text}});
    }
  }
}

void HttpEndpoint::add_routes(net::HttpRoutes& routes) {
  for (const auto* path : {"/ping", "/replicas_status"}) {
    routes.add("GET", path, say_ok);
    routes.add("HEAD", path, say_ok);
  }
  for (const auto* method : {"GET", "POST", "HEAD", "PUT"}) {
    routes.add_blocking(method, "/", [this](net::HttpBlockingExchange& http) { handle(http); });
  }
}

const StoreUser* HttpEndpoint::authenticate(const Credentials& credentials) const {
  for (const auto& user : options_.users) {
    if (user.name == credentials.user) {
      return equal_secret(credentials.password, user.password) ? &user : nullptr;
    }
  }
  return nullptr;
}

std::string HttpEndpoint::make_query_id() {
  const std::lock_guard lock(random_mutex_);
  return random_.uuid();
}

void HttpEndpoint::handle(net::HttpBlockingExchange& http) {
  const auto& message = http.request();
  if (message.path != "/") {
    static_cast<void>(http.reply(net::http_text(404, "There is no handle " + message.path + "\n")));
    return;
  }
  const bool is_query = message.method == "POST" || net::has_query_param(message.query, "query");
  if (!is_query) {
    static_cast<void>(http.reply(net::http_text(200, "Ok.\n")));
    return;
  }
  queries_.add(1);
  const auto request = parse_query_request(message, make_query_id());
  if (!request.has_value()) {
    const QueryRequest nothing;
    Answer(http, nothing, context_.clock, server_).fail(request.error());
    return;
  }
  Answer answer(http, *request, context_.clock, server_);
  const Outcome outcome = [&]() -> Outcome {
    const StoreUser* user = authenticate(request->credentials);
    if (user == nullptr) {
      return std::unexpected(make_error(
          kAuthenticationFailed, "AUTHENTICATION_FAILED",
          fmt::format("{}: Authentication failed: password is incorrect, or there is no user with "
                      "such name",
                      request->credentials.user)));
    }
    BodyReader body(http, request->body_coding);
    Gathered gathered;
    if (auto done = gather(*request, body, gathered); !done.has_value()) {
      return std::unexpected(std::move(done).error());
    }
    const auto lease = sessions_.acquire(*request);
    if (!lease.has_value()) return std::unexpected(lease.error());
    Execution execution(*request, *user, options_.allow_file_access, *lease);
    if (auto done = execution.prepare(); !done.has_value()) {
      return std::unexpected(std::move(done).error());
    }
    return execution.run(gathered, body, answer);
  }();
  if (!outcome.has_value()) {
    errors_.add(1);
    context_.log.debug("store", "query failed",
                       {{"query_id", request->query_id}, {"code", outcome.error().code}});
    answer.fail(outcome.error());
    return;
  }
  rows_written_.add(outcome->written_rows);
  answer.finish(*outcome);
}

}  // namespace weir::store
