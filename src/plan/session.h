// Session: text in, what is to be done out. The front of sql/ and plan/ for the server and the CLI.
//
// One user's catalog and settings; one thread at a time. parse_script() looks at syntax only, so a
// slip at the end of a script is found before its first statement runs. execute() takes the
// statements one by one, in order: definitions and settings are done at once, in the session;
// what has rows to show comes back as rows; what must run comes back as a plan. The session runs
// nothing itself. Every error is the user's and has its position; a failed statement leaves the
// session as it was.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "plan/nodes.h"
#include "sql/catalog.h"
#include "sql/connector_info.h"
#include "sql/settings.h"
#include "sql/statement.h"

namespace weir::plan {

// A statement that needed nothing but the session. Flink's client prints "[INFO] ...".
struct Done {
  std::string notice;  // empty: "Execute statement succeeded."
};

// SHOW, DESCRIBE, EXPLAIN, SET: a small table of texts.
struct ResultRows {
  types::Schema schema;
  // NULL is nullopt. One entry a column.
  std::vector<std::vector<std::optional<std::string>>> rows;
};

// An INSERT or a statement set: run it as one job.
struct Job {
  Plan plan;
};

// A SELECT: run it and print its rows; its one sink is a CollectNode.
struct Query {
  Plan plan;
};

using Outcome = std::variant<Done, ResultRows, Job, Query>;

class Session {
 public:
  // The registry's rows must outlive the session.
  explicit Session(sql::Registry registry);

  // `file` is how the text is named in messages; empty: not from a file.
  [[nodiscard]] static Result<std::vector<sql::ParsedStatement>> parse_script(
      std::string_view text, std::string_view file = {});

  [[nodiscard]] Result<Outcome> execute(const sql::ParsedStatement& statement);

  [[nodiscard]] const sql::Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const sql::Settings& settings() const { return settings_; }
  [[nodiscard]] sql::Settings& settings() { return settings_; }

 private:
  sql::Registry registry_;
  sql::Catalog catalog_;
  sql::Settings settings_;
};

}  // namespace weir::plan
