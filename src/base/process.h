// Process: a child program under our eyes.
//
// Started with an argument vector (no shell), standard input closed, standard output and error read
// line by line on a thread of ours. With `die_with_parent` the kernel kills the child when the
// THREAD that started it ends (PR_SET_PDEATHSIG), so start such children from a thread that lives
// as long as they should. The destructor kills and reaps. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

// How a child ended.
struct ExitStatus {
  int code = 0;    // of exit(); 0 when a signal ended it
  int signal = 0;  // that ended it; 0 when it exited

  [[nodiscard]] bool clean() const { return code == 0 && signal == 0; }
  [[nodiscard]] std::string to_string() const;  // "exited with 1", "was killed by signal 9"
};

struct ProcessOptions {
  std::vector<std::string> arguments;  // the first is the program's path
  bool die_with_parent = true;
  // Called on the reader thread with each line of output, without its newline.
  std::function<void(std::string_view)> on_line;
};

class Process {
 public:
  static Result<std::unique_ptr<Process>> start(ProcessOptions options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] int pid() const;
  // Waits at most this long; empty when the child still runs.
  std::optional<ExitStatus> wait(int64_t timeout_ms);
  // SIGTERM: please end. Nothing happens when it has ended.
  void terminate();
  // SIGKILL.
  void kill();

 private:
  struct State;
  explicit Process(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The path of the running program.
[[nodiscard]] std::string executable_path();
[[nodiscard]] int process_id();

}  // namespace weir
