// weir.yaml from anybody: an answer or a message with a position, never an exception.
#include "base/check.h"
#include "server/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = weir::server::parse_config(text, "weir.yaml");
  if (config.has_value()) {
    for (const auto& [name, topic] : config->topics) {
      WEIR_CHECK(topic.partitions >= 1, "a topic has partitions");
    }
    return 0;
  }
  WEIR_CHECK(config.error().code() == weir::ErrorCode::kInvalid, "the mistake is the user's");
  (void)config.error().to_string();
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  return {"endpoints:\n  kafka:9092: embedded\nports:\n  kafka: 0\n  clickhouse: 8123\n",
          "topics:\n  orders:\n    partitions: 6\n  clicks:\ndefaults:\n  partitions: 2\n"
          "  durability: os\n",
          "defaults: {partitions: 1, durability: fsync}",
          "ports: [1, 2]",
          "a: &x [*x]",
          "? {a: b}\n: c"};
}
