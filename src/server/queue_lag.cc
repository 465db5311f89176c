#include "server/queue_lag.h"

#include <algorithm>

#include "base/bytes.h"
#include "broker/broker.h"
#include "broker/groups/coordinator.h"

namespace weir::server {
namespace {

constexpr std::string_view kStoreClient = "ClickHouse";

int64_t partition_lag(const broker::Broker& broker, const broker::GroupOffsets& committed,
                      const std::string& topic, int32_t index) {
  const auto partition = broker.find_partition(topic, index);
  if (partition == nullptr) return 0;
  const auto log = partition->offsets();
  int64_t next = log.start;
  const auto of_topic = committed.find(topic);
  if (of_topic != committed.end()) {
    const auto found = of_topic->second.find(index);
    if (found != of_topic->second.end()) next = found->second.offset;
  }
  return std::max<int64_t>(0, log.high_watermark - next);
}

}  // namespace

Result<std::map<std::string, std::vector<int32_t>>> parse_assignment(std::string_view bytes) {
  std::map<std::string, std::vector<int32_t>> assigned;
  ByteReader reader(bytes);
  reader.be<int16_t>();  // the version; what later ones add comes behind
  const auto topics = reader.be<int32_t>();
  for (int32_t at = 0; at < topics && reader.ok(); ++at) {
    const auto size = reader.be<int16_t>();
    if (size < 0) reader.fail();
    auto& partitions = assigned[std::string(reader.text(static_cast<uint64_t>(size)))];
    const auto count = reader.be<int32_t>();
    for (int32_t i = 0; i < count && reader.ok(); ++i) partitions.push_back(reader.be<int32_t>());
  }
  if (!reader.ok()) return invalid("not a consumer's assignment");
  return assigned;
}

int64_t queue_lag(const broker::Broker& broker) {
  int64_t lag = 0;
  for (const auto& listed : broker.groups().list()) {
    const auto group = broker.groups().describe(listed.group_id);
    const auto committed = broker.groups().committed(listed.group_id);
    for (const auto& member : group.members) {
      if (!member.client_id.starts_with(kStoreClient)) continue;
      const auto assigned = parse_assignment(member.member_assignment);
      if (!assigned.has_value()) continue;  // between two generations there is none
      for (const auto& [topic, partitions] : *assigned) {
        for (const int32_t index : partitions) {
          lag += partition_lag(broker, committed, topic, index);
        }
      }
    }
  }
  return lag;
}

}  // namespace weir::server
