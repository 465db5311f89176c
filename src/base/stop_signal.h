// StopSignal: Ctrl-C and SIGTERM as something to wait for.
//
// One object in the program, made early in main() and alive to its end. The first signal sets it;
// waiters wake at once. A second one ends the process at once with the usual status (128 + number),
// for the user who does not want to wait; within 300 ms of the first it is taken for its echo.
// SIGPIPE is ignored: a closed pipe is an error of a write. Any thread may wait.
#pragma once

#include <cstdint>

namespace weir {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  [[nodiscard]] bool stopped() const;
  // Waits at most `timeout_ms` (-1: for ever); true when the program is to stop.
  bool wait_ms(int64_t timeout_ms) const;
  // As if a signal had come.
  void trigger();
};

}  // namespace weir
