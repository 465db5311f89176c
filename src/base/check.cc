#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace weir {

void check_failed(const char* condition, const char* file, int line, std::string_view message) {
  const std::string text(message);
  // Straight to standard error: the logger itself may be what is broken.
  std::fprintf(stderr, "weir: this is a bug in weir: %s (%s:%d: %s)\n", text.c_str(), file, line,
               condition);
  std::abort();
}

}  // namespace weir
