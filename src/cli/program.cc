#include "cli/program.h"

#include <cstdio>

namespace weir::cli {
namespace {

constexpr int kUsageStatus = 2;

constexpr std::array<std::pair<const char*, LogLevel>, 4> kLevels{{{"debug", LogLevel::kDebug},
                                                                   {"info", LogLevel::kInfo},
                                                                   {"warning", LogLevel::kWarning},
                                                                   {"error", LogLevel::kError}}};

LogLevel parse_level(const std::string& name, LogLevel usual) {
  for (const auto& [known, level] : kLevels) {
    if (name == known) return level;
  }
  return usual;
}

std::string_view level_name(LogLevel level) {
  for (const auto& [name, known] : kLevels) {
    if (level == known) return name;
  }
  return "info";
}

}  // namespace

Command add_command(CommandLine& line, Program& program, std::string_view name,
                    std::string_view summary, std::string_view examples,
                    std::function<Status()> run, LogLevel usual_level) {
  Command command =
      line.add(name, summary, examples, [&program, body = std::move(run), usual_level] {
        program.logger = make_logger(program.json ? LogFormat::kJson : default_log_format(),
                                     parse_level(program.log_level, usual_level));
        const Status done = body();
        if (!done.has_value()) {
          std::fflush(stdout);  // so that the error stands behind what led to it
          std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
          program.exit_status = 1;
        }
      });
  command.flag("--json", program.json, "Print for machines: one JSON object a line");
  command.choice("--log-level", program.log_level, {"debug", "info", "warning", "error"},
                 fmt::format("What is logged to standard error ({})", level_name(usual_level)));
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
