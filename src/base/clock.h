// Clock: the only way to ask for the time or to wait.
//
// Wall time is for people and for records (milliseconds or microseconds since 1970-01-01 UTC); it
// may jump. Monotonic time is for durations. The simulator passes a clock of its own, so nothing
// outside base/ and net/ may call the system's. Any thread.
#pragma once

#include <cstdint>

namespace weir {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual int64_t wall_us() const = 0;
  [[nodiscard]] virtual int64_t monotonic_ns() const = 0;
  virtual void sleep_ns(int64_t duration_ns) = 0;

  [[nodiscard]] int64_t wall_ms() const { return wall_us() / 1000; }
  [[nodiscard]] int64_t monotonic_ms() const { return monotonic_ns() / 1'000'000; }
};

// The machine's clocks. Lives for the whole program.
[[nodiscard]] Clock& system_clock();

// A clock that stands still until it is moved. For tests and the simulator; one thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_us = 0) : wall_us_(wall_us) {}
  [[nodiscard]] int64_t wall_us() const override { return wall_us_; }
  [[nodiscard]] int64_t monotonic_ns() const override { return monotonic_ns_; }
  void sleep_ns(int64_t duration_ns) override { advance_ns(duration_ns); }
  void advance_ns(int64_t duration_ns) {
    monotonic_ns_ += duration_ns;
    wall_us_ += duration_ns / 1000;
  }

 private:
  int64_t wall_us_;
  int64_t monotonic_ns_ = 0;
};

}  // namespace weir
