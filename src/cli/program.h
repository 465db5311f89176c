// Program: what every subcommand of `weir` gets, and the one list of subcommands.
//
// A subcommand is one file cli/<name>.cc with a function that adds it to the command line, defines
// its options and sets what runs when it is chosen, and one row in cli/all.cc. Exit status: 0
// when what was asked for was done, 1 when it failed (the error is on standard error), 2 when the
// command line itself is wrong. Main thread only.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/context.h"
#include "base/result.h"
#include "base/stop_signal.h"
#include "cli/command_line.h"

namespace weir::cli {

struct Program {
  Metrics metrics;
  std::unique_ptr<Logger> logger;
  StopSignal stop;
  bool json = false;      // --json: what is printed is for machines
  std::string log_level;  // --log-level; empty: the command's usual one
  int exit_status = 0;

  [[nodiscard]] Context context() {
    return {.env = system_env(), .clock = system_clock(), .log = *logger, .metrics = metrics};
  }
};

using DefineCommand = void (*)(CommandLine& line, Program& program);

// In the order of the help text.
[[nodiscard]] std::span<const DefineCommand> all_commands();

// Adds a subcommand with the options that all have; `run` is called when it is chosen and its error
// ends the program with status 1. `usual_level` is what is logged when --log-level says nothing.
Command add_command(CommandLine& line, Program& program, std::string_view name,
                    std::string_view summary, std::string_view examples,
                    std::function<Status()> run, LogLevel usual_level = LogLevel::kInfo);

// Parses the command line and runs the chosen subcommand; the value is the exit status.
int run_program(int argc, char** argv);

void define_run(CommandLine& line, Program& program);
void define_sql(CommandLine& line, Program& program);
void define_broker(CommandLine& line, Program& program);
void define_store(CommandLine& line, Program& program);
void define_topics(CommandLine& line, Program& program);
void define_version(CommandLine& line, Program& program);

}  // namespace weir::cli
