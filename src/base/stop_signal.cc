#include "base/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <limits>

#include "base/check.h"

namespace weir {
namespace {

// A signal handler reaches only globals; there is one StopSignal.
std::atomic<int> event_fd{-1};
std::atomic<bool> is_stopped{false};

void wake() {
  const uint64_t one = 1;
  const int fd = event_fd.load();
  if (fd >= 0) [[maybe_unused]]
    const ssize_t written = ::write(fd, &one, sizeof(one));
}

extern "C" void handle_stop(int number) {
  constexpr int kSignalStatus = 128;
  if (is_stopped.exchange(true)) ::_exit(kSignalStatus + number);
  wake();
}

}  // namespace

StopSignal::StopSignal() {
  WEIR_CHECK(event_fd.load() == -1, "there is one StopSignal");
  event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  is_stopped = false;
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

bool StopSignal::stopped() const { return is_stopped.load(); }

bool StopSignal::wait_ms(int64_t timeout_ms) const {
  if (stopped()) return true;
  pollfd waiting{event_fd.load(), POLLIN, 0};
  const auto limit = std::min<int64_t>(timeout_ms, std::numeric_limits<int>::max());
  ::poll(&waiting, 1, static_cast<int>(limit));
  return stopped();
}

void StopSignal::trigger() {
  is_stopped = true;
  wake();
}

}  // namespace weir
