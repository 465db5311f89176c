// Script: applies a pipeline's clickhouse.sql to a store, statement by statement, over HTTP.
//
// The same for the embedded store and a real ClickHouse. What was applied is remembered in a file
// (docs/formats/store-files.md), one hash a statement, so that a start with an unchanged script is
// harmless and an added statement runs:
// - CREATE statements run at every start; that their object exists already is fine for a statement
//   that was applied before (or says IF NOT EXISTS), and an error with a hint for a changed one;
// - SET and USE run at every start: they set the session up for what follows;
// - all others (INSERT, ALTER, CREATE OR REPLACE, ...) run once.
// A statement that fails ends the script: the error has the file, line and column and the server's
// message; what ran before it stays and is remembered. Blocks; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/env.h"
#include "base/result.h"

namespace weir::store {

struct ScriptTarget {
  std::string host = "127.0.0.1";
  uint16_t port = 8123;
  std::string user = "default";
  std::string password;
};

struct ScriptOutcome {
  size_t executed = 0;   // statements that did something
  size_t unchanged = 0;  // those that were there already
};

// `file_name` as the user knows it, for messages; `memory_path` is where the hashes live.
Result<ScriptOutcome> apply_script(Env& env, const ScriptTarget& target, std::string_view script,
                                   const std::string& file_name, const std::string& memory_path);

}  // namespace weir::store
