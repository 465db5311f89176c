#include "base/clock.h"

#include <ctime>

namespace weir {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

int64_t read_ns(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<int64_t>(now.tv_sec) * kNanosPerSecond + now.tv_nsec;
}

class SystemClock final : public Clock {
 public:
  [[nodiscard]] int64_t wall_us() const override { return read_ns(CLOCK_REALTIME) / 1000; }
  [[nodiscard]] int64_t monotonic_ns() const override { return read_ns(CLOCK_MONOTONIC); }
  void sleep_ns(int64_t duration_ns) override {
    if (duration_ns <= 0) return;
    timespec rest{duration_ns / kNanosPerSecond, duration_ns % kNanosPerSecond};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) != 0) {
    }
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace weir
