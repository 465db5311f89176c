// Result<T>: a value or an Error. Status: done or an Error.
//
// Every function that can fail for a reason outside the program returns one of the two; no
// exception crosses a folder. Foreign exceptions are caught where they enter. WEIR_TRY(expression)
// yields the value or returns the error from the enclosing function:
//     auto file = WEIR_TRY(env.open(path));
//     WEIR_TRY(file->sync());
// In a coroutine use WEIR_CO_TRY with a result that has already been awaited.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace weir {

template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error)  // NOLINT(google-explicit-constructor): `return invalid("...");` reads well
      : std::expected<T, Error>(std::unexpected(std::move(error))) {}
  Result()
    requires std::is_void_v<T>
  = default;
};

using Status = Result<void>;

[[nodiscard]] inline Status ok() { return Status{}; }

}  // namespace weir

// A name of its own for each use, so that one WEIR_TRY may stand inside another.
#define WEIR_TRY(...) WEIR_TRY_NUMBERED(__COUNTER__, __VA_ARGS__)
#define WEIR_TRY_NUMBERED(number, ...) WEIR_TRY_NAMED(number, __VA_ARGS__)
#define WEIR_TRY_NAMED(number, ...) WEIR_TRY_BODY(weir_try_result_##number, __VA_ARGS__)
#define WEIR_TRY_BODY(result, ...)                     \
  ({                                                   \
    auto result = (__VA_ARGS__);                       \
    if (!result.has_value()) [[unlikely]] {            \
      return ::weir::Error(std::move(result).error()); \
    }                                                  \
    *std::move(result);                                \
  })

#define WEIR_CO_TRY(name, ...)                                 \
  auto name##_result = (__VA_ARGS__);                          \
  if (!name##_result.has_value()) [[unlikely]] {               \
    co_return ::weir::Error(std::move(name##_result).error()); \
  }                                                            \
  [[maybe_unused]] auto name = *std::move(name##_result)
