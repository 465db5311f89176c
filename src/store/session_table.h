// SessionTable: engine connections for requests, kept between requests that name a session.
//
// A request without session_id gets a fresh connection that ends with it, so no setting leaks. One
// with session_id gets the connection of that user's session, exclusively: a second request at the
// same time is refused (SESSION_IS_LOCKED), as ClickHouse does. Sessions that nobody used for their
// timeout are closed when the table is next touched. Any thread.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "store/chdb.h"
#include "store/query_request.h"

namespace weir::store {

class SessionTable;

// A connection for one request; gives a session's connection back when it goes.
class SessionLease {
 public:
  SessionLease(SessionLease&&) noexcept = default;
  SessionLease& operator=(SessionLease&&) = delete;
  ~SessionLease();
  [[nodiscard]] Connection& connection() const { return *connection_; }
  [[nodiscard]] bool is_session() const { return table_ != nullptr; }
  [[nodiscard]] bool is_new() const { return is_new_; }

 private:
  friend class SessionTable;
  SessionLease(std::unique_ptr<Connection> connection, bool is_new)
      : connection_(std::move(connection)), is_new_(is_new) {}
  std::unique_ptr<Connection> connection_;
  SessionTable* table_ = nullptr;
  std::pair<std::string, std::string> key_;  // user, session_id
  bool is_new_ = true;
};

class SessionTable {
 public:
  static constexpr size_t kMaxSessions = 1000;

  SessionTable(Engine& engine, Clock& clock) : engine_(engine), clock_(clock) {}

  std::expected<SessionLease, EngineError> acquire(const QueryRequest& request);
  // Closes all sessions that no request uses.
  void clear();

 private:
  friend class SessionLease;
  struct Entry {
    std::unique_ptr<Connection> connection;  // empty while a request uses it
    int64_t timeout_ms = 0;
    int64_t expires_at_ms = 0;
  };
  void give_back(const std::pair<std::string, std::string>& key, std::unique_ptr<Connection> used);
  std::expected<SessionLease, EngineError> fresh();

  Engine& engine_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Entry> sessions_;
};

}  // namespace weir::store
