#include "cli/command_line.h"

#include <CLI/CLI.hpp>

#include <cstdio>

#include "base/nearest.h"
#include "base/result.h"

namespace weir::cli {
namespace {

std::vector<std::string> command_names(const CLI::App& parser) {
  std::vector<std::string> names;
  for (const auto* command : parser.get_subcommands([](const auto*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// What is wrong with the line, in the words of our other errors.
Error explain(const CLI::App& parser, const CLI::ParseError& error) {
  const auto chosen = parser.get_subcommands();
  if (chosen.empty()) {
    const auto commands = command_names(parser);
    const std::string hint = fmt::format("the commands are {}; `{} --help` explains them",
                                         fmt::join(commands, ", "), parser.get_name());
    const auto rest = parser.remaining();
    if (rest.empty()) return invalid("no command given").hint(hint);
    const bool near = nearest(rest.front(), commands).has_value();
    return invalid(fmt::format("there is no command \"{}\"", rest.front()))
        .hint(near ? nearest_hint(rest.front(), commands) : hint);
  }
  const CLI::App& command = *chosen.front();
  const std::string help =
      fmt::format("`{} {} --help` lists the options", parser.get_name(), command.get_name());
  const auto rest = command.remaining();
  if (rest.empty()) return invalid(error.what()).hint(help);
  const auto options = option_names(command);
  const bool near = nearest(rest.front(), options).has_value();
  return invalid(fmt::format("{} {} does not know \"{}\"", parser.get_name(), command.get_name(),
                             rest.front()))
      .hint(near ? nearest_hint(rest.front(), options) : help);
}

// What people type out of habit: `weir help`, `weir help run`, `weir --version`.
std::vector<std::string> usual_words(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) return words;
  if (words.front() == "--version") words.front() = "version";
  if (words.front() == "help") {
    words.erase(words.begin());
    words.resize(std::min<size_t>(words.size(), 1));
    words.emplace_back("--help");
  }
  return words;
}

}  // namespace

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
  auto* option = parser_.add_option(std::string(name), value, std::string(help));
  option->check(CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())));
  if (!value.empty()) option->capture_default_str();
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
  auto words = usual_words(argc, argv);
  std::ranges::reverse(words);  // as CLI11 wants them
  // CLI11 reports both wrong options and --help by throwing; it ends here.
  try {
    parser_->parse(std::move(words));
  } catch (const CLI::CallForHelp& help) {
    parser_->exit(help);
    return Outcome::kHelped;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s\n", explain(*parser_, error).to_string().c_str());
    return Outcome::kRefused;
  }
  return Outcome::kRan;
}

}  // namespace weir::cli
