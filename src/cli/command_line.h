// CommandLine: the subcommands of `weir` with their options, and the reading of what was typed.
//
// A subcommand binds each option to a variable, which outlives the CommandLine. What the variable
// holds when it is bound is the default; the help text shows it unless it means "not given": an
// empty text or optional, a number outside of the range. A name is "--long", "-s,--long", or
// without dashes for an argument that is told by its place. Wrong input (an unknown option, a
// number out of range) is told to the user on standard error, with the option's name. Main thread
// only.
//
// The parser is CLI11. Only command_line.cc sees it: its header takes ten seconds to compile.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace weir::cli {

// Both ends belong to it.
struct NumberRange {
  int64_t least = 0;
  int64_t most = 0;
};
inline constexpr NumberRange kPortRange{0, 65535};
inline constexpr NumberRange kParallelismRange{1, 128};

enum class Presence { kOptional, kRequired };

// One subcommand; a reference into its CommandLine.
class Command {
 public:
  explicit Command(CLI::App& parser) : parser_(parser) {}

  // True once it was typed.
  void flag(std::string_view name, bool& value, std::string_view help);
  void text(std::string_view name, std::string& value, std::string_view help,
            Presence presence = Presence::kOptional);
  // May be repeated.
  void texts(std::string_view name, std::vector<std::string>& values, std::string_view help);
  void choice(std::string_view name, std::string& value, std::initializer_list<const char*> choices,
              std::string_view help);

  // The range must fit into the variable's type.
  template <std::integral T>
  void number(std::string_view name, T& value, NumberRange range, std::string_view help) {
    number(name, static_cast<int64_t>(value), range, help,
           [&value](int64_t typed) { value = static_cast<T>(typed); });
  }
  template <std::integral T>
  void number(std::string_view name, std::optional<T>& value, NumberRange range,
              std::string_view help) {
    number(name, value, range, help, [&value](int64_t typed) { value = static_cast<T>(typed); });
  }

 private:
  void number(std::string_view name, std::optional<int64_t> shown, NumberRange range,
              std::string_view help, std::function<void(int64_t)> set);

  CLI::App& parser_;
};

class CommandLine {
 public:
  // `closing` ends the help text.
  CommandLine(std::string_view program, std::string_view summary, std::string_view closing);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // `run` is called by parse() when the subcommand was chosen, after its options were set.
  Command add(std::string_view name, std::string_view summary, std::string_view examples,
              std::function<void()> run);

  enum class Outcome {
    kRan,
    kHelped,   // --help: the text was printed
    kRefused,  // the command line is wrong; why is on standard error
  };
  // `weir help [COMMAND]` and `weir --version` are understood, too.
  Outcome parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> parser_;
};

}  // namespace weir::cli
