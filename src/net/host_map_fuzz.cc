// Endpoints as they stand in SQL and on the command line; what is accepted is written back to a
// text that means the same.
#include "base/check.h"
#include "net/host_map.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto mapping = parse_host_mapping(text);
  if (!mapping.has_value()) return 0;
  const std::string written = to_string(*mapping);
  const auto again = parse_host_mapping(written);
  WEIR_CHECK(again.has_value() && to_string(*again) == written, "a mapping reads back");
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  return {"kafka:9092=127.0.0.1:41234", "kafka=10.0.0.7", "[::1]:9092=[fe80::1]:1", "a=b", "::1=x"};
}
