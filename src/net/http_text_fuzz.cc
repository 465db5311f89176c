// Fuzzes what weir itself parses of HTTP: targets, queries, credentials, authorities.
#include "base/check.h"
#include "net/http_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string path;
  QueryParams query;
  parse_target(text, path, query);
  WEIR_CHECK(!path.empty(), "a path is never empty");
  WEIR_CHECK(percent_decode(percent_encode(text), true) == text, "encoding is reversible");
  const auto round = base64_decode(base64_encode(text));
  WEIR_CHECK(round.has_value() && *round == text, "base64 is reversible");
  static_cast<void>(base64_decode(text));
  static_cast<void>(parse_basic_authorization(text));
  static_cast<void>(origin_is_allowed(text, {"example.com"}));
  static_cast<void>(host_is_allowed(host_of_authority(text), {}));
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  return {"/a%20b?x=1&y=%2B+c&&=&z", "http://localhost:8123/?query=SELECT%201",
          "Basic dXNlcjpwYXNz",      "[::1]:8123",
          "http://127.0.0.1:80",     "dXNlcg=="};
}
