// HostMap: host names inside SQL, mapped to where the parts really are.
//
// "kafka:9092" in a table definition means the embedded broker at 127.0.0.1 on some port. This file
// defines getaddrinfo(): the program exports it (see the link options of `weir`), so the resolver
// of every library in the process, those opened by dlopen included, comes here first and then goes
// on to the C library's. A mapped name answers with the target's address and port; the port to map
// by is the service that the caller asked for. Set the map before threads start; reading is
// lock-free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::net {

struct HostMapping {
  std::string host;   // as it stands in SQL; compared without case
  uint16_t port = 0;  // 0: every port, which then is kept unless target_port is set
  std::string target_host = "127.0.0.1";  // an address or a name
  uint16_t target_port = 0;               // 0: the port that was asked for
};

// "kafka:9092=127.0.0.1:41234", "kafka=10.0.0.7"; kInvalid otherwise.
Result<HostMapping> parse_host_mapping(std::string_view text);
[[nodiscard]] std::string to_string(const HostMapping& mapping);

// Replaces the map. Main thread, before others resolve names.
void set_host_map(std::vector<HostMapping> mappings);
// The mapping that applies, or nullptr: one with the port wins over one without.
[[nodiscard]] const HostMapping* find_host_mapping(std::string_view host, uint16_t port);

}  // namespace weir::net
