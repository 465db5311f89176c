#include "base/machine.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>

namespace weir {
namespace {

// "max", a file that is not there and what is no number mean: no limit.
uint64_t limit_in(const char* path) {
  std::ifstream file(path);
  std::string text;
  file >> text;
  uint64_t limit = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (code != std::errc() || text.empty()) return std::numeric_limits<uint64_t>::max();
  return limit;
}

}  // namespace

uint64_t memory_limit_bytes() {
  const auto machine = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                       static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  // Without a limit version 1 says a number that no machine has.
  return std::min({machine, limit_in("/sys/fs/cgroup/memory.max"),
                   limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes")});
}

}  // namespace weir
