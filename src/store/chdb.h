// The embedded ClickHouse engine: the only file that knows libchdb's C API.
//
// libchdb is opened at run time (dlopen), never linked: 0.5 GB that only the store process maps.
// One Engine a process; it holds one connection open, because the engine shuts down with its last
// one. A Connection is a ClickHouse session (settings, current database, temporary tables) and
// serves one statement at a time; different connections run side by side. Opening one costs about
// 0.3 ms.
//
// Failures: an EngineError is what the server said, with ClickHouse's error code. All calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::store {

// What ClickHouse says: "Code: 60. DB::Exception: ... (UNKNOWN_TABLE)".
struct EngineError {
  int code = 0;      // ClickHouse's number; 1001 (STD_EXCEPTION) when the text has none
  std::string text;  // the whole line
};

// Reads the number out of the text.
[[nodiscard]] EngineError engine_error(std::string text);

struct QueryProgress {
  uint64_t read_rows = 0;  // from storage
  uint64_t read_bytes = 0;
  uint64_t written_rows = 0;
  uint64_t written_bytes = 0;
  uint64_t result_rows = 0;
  uint64_t result_bytes = 0;

  void add(const QueryProgress& other);
};

// What a statement would do, as the engine's own parser sees it.
enum class StatementClass { kReadOnly, kMutating, kMutatingGlobal, kControl, kUnknown };
struct StatementAnalysis {
  StatementClass statement_class = StatementClass::kUnknown;
  uint32_t statements = 0;  // 0 when the text does not parse
};

namespace detail {
struct Library;
}

// Takes a piece of a result; false ends the query.
using ResultSink = std::function<bool(std::string_view)>;

class InsertStream;

class Connection {
 public:
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement; its whole result goes to `sink` in one piece. `sql` must not carry rows of
  // users: see InsertStream.
  std::expected<QueryProgress, EngineError> query(std::string_view sql, std::string_view format,
                                                  const ResultSink& sink);
  // Runs a SELECT whose result comes block by block, each formatted on its own: for formats without
  // a head and a foot only. kNotStreamable when the statement is of another kind.
  std::expected<QueryProgress, EngineError> query_in_blocks(std::string_view sql,
                                                            std::string_view format,
                                                            const ResultSink& sink);
  static constexpr int kNotStreamable = -1;

  // `sql` is the INSERT up to its rows, without FORMAT; the rows follow in `format`.
  std::expected<std::unique_ptr<InsertStream>, EngineError> insert(std::string_view sql,
                                                                   std::string_view format);
  [[nodiscard]] StatementAnalysis analyze(std::string_view sql);

 private:
  friend class Engine;
  Connection(const detail::Library& library, void* handle) : library_(library), handle_(handle) {}
  const detail::Library& library_;
  void* handle_;  // chdb_connection*
};

// Rows on their way into a table. They are never part of a statement's text: the engine ends inline
// rows at a blank line and runs what follows as SQL. Destroyed before finish(), it cancels.
class InsertStream {
 public:
  ~InsertStream();
  InsertStream(const InsertStream&) = delete;
  InsertStream& operator=(const InsertStream&) = delete;

  // Copies the bytes; blocks while the engine is behind. False when the engine gave up: finish()
  // says why.
  bool append(std::string_view bytes);
  std::expected<QueryProgress, EngineError> finish();

 private:
  friend class Connection;
  InsertStream(const detail::Library& library, void* handle) : library_(library), handle_(handle) {}
  const detail::Library& library_;
  void* handle_;
};

struct EngineOptions {
  std::string library_path;            // libchdb.so
  std::vector<std::string> arguments;  // "--path=...", "--config-file=..."
};

class Engine {
 public:
  // kNotFound with a hint when the library is missing; kIo when the engine does not start.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Result<std::unique_ptr<Connection>> connect() const;
  [[nodiscard]] std::string version() const;

 private:
  Engine();
  std::unique_ptr<detail::Library> library_;
  std::vector<std::string> arguments_;
  std::unique_ptr<Connection> keeper_;
};

// lib/libchdb.so beside the program.
[[nodiscard]] std::string default_library_path();

}  // namespace weir::store
