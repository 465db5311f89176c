#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <map>

#include "base/random.h"
#include "cli/console_printer.h"
#include "cli/program.h"
#include "connectors/factory.h"
#include "exec/rejects.h"

namespace weir::cli {
namespace {

constexpr int64_t kJobPollMs = 20;

struct SqlArguments {
  std::vector<std::string> files;
  std::vector<std::string> statements;
  std::vector<std::string> endpoints;
  std::string data_dir;
  bool print_rows = false;
  server::ScriptOptions script;
};

struct Script {
  std::string text;
  std::string name;  // empty: not from a file
};

// A folder for the state of jobs that need not outlive the command.
class ScratchFolder {
 public:
  explicit ScratchFolder(Env& env) : env_(env) {}
  ~ScratchFolder() {
    if (!path_.empty()) (void)env_.remove_tree(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  Result<std::string> make() {
    const char* base = std::getenv("TMPDIR");
    path_ = join_path(base == nullptr ? "/tmp" : base,
                      "weir-sql-" + Random(secure_random_seed()).uuid());
    WEIR_TRY(env_.make_dirs(path_));
    return path_;
  }

 private:
  Env& env_;
  std::string path_;
};

Result<std::vector<Script>> collect_scripts(Env& env, const SqlArguments& arguments) {
  std::vector<Script> scripts;
  for (const auto& file : arguments.files) {
    scripts.push_back({WEIR_TRY(read_file(env, file)), file});
  }
  for (const auto& statement : arguments.statements) scripts.push_back({statement, {}});
  if (!scripts.empty()) return scripts;
  if (::isatty(STDIN_FILENO) == 1) {
    return invalid("nothing to run").hint("give -f FILE or -e STATEMENT, or pipe a script in");
  }
  scripts.push_back({{std::istreambuf_iterator<char>(std::cin), {}}, "standard input"});
  return scripts;
}

Result<connectors::Environment> make_environment(const SqlArguments& arguments) {
  connectors::Environment wiring;
  wiring.formats = formats::all_formats();
  wiring.datagen_seed = secure_random_seed();
  for (const auto& endpoint : arguments.endpoints) {
    const size_t equals = endpoint.find('=');
    if (equals == std::string::npos) {
      return invalid("--endpoint: not NAME:PORT=HOST:PORT: " + endpoint)
          .hint("for example kafka:9092=127.0.0.1:9092");
    }
    wiring.endpoints[endpoint.substr(0, equals)] = endpoint.substr(equals + 1);
  }
  return wiring;
}

// Until every job has ended; a signal stops them with a last checkpoint.
Status wait_for_jobs(const Program& program, const server::ScriptRunner& runner) {
  for (const auto& job : runner.jobs()) {
    while (!job->wait_for(kJobPollMs)) {
      if (!program.stop.stopped()) continue;
      for (const auto& other : runner.jobs()) other->request_stop();
    }
    WEIR_TRY(job->wait());
  }
  return ok();
}

// Nothing is lost in silence: there is no topic here that could keep the rows that left the stream.
void report_rejects(const Program& program) {
  for (const auto& sample : program.metrics.snapshot()) {
    if (sample.name != exec::kRejectedRowsMetric) continue;
    std::map<std::string, std::string> labels(sample.labels.begin(), sample.labels.end());
    program.logger->warning("sql",
                            labels["kind"] == "late"
                                ? "rows that came too late are not in the result"
                                : "records that cannot be processed are not in the result "
                                  "(SET 'weir.bad-records' = 'fail' stops at the first)",
                            {{"rows", sample.value}, {"reason", labels["reason"]}});
  }
}

Status run_scripts(Program& program, SqlArguments& arguments) {
  Context context = program.context();
  const auto scripts = WEIR_TRY(collect_scripts(context.env, arguments));
  ScratchFolder scratch(context.env);
  arguments.script.state_dir =
      arguments.data_dir.empty() ? WEIR_TRY(scratch.make()) : arguments.data_dir;
  arguments.script.stopping = [&program] { return program.stop.stopped(); };
  connectors::Factory connectors(WEIR_TRY(make_environment(arguments)));
  RowStyle style = program.json ? RowStyle::kJson : RowStyle::kTableau;
  if (arguments.print_rows) style = RowStyle::kPrint;
  ConsolePrinter printer(style);
  server::ScriptRunner runner(context, connectors.registry(), connectors, printer,
                              arguments.script);
  for (const auto& script : scripts) WEIR_TRY(runner.run(script.text, script.name));
  return wait_for_jobs(program, runner);
}

Status run_sql(Program& program, SqlArguments& arguments) {
  const Status done = run_scripts(program, arguments);
  std::fflush(stdout);
  report_rejects(program);
  return done;
}

}  // namespace

void define_sql(CommandLine& line, Program& program) {
  auto arguments = std::make_shared<SqlArguments>();
  Command command = add_command(
      line, program, "sql", "Run Flink SQL: statements in order, INSERTs side by side",
      "  weir sql -e \"SELECT UPPER('hello')\"\n"
      "  weir sql -f job.sql --endpoint kafka:9092=127.0.0.1:9092\n"
      "  weir sql --rows -f query.sql     # rows as +I[a, b]",
      [&program, arguments] { return run_sql(program, *arguments); }, LogLevel::kWarning);
  command.texts("-f,--file", arguments->files, "A script; may be repeated");
  command.texts("-e,--execute", arguments->statements,
                "Statements, after the scripts; may be repeated");
  command.flag("--rows", arguments->print_rows,
               "Print only the rows of queries, as Flink's print connector does");
  command.texts("--endpoint", arguments->endpoints,
                "NAME:PORT=HOST:PORT: where a server named in SQL really is");
  command.text("--data", arguments->data_dir,
               "Keep the state of jobs here, and go on from it (nowhere)");
  command.number("--parallelism", arguments->script.parallelism, kParallelismRange,
                 "Lanes of every job, instead of what the SQL sets");
}

}  // namespace weir::cli
