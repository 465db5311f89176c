#include "cli/program.h"

#include <cstdio>

namespace weir::cli {
namespace {

constexpr int kUsageStatus = 2;

LogLevel parse_level(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

}  // namespace

Command add_command(CommandLine& line, Program& program, std::string_view name,
                    std::string_view summary, std::string_view examples,
                    std::function<Status()> run) {
  Command command = line.add(name, summary, examples, [&program, body = std::move(run)] {
    program.logger = make_logger(program.json ? LogFormat::kJson : default_log_format(),
                                 parse_level(program.log_level));
    const Status done = body();
    if (!done.has_value()) {
      std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
      program.exit_status = 1;
    }
  });
  command.flag("--json", program.json, "Print for machines: one JSON object a line");
  command.choice("--log-level", program.log_level, {"debug", "info", "warning", "error"},
                 "What is logged to standard error");
  return command;
}

int run_program(int argc, char** argv) {
  Program program;
  CommandLine line(
      "weir", "weir: real-time analytics in one program, written in Flink SQL and ClickHouse SQL",
      "`weir COMMAND --help` explains one command.");
  for (const DefineCommand define : all_commands()) define(line, program);
  switch (line.parse(argc, argv)) {
    case CommandLine::Outcome::kRan: return program.exit_status;
    case CommandLine::Outcome::kHelped: return 0;
    case CommandLine::Outcome::kRefused: return kUsageStatus;
  }
  return kUsageStatus;
}

}  // namespace weir::cli
