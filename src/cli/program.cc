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

CLI::App* add_command(CLI::App& app, Program& program, std::string_view name,
                      std::string_view summary, std::string_view examples,
                      std::function<Status()> run) {
  auto* command = app.add_subcommand(std::string(name), std::string(summary));
  command->footer(fmt::format("Examples:\n{}", examples));
  command->add_flag("--json", program.json, "Print for machines: one JSON object a line");
  command->add_option("--log-level", program.log_level, "What is logged to standard error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  command->callback([&program, body = std::move(run)] {
    program.logger = make_logger(program.json ? LogFormat::kJson : default_log_format(),
                                 parse_level(program.log_level));
    const Status done = body();
    if (!done.has_value()) {
      std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
      program.exit_status = 1;
    }
  });
  return command;
}

int run_program(int argc, char** argv) {
  Program program;
  CLI::App app("weir: real-time analytics in one program, written in Flink SQL and ClickHouse SQL",
               "weir");
  app.require_subcommand(1);
  app.footer("`weir COMMAND --help` explains one command.");
  for (const DefineCommand define : all_commands()) define(app, program);
  // CLI11 reports both wrong options and --help by throwing; it ends here.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageStatus;
  }
  return program.exit_status;
}

}  // namespace weir::cli
