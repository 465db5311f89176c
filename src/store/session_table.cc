#include "store/session_table.h"

namespace weir::store {

SessionLease::~SessionLease() {
  if (table_ != nullptr && connection_ != nullptr) {
    table_->give_back(key_, std::move(connection_));
  }
}

std::expected<SessionLease, EngineError> SessionTable::fresh() {
  auto connection = engine_.connect();
  if (!connection.has_value()) {
    return std::unexpected(make_error(439, "CANNOT_SCHEDULE_TASK", connection.error().message()));
  }
  return SessionLease(std::move(*connection), true);
}

std::expected<SessionLease, EngineError> SessionTable::acquire(const QueryRequest& request) {
  if (request.session_id.empty()) return fresh();
  const auto key = std::pair(request.credentials.user, request.session_id);
  const int64_t now = clock_.monotonic_ms();
  std::vector<std::unique_ptr<Connection>> expired;  // closed after the lock is gone
  const std::lock_guard lock(mutex_);
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const bool over = it->second.connection != nullptr && it->second.expires_at_ms <= now;
    if (over) expired.push_back(std::move(it->second.connection));
    it = over ? sessions_.erase(it) : std::next(it);
  }
  const auto found = sessions_.find(key);
  if (found == sessions_.end() && request.session_check) {
    return std::unexpected(make_error(kSessionNotFound, "SESSION_NOT_FOUND",
                                      "Session not found: " + request.session_id));
  }
  if (found != sessions_.end() && found->second.connection == nullptr) {
    return std::unexpected(
        make_error(kSessionIsLocked, "SESSION_IS_LOCKED",
                   fmt::format("Session {} is locked by a concurrent client", request.session_id)));
  }
  if (found == sessions_.end() && sessions_.size() >= kMaxSessions) {
    return std::unexpected(make_error(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many sessions"));
  }
  auto lease =
      found == sessions_.end() ? fresh() : SessionLease(std::move(found->second.connection), false);
  if (!lease.has_value()) return lease;
  lease->table_ = this;
  lease->key_ = key;
  sessions_[key].timeout_ms = request.session_timeout_s * 1000;
  return lease;
}

void SessionTable::give_back(const std::pair<std::string, std::string>& key,
                             std::unique_ptr<Connection> used) {
  const std::lock_guard lock(mutex_);
  auto& entry = sessions_[key];
  entry.connection = std::move(used);
  entry.expires_at_ms = clock_.monotonic_ms() + entry.timeout_ms;
}

void SessionTable::clear() {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [](const auto& item) { return item.second.connection != nullptr; });
}

}  // namespace weir::store
