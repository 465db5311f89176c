
#include <cmath>
#include <cstdio>

#include "base/json_object.h"
#include "cli/console_printer.h"
#include "cli/live_view.h"
#include "cli/program.h"
#include "server/server.h"

namespace weir::cli {
namespace {

constexpr int64_t kRefreshMs = 500;
constexpr int64_t kFinishedPollMs = 20;

struct RunArguments {
  std::string folder = "pipelines/unified-events";
  std::string duration;  // --for
  bool once = false;
  bool no_generate = false;
  server::ServerOptions server;
};

// "30s", "2m", "500ms", "1h"; -1 for no limit.
Result<int64_t> parse_duration_ms(const std::string& text) {
  if (text.empty()) return -1;
  char* unit = nullptr;
  const double number = std::strtod(text.c_str(), &unit);
  const std::string_view suffix = unit;
  double scale = 0;
  if (suffix == "ms") scale = 1;
  if (suffix == "s" || suffix.empty()) scale = 1e3;
  if (suffix == "m") scale = 60e3;
  if (suffix == "h") scale = 3600e3;
  if (scale == 0 || unit == text.c_str() || number < 0 || !std::isfinite(number)) {
    return invalid("--for: not a duration: " + text).hint("write 500ms, 30s, 2m or 1h");
  }
  return std::llround(number * scale);
}

void print_json(const char* event, const server::RunStatus& status) {
  std::printf("%s\n", status_json(event, status).c_str());
  std::fflush(stdout);
}

void print_started(const Program& program, const server::Server& server,
                   const std::string& pipeline, bool live) {
  if (program.json) {
    JsonObject out;
    out.add("event", "started").add("pipeline", pipeline).add("kafka", server.kafka_address());
    out.add("clickhouse", server.clickhouse_url()).add("data", server.data_dir());
    out.add("notices", server.notices());
    std::printf("%s\n", out.text().c_str());
  } else {
    std::printf("Kafka       %s\n", server.kafka_address().c_str());
    if (!server.clickhouse_url().empty()) {
      std::printf("ClickHouse  %s\n", server.clickhouse_url().c_str());
    }
    std::printf("data        %s\n", server.data_dir().c_str());
    for (const auto& notice : server.notices()) std::printf("note        %s\n", notice.c_str());
    if (live) {
      std::printf("log         %s\n\n", join_path(server.data_dir(), "weir.log").c_str());
    } else {
      std::printf("\nrunning; the counts come at the end\n");
    }
  }
  std::fflush(stdout);
}

// Shows the run until it ends by itself, by time or by a signal.
void watch(Program& program, const server::Server& server, int64_t limit_ms, bool once) {
  LiveTerminal terminal;
  auto before = server.status();
  int64_t next_ms = 0;
  while (true) {
    auto now = server.status();
    if (now.elapsed_ms >= next_ms) {
      if (program.json) {
        print_json("status", now);
      } else {
        terminal.draw(render_status(now, before, terminal.view_options()));
      }
      next_ms = now.elapsed_ms + kRefreshMs;
      before = now;
    }
    const int64_t left_ms = limit_ms < 0 ? kRefreshMs : limit_ms - now.elapsed_ms;
    if (left_ms <= 0 || server.failure().has_value()) return;
    if (once && server.finished()) return;
    const int64_t pause_ms = once ? kFinishedPollMs : kRefreshMs;
    if (program.stop.wait_ms(std::min(left_ms, pause_ms))) return;
  }
}

void print_end(const Program& program, const server::RunStatus& last, const std::string& folder) {
  if (program.json) {
    print_json("summary", last);
    return;
  }
  for (const auto& line : render_summary(last)) std::printf("%s\n", line.c_str());
  std::printf("\nNext: run it again and it goes on (--fresh starts anew), or look at\n");
  for (const char* file : {"README.md", "pipeline.sql"}) {
    const std::string path = join_path(folder, file);
    if (system_env().exists(path)) std::printf("  %s\n", path.c_str());
  }
}

uint64_t rows_that_arrived(const server::RunStatus& status) {
  uint64_t rows = 0;
  for (const auto& table : status.tables) rows += table.rows;
  if (!status.store.empty()) return rows;
  for (const auto& at : status.operators) rows += at.rows_in;
  return rows;
}

Status run_pipeline(Program& program, RunArguments& arguments) {
  const int64_t limit_ms = WEIR_TRY(parse_duration_ms(arguments.duration));
  arguments.server.generate = !arguments.no_generate && !arguments.once;

  auto pipeline = WEIR_TRY(server::load_pipeline(system_env(), arguments.folder));
  const std::string name = pipeline.name;
  if (arguments.server.data_dir.empty()) {
    arguments.server.data_dir = join_path(pipeline.folder, ".weir");
  }
  const bool live = LiveTerminal::on_terminal() && !program.json;
  if (live) {
    // Log lines would tear the live view apart.
    WEIR_TRY(system_env().make_dirs(arguments.server.data_dir));
    program.logger = WEIR_TRY(
        make_file_logger(join_path(arguments.server.data_dir, "weir.log"), LogLevel::kInfo));
  }
  Context context = program.context();
  ConsolePrinter printer(RowStyle::kSilent);
  const auto server =
      WEIR_TRY(server::Server::start(context, std::move(pipeline), arguments.server, printer,
                                     [&program] { return program.stop.stopped(); }));
  if (arguments.once && limit_ms < 0 && !server->endless_job().empty()) {
    return invalid(fmt::format("--once: the job {} never ends by itself", server->endless_job()))
        .hint("say where its source ends ('scan.bounded.mode' = 'latest-offset'), or use --for");
  }
  print_started(program, *server, name, live);
  watch(program, *server, limit_ms, arguments.once);
  const auto failure = server->failure();
  if (!failure.has_value()) server->drain();
  const auto last = server->status();
  const Status stopped = server->stop();
  print_end(program, last, arguments.folder);
  if (failure.has_value()) return *failure;
  WEIR_TRY(stopped);
  if (limit_ms >= 0 && rows_that_arrived(last) == 0) {
    return unavailable("no row arrived in the time given")
        .hint("give it longer, or see in the log what it waits for");
  }
  return ok();
}

}  // namespace

void define_run(CommandLine& line, Program& program) {
  auto arguments = std::make_shared<RunArguments>();
  auto& server = arguments->server;
  Command command =
      add_command(line, program, "run", "Run a pipeline with everything it needs, and watch it",
                  "  weir run pipelines/unified-events\n"
                  "  weir run pipelines/unified-events --rate 5000 --for 30s\n"
                  "  weir run . --once --json        # until all bounded jobs have ended",
                  [&program, arguments] { return run_pipeline(program, *arguments); });
  command.text("DIR", arguments->folder, "The pipeline's folder");
  command.text("--for", arguments->duration, "Stop after this long: 30s, 2m");
  command.flag("--once", arguments->once, "Stop when all jobs have ended; no synthetic load");
  command.flag("--no-generate", arguments->no_generate, "Do not run generate.sql");
  command.number("--rate", server.rate, {0, 100'000'000},
                 "Events a second that generate.sql makes, all together");
  command.text("--data", server.data_dir, "Where data lies (.weir in the pipeline's folder)");
  command.flag("--fresh", server.fresh, "Remove what earlier runs left there");
  command.number("--parallelism", server.parallelism, kParallelismRange,
                 "Lanes of every job, instead of what the SQL sets");
  command.number("--kafka-port", server.kafka_port, kPortRange,
                 "Port of the broker; 0: a free one");
  command.number("--clickhouse-port", server.clickhouse_port, kPortRange,
                 "Port of the store; 0: a free one");
}

}  // namespace weir::cli
