#include "base/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace weir {
namespace {

// The kernel's interface (linux/landlock.h), declared here because Debian 12's headers are older
// than the kernels that weir runs on. Numbers are the same on every architecture.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr unsigned kVersionQuery = 1;
constexpr unsigned kPathBeneath = 1;

struct RulesetAttributes {
  uint64_t handled_access_fs;
};
struct __attribute__((packed)) PathBeneath {
  uint64_t allowed_access;
  int32_t parent_fd;
};

constexpr uint64_t kExecute = 1U << 0U;
constexpr uint64_t kWriteFile = 1U << 1U;
constexpr uint64_t kReadFile = 1U << 2U;
constexpr uint64_t kReadDir = 1U << 3U;
// Remove, make of every kind: bits 4 to 12 (version 1); refer: 13 (version 2); truncate: 14 (3).
constexpr uint64_t kVersion1 = (1U << 13U) - 1;
constexpr uint64_t kRefer = 1U << 13U;
constexpr uint64_t kTruncate = 1U << 14U;

uint64_t known_rights(long version) {
  uint64_t rights = kVersion1;
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  return rights;
}

Status allow(int ruleset, const std::string& path, uint64_t rights) {
  const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return ok();  // what is not there needs no right
  struct stat info{};
  // Rights on names make sense for folders only; the kernel refuses them for a file.
  if (::fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode)) {
    rights &= kExecute | kWriteFile | kReadFile | kTruncate;
  }
  const PathBeneath rule{.allowed_access = rights, .parent_fd = fd};
  const long failed = ::syscall(kAddRule, ruleset, kPathBeneath, &rule, 0);
  const int code = errno;
  ::close(fd);
  if (failed != 0) {
    return io_error(fmt::format("cannot confine to {}: {}", path, std::strerror(code)));
  }
  return ok();
}

Status fill(int ruleset, const SandboxRules& rules, uint64_t known) {
  for (const auto& path : rules.writable) {
    WEIR_TRY(allow(ruleset, path, known & ~kExecute));
  }
  for (const auto& path : rules.readable) {
    WEIR_TRY(allow(ruleset, path, kReadFile | kReadDir));
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::syscall(kRestrictSelf, ruleset, 0) != 0) {
    return io_error(fmt::format("cannot confine the process: {}", std::strerror(errno)));
  }
  return ok();
}

}  // namespace

Status confine_to(const SandboxRules& rules) {
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kVersionQuery);
  if (version < 1) return unsupported("this kernel does not offer Landlock");
  const uint64_t known = known_rights(version);
  const RulesetAttributes attributes{.handled_access_fs = known};
  const int ruleset =
      static_cast<int>(::syscall(kCreateRuleset, &attributes, sizeof(attributes), 0));
  if (ruleset < 0) return unsupported("this kernel does not offer Landlock");
  Status done = fill(ruleset, rules, known);
  ::close(ruleset);
  return done;
}

}  // namespace weir
