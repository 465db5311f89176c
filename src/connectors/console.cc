#include <cstdio>

#include "connectors/connector.h"

namespace weir::connectors {

namespace {

// stdio locks the stream for the call, so blocks of several lanes do not mix.
Status write_all(std::FILE* stream, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() || std::fflush(stream) != 0) {
    return io_error("cannot write to the standard output");
  }
  return ok();
}

}  // namespace

TextOutput standard_output() {
  return [](std::string_view text) { return write_all(stdout, text); };
}

TextOutput standard_error() {
  return [](std::string_view text) { return write_all(stderr, text); };
}

}  // namespace weir::connectors
