#include "cli/command_line.h"

#include <CLI/CLI.hpp>

namespace weir::cli {

void Command::flag(std::string_view name, bool& value, std::string_view help) {
  parser_.add_flag(std::string(name), value, std::string(help));
}

void Command::text(std::string_view name, std::string& value, std::string_view help,
                   Presence presence) {
  auto* option = parser_.add_option(std::string(name), value, std::string(help));
  option->required(presence == Presence::kRequired);
  if (!value.empty()) option->capture_default_str();
}

void Command::texts(std::string_view name, std::vector<std::string>& values,
                    std::string_view help) {
  parser_.add_option(std::string(name), values, std::string(help));
}

void Command::choice(std::string_view name, std::string& value,
                     std::initializer_list<const char*> choices, std::string_view help) {
  parser_.add_option(std::string(name), value, std::string(help))
      ->check(CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())))
      ->capture_default_str();
}

void Command::number(std::string_view name, std::optional<int64_t> shown, NumberRange range,
                     std::string_view help, std::function<void(int64_t)> set) {
  auto* option =
      parser_.add_option_function<int64_t>(std::string(name), std::move(set), std::string(help));
  option->check(CLI::Range(range.least, range.most));
  if (shown.has_value() && *shown >= range.least && *shown <= range.most) {
    option->default_str(std::to_string(*shown));
  }
}

CommandLine::CommandLine(std::string_view program, std::string_view summary,
                         std::string_view closing)
    : parser_(std::make_unique<CLI::App>(std::string(summary), std::string(program))) {
  parser_->require_subcommand(1);
  parser_->footer(std::string(closing));
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(std::string_view name, std::string_view summary, std::string_view examples,
                         std::function<void()> run) {
  auto* command = parser_->add_subcommand(std::string(name), std::string(summary));
  command->footer(fmt::format("Examples:\n{}", examples));
  command->callback(std::move(run));
  return Command(*command);
}

CommandLine::Outcome CommandLine::parse(int argc, char** argv) {
  // CLI11 reports both wrong options and --help by throwing; it ends here.
  try {
    parser_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parser_->exit(error) == 0 ? Outcome::kHelped : Outcome::kRefused;
  }
  return Outcome::kRan;
}

}  // namespace weir::cli
