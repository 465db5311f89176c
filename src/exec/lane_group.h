// LaneGroup: all lanes of a job, built from the topology and joined by queues.
//
// Every lane gets one slot a host; the halves of an exchange are joined by one queue from every
// lane to every lane (by a direct call when there is one lane). Owned by the job; built and opened
// before the first lane runs. Sources and sinks outlive it.
#pragma once

#include <memory>
#include <vector>

#include "exec/connector_factory.h"
#include "exec/lane.h"
#include "exec/operators/operators.h"
#include "exec/split_table.h"
#include "exec/topology.h"

namespace weir::exec {

struct LaneGroupParts {
  Context& context;
  const JobSettings& settings;
  const Topology& topology;
  std::vector<Source*> sources;  // by Host::source
  std::vector<Sink*> sinks;      // by Host::sink
  RejectSink* rejects = nullptr;
  std::string run_id;
  SplitTable& splits;
  PieceIds& piece_ids;
  LaneListener& listener;
};

// The sink id under which rejects are staged.
inline constexpr std::string_view kRejectsId = "rejects";

class LaneGroup {
 public:
  static Result<std::unique_ptr<LaneGroup>> make(const LaneGroupParts& parts);

  [[nodiscard]] const std::vector<std::unique_ptr<Lane>>& lanes() const { return lanes_; }

 private:
  explicit LaneGroup(const LaneGroupParts& parts)
      : parts_(parts), state_budget_(parts.settings.state_memory_bytes) {}

  Status make_lane(Lane& lane);
  Status make_slot(Lane& lane, uint32_t host);
  Result<OperatorParts> parts_of(Lane& lane, const Host& host);
  void connect(Lane& lane);
  void make_queues();
  void set_flow(Lane& lane);

  [[nodiscard]] uint32_t count() const { return parts_.settings.parallelism; }

  LaneGroupParts parts_;
  StateBudget state_budget_;
  std::vector<std::unique_ptr<Ring>> rings_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // go before the rings
};

}  // namespace weir::exec
