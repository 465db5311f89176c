#include "exec/state_io.h"

#include <memory>

namespace weir::exec {

KeyGroupRange key_groups_of_lane(uint32_t lane, uint32_t lanes) {
  // lane_of_key_group(g) = g * lanes / groups, so the first group of a lane is rounded up.
  const auto first = [lanes](uint32_t at) { return (at * state::kKeyGroups + lanes - 1) / lanes; };
  return {first(lane), first(lane + 1)};
}

PieceId SnapshotWriter::add_bytes(std::string_view name, KeyGroupRange range,
                                  std::vector<std::byte> bytes) {
  auto shared = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return add(name, range, [shared](ByteWriter& out) {
    out.bytes(*shared);
    return ok();
  });
}

}  // namespace weir::exec
