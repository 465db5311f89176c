// Config: what weir.yaml and the command line say about one run.
//
// A plain value, read once at the start. A key that is not known, or a value of the wrong form, is
// the user's error with the position in the file. The file may hold:
//
//   endpoints:                 # host:port in SQL -> where it really is; what is not listed and is
//     kafka:9092: embedded     # embedded here goes to the embedded part
//     kafka:9092: broker.example.org:9092
//   ports:
//     kafka: 9092              # 0: any free one
//     clickhouse: 8123
//   topics:                    # made at the start; others are made when first used
//     orders:
//       partitions: 6
//   defaults:
//     partitions: 1
//     durability: fsync        # or os
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/env.h"
#include "base/result.h"

namespace weir::server {

struct TopicConfig {
  int32_t partitions = 1;
};

struct Config {
  // The value "embedded" stands for the part of weir itself.
  std::map<std::string, std::string> endpoints;
  std::map<std::string, TopicConfig> topics;
  uint16_t kafka_port = 9092;
  uint16_t clickhouse_port = 8123;
  int32_t default_partitions = 1;
  bool fsync = true;
};

inline constexpr const char* kEmbedded = "embedded";

// `file` is only for messages.
[[nodiscard]] Result<Config> parse_config(const std::string& text, const std::string& file);

}  // namespace weir::server
