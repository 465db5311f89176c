#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "base/thread.h"

namespace weir {
namespace {

// A line longer than this is handed over in pieces.
constexpr size_t kMaxLine = 16U << 10U;

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const std::vector<char*>& argv, int output, bool die_with_parent,
                         pid_t parent) {
  if (die_with_parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it died before we asked
  }
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void read_lines(int fd, const std::function<void(std::string_view)>& on_line) {
  std::string pending;
  char piece[4096];
  while (true) {
    const ssize_t got = ::read(fd, piece, sizeof(piece));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    pending.append(piece, static_cast<size_t>(got));
    size_t start = 0;
    for (size_t end = 0; (end = pending.find('\n', start)) != std::string::npos; start = end + 1) {
      if (on_line) on_line(std::string_view(pending).substr(start, end - start));
    }
    pending.erase(0, start);
    if (pending.size() > kMaxLine) {
      if (on_line) on_line(pending);
      pending.clear();
    }
  }
  if (!pending.empty() && on_line) on_line(pending);
  ::close(fd);
}

}  // namespace

std::string ExitStatus::to_string() const {
  return signal != 0 ? "was killed by signal " + std::to_string(signal)
                     : "exited with " + std::to_string(code);
}

struct Process::State {
  pid_t pid = 0;
  int pidfd = -1;
  std::optional<ExitStatus> ended;
  Thread reader;
};

Result<std::unique_ptr<Process>> Process::start(ProcessOptions options) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) {
    return io_error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  std::vector<char*> argv;
  for (auto& argument : options.arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  if (::access(argv[0], X_OK) != 0) {
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    return not_found(fmt::format("cannot run {}: {}", argv[0], std::strerror(errno)));
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(argv, pipe_ends[1], options.die_with_parent, parent);
  ::close(pipe_ends[1]);
  if (pid < 0) {
    ::close(pipe_ends[0]);
    return io_error(fmt::format("cannot start {}: {}", argv[0], std::strerror(errno)));
  }
  auto state = std::make_unique<State>();
  state->pid = pid;
  state->pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  state->reader = Thread("child-output", [fd = pipe_ends[0], on_line = std::move(options.on_line)] {
    read_lines(fd, on_line);
  });
  return std::unique_ptr<Process>(new Process(std::move(state)));
}

Process::Process(std::unique_ptr<State> state) : state_(std::move(state)) {}

Process::~Process() {
  if (!state_->ended.has_value()) {
    kill();
    wait(INT_MAX);
  }
  if (state_->pidfd >= 0) ::close(state_->pidfd);
}

int Process::pid() const { return state_->pid; }

std::optional<ExitStatus> Process::wait(int64_t timeout_ms) {
  if (state_->ended.has_value()) return state_->ended;
  pollfd waiting{.fd = state_->pidfd, .events = POLLIN, .revents = 0};
  const int timeout = static_cast<int>(std::min<int64_t>(timeout_ms, INT_MAX));
  while (::poll(&waiting, 1, timeout) < 0 && errno == EINTR) {
  }
  int status = 0;
  if (::waitpid(state_->pid, &status, WNOHANG) != state_->pid) return std::nullopt;
  state_->ended = ExitStatus{.code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                             .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
  return state_->ended;
}

void Process::terminate() {
  if (!state_->ended.has_value()) ::kill(state_->pid, SIGTERM);
}

void Process::kill() {
  if (!state_->ended.has_value()) ::kill(state_->pid, SIGKILL);
}

std::string executable_path() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : std::string();
}

int process_id() { return ::getpid(); }

}  // namespace weir
