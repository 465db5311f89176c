// The machine that this process runs on: what it may use of it.
//
// Asked of the system at each call; any thread.
#pragma once

#include <cstdint>

namespace weir {

// The memory limit of the process's cgroup (version 1 or 2), else the machine's memory, in bytes.
[[nodiscard]] uint64_t memory_limit_bytes();

}  // namespace weir
