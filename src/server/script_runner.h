// ScriptRunner: runs a Flink SQL script: statements in order, jobs side by side.
//
// The whole text is parsed before the first statement runs. Definitions and settings act at once;
// an INSERT or a statement set becomes a job that goes on while the next statement runs; a SELECT
// runs to its end (or until the stop) before the next. What a statement has to say goes to the
// Printer. Owner: one thread; the jobs have threads of their own. The first statement that fails
// ends the script; jobs that were started are then the caller's to stop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "checkpoint/job.h"
#include "exec/connector_factory.h"
#include "plan/session.h"

namespace weir::server {

// Where the words of statements go.
class Printer {
 public:
  virtual ~Printer() = default;
  virtual void done(const plan::Done& done) = 0;
  virtual void rows(const plan::ResultRows& rows) = 0;
  // The head of a SELECT, its batches (on a lane's thread, one at a time), its end. `time_zone` is
  // the session's.
  virtual void query_begins(const types::Schema& schema, const std::string& time_zone) = 0;
  virtual Status query_batch(const types::Batch& batch) = 0;
  virtual void query_ends() = 0;
};

struct ScriptOptions {
  std::string state_dir;     // checkpoints of the jobs lie below; empty: jobs keep no state on disk
  uint32_t parallelism = 0;  // 0: what the script sets
  // Set before the first statement, as if by SET.
  std::vector<std::pair<std::string, std::string>> settings;
  bool queries = true;  // false: a SELECT on its own is refused, before anything runs
  // True when the program is to stop: ends a SELECT that goes on for ever.
  std::function<bool()> stopping;
};

class ScriptRunner {
 public:
  // All must outlive the runner.
  ScriptRunner(Context& context, sql::Registry registry, exec::ConnectorFactory& connectors,
               Printer& printer, ScriptOptions options);

  // `file` names the text in messages.
  Status run(const std::string& text, const std::string& file);

  [[nodiscard]] const std::vector<std::unique_ptr<checkpoint::Job>>& jobs() const { return jobs_; }
  // Folders of the state folder that belong to none of the jobs: what an earlier script left there.
  [[nodiscard]] std::vector<std::string> unused_state() const;

 private:
  // Of the session, where nothing was said by the options and the machine.
  Result<exec::JobSettings> job_settings(const plan::Plan& plan);
  Status run_outcome(plan::Outcome outcome);
  Status start_job(plan::Plan plan);
  Status run_query(plan::Plan plan);

  Context& context_;
  exec::ConnectorFactory& connectors_;
  Printer& printer_;
  ScriptOptions options_;
  plan::Session session_;
  std::vector<std::string> folders_;  // of the jobs' state, by name
  std::vector<std::unique_ptr<checkpoint::Job>> jobs_;
};

}  // namespace weir::server
