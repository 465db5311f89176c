#include "base/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <limits>

#include "base/check.h"

namespace weir {
namespace {

// A signal handler reaches only globals; there is one StopSignal.
std::atomic<int> event_fd{-1};
constexpr int64_t kRunning = -1;
std::atomic<int64_t> stopped_ms{kRunning};  // monotonic
static_assert(std::atomic<int64_t>::is_always_lock_free, "a signal handler uses it");

// Of one request: `timeout` and some shells signal the process and then its group.
constexpr int64_t kEchoMs = 300;

int64_t monotonic_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000 + now.tv_nsec / 1'000'000;
}

void wake() {
  const uint64_t one = 1;
  const int fd = event_fd.load();
  if (fd >= 0) [[maybe_unused]]
    const ssize_t written = ::write(fd, &one, sizeof(one));
}

extern "C" void handle_stop(int number) {
  constexpr int kSignalStatus = 128;
  const int64_t now_ms = monotonic_ms();
  int64_t first_ms = kRunning;
  if (stopped_ms.compare_exchange_strong(first_ms, now_ms)) {
    wake();
  } else if (now_ms - first_ms >= kEchoMs) {
    ::_exit(kSignalStatus + number);
  }
}

}  // namespace

StopSignal::StopSignal() {
  WEIR_CHECK(event_fd.load() == -1, "there is one StopSignal");
  event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  stopped_ms = kRunning;
  struct sigaction action{};
  action.sa_handler = handle_stop;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  ::close(event_fd.exchange(-1));
}

bool StopSignal::stopped() const { return stopped_ms.load() != kRunning; }

bool StopSignal::wait_ms(int64_t timeout_ms) const {
  if (stopped()) return true;
  pollfd waiting{event_fd.load(), POLLIN, 0};
  const auto limit = std::min<int64_t>(timeout_ms, std::numeric_limits<int>::max());
  ::poll(&waiting, 1, static_cast<int>(limit));
  return stopped();
}

void StopSignal::trigger() {
  stopped_ms = monotonic_ms();
  wake();
}

}  // namespace weir
