// HttpEndpoint: ClickHouse's HTTP interface over the embedded engine.
//
// GET /ping and GET / say "Ok."; any other request to / runs one statement: from ?query=, from the
// body, or the first half here and the second there. An INSERT's rows go through the engine's
// insert stream as they arrive and are never part of a statement's text. Results of formats without
// head and foot are sent block by block; others are sent when they are whole. An error before the
// first byte is a 4xx or 5xx with ClickHouse's text; one after it ends the connection without the
// final chunk, with the text as the last bytes.
//
// Runs on the HTTP server's workers; one connection of the engine for each request (SessionTable).
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/random.h"
#include "net/http_server.h"
#include "store/answer.h"
#include "store/chdb.h"
#include "store/query_request.h"
#include "store/session_table.h"

namespace weir::store {

// SQL text without rows; the engine's own max_query_size (256 KiB) is a setting below it.
inline constexpr size_t kMaxStatementBytes = 16U << 20U;
// The part of an INSERT before its rows.
inline constexpr size_t kMaxInsertHeadBytes = 1U << 20U;
// A result up to this size is sent whole, with its final summary; kMaxWaitBytes bounds
// wait_end_of_query=1.
inline constexpr size_t kAnswerBufferBytes = 1U << 20U;
inline constexpr size_t kMaxWaitBytes = 256U << 20U;

struct StoreUser {
  std::string name;
  std::string password;
  bool read_only = false;
};

struct EndpointOptions {
  std::vector<StoreUser> users;
  bool allow_file_access = false;
};

class HttpEndpoint {
 public:
  HttpEndpoint(Context context, Engine& engine, EndpointOptions options);

  // Adds this endpoint's routes; it must outlive the server.
  void add_routes(net::HttpRoutes& routes);
  void close_sessions() { sessions_.clear(); }

 private:
  void handle(net::HttpBlockingExchange& http);
  [[nodiscard]] const StoreUser* authenticate(const Credentials& credentials) const;
  std::string make_query_id();

  Context context_;
  EndpointOptions options_;
  SessionTable sessions_;
  std::mutex random_mutex_;
  Random random_;
  ServerIdentity server_;
  Counter& queries_;
  Counter& errors_;
  Counter& rows_written_;
};

}  // namespace weir::store
