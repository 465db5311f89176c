// check(): invariants of our own that stay on in release builds.
//
// A failed check is a bug of ours, never a user's mistake: it prints the condition, the place and
// the message, and aborts. What users or peers can cause is a Result. dcheck() is for inner loops
// only and vanishes in release builds.
#pragma once

#include <string_view>

namespace weir {

[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               std::string_view message);

}  // namespace weir

#define WEIR_CHECK(condition, message)                                 \
  do {                                                                 \
    if (!(condition)) [[unlikely]] {                                   \
      ::weir::check_failed(#condition, __FILE__, __LINE__, (message)); \
    }                                                                  \
  } while (false)

#ifdef NDEBUG
#define WEIR_DCHECK(condition, message) static_cast<void>(0)
#else
#define WEIR_DCHECK(condition, message) WEIR_CHECK(condition, message)
#endif
