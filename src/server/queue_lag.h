// Queue lag: how many records the store's ENGINE = Kafka tables have yet to take.
//
// The store commits a queue's offsets after the rows are in the tables behind it, so a lag of zero
// means that everything in the queue's topics can be queried. A group is the store's when one of
// its members has the client id that the ClickHouse engine gives itself ("ClickHouse-host-...").
// Pure but for the broker, which locks; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::broker {
class Broker;
}

namespace weir::server {

// Of all groups of the store together; 0 when it consumes nothing.
[[nodiscard]] int64_t queue_lag(const broker::Broker& broker);

// The partitions, by topic, that a member's assignment names: Kafka's ConsumerProtocolAssignment,
// version 0 and up. kInvalid for bytes that are none.
[[nodiscard]] Result<std::map<std::string, std::vector<int32_t>>> parse_assignment(
    std::string_view bytes);

}  // namespace weir::server
