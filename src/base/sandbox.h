// Sandbox: gives up the right to open files outside of a few folders, for good.
//
// Linux' Landlock (kernel 5.13 and later): after the call, this process and all it starts can open
// only what lies below the named paths, and can execute nothing but what `executable` names. It
// cannot be undone. Call it once, early, while only the main thread runs: threads that exist
// already are not confined. Paths that do not exist are skipped. Already open files stay open.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace weir {

struct SandboxRules {
  std::vector<std::string> writable;  // read, write, make, rename, remove
  std::vector<std::string> readable;  // files and folders
};

// kUnsupported where the kernel does not offer it.
Status confine_to(const SandboxRules& rules);

}  // namespace weir
