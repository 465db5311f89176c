#include "exec/lane_group.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::exec {
namespace {

SinkContext sink_context(const LaneGroupParts& parts, Lane& lane, std::string sink_id) {
  return {parts.context, parts.settings, std::move(sink_id),
          parts.run_id,  lane.number(),  parts.settings.parallelism,
          lane.waker()};
}

// Hosts that reach `to` by direct calls, itself included.
void collect_feeders(const Topology& topology, uint32_t to, std::vector<bool>& seen) {
  if (seen[to]) return;
  seen[to] = true;
  for (const uint32_t input : topology.hosts[to].inputs) collect_feeders(topology, input, seen);
}

}  // namespace

Result<std::unique_ptr<LaneGroup>> LaneGroup::make(const LaneGroupParts& parts) {
  auto group = std::unique_ptr<LaneGroup>(new LaneGroup(parts));
  for (uint32_t number = 0; number < group->count(); ++number) {
    group->lanes_.push_back(std::make_unique<Lane>(number, parts.context, parts.listener));
  }
  for (const auto& lane : group->lanes_) WEIR_TRY(group->make_lane(*lane));
  if (group->count() > 1) group->make_queues();
  for (const auto& lane : group->lanes_) group->set_flow(*lane);
  return group;
}

Status LaneGroup::make_lane(Lane& lane) {
  lane.shared().piece_ids = &parts_.piece_ids;
  std::unique_ptr<RejectWriter> writer;
  if (parts_.rejects != nullptr) {
    writer =
        WEIR_TRY(parts_.rejects->make_writer(sink_context(parts_, lane, std::string(kRejectsId))));
  }
  lane.set_rejects(std::make_unique<LaneRejects>(parts_.context, parts_.settings, parts_.splits,
                                                 std::move(writer), std::string(kRejectsId)));
  for (uint32_t host = 0; host < parts_.topology.hosts.size(); ++host) {
    WEIR_TRY(make_slot(lane, host));
  }
  connect(lane);
  return ok();
}

Result<OperatorParts> LaneGroup::parts_of(Lane& lane, const Host& host) {
  OperatorParts parts{parts_.settings, nullptr, nullptr, host.id};
  if (std::holds_alternative<plan::WatermarkNode>(host.node->body)) {
    parts.tracker = &lane.sources()[host.source]->add_tracker();
  }
  if (host.role == Host::Role::kSink) {
    parts.sink_writer =
        WEIR_TRY(parts_.sinks[host.sink]->make_writer(sink_context(parts_, lane, host.id)));
  }
  return parts;
}

Status LaneGroup::make_slot(Lane& lane, uint32_t number) {
  const Host& host = parts_.topology.hosts[number];
  auto made = WEIR_TRY(make_operator(*host.node, WEIR_TRY(parts_of(lane, host))));
  std::unique_ptr<Operator> op;
  size_t inputs = std::max<size_t>(host.inputs.size(), 1);
  switch (host.role) {
    case Host::Role::kUpstream: op = std::move(made.exchange.upstream); break;
    case Host::Role::kDownstream:
      op = std::move(made.exchange.downstream);
      inputs = count();
      break;
    case Host::Role::kSource:
    case Host::Role::kWhole:
    case Host::Role::kSink: op = std::move(made.whole); break;
  }
  OperatorContext context{parts_.context,
                          parts_.settings,
                          lane.number(),
                          count(),
                          key_groups_of_lane(lane.number(), count()),
                          host.name,
                          host.id,
                          nullptr,
                          &state_budget_};
  Slot& slot = lane.add_slot(
      std::make_unique<Slot>(std::move(op), std::move(context), inputs, lane.shared()));
  if (host.role == Host::Role::kSource) {
    lane.add_source(std::make_unique<SourceRunner>(*parts_.sources[host.source], host.id, slot,
                                                   lane.rejects(), lane.waker()));
  }
  return ok();
}

void LaneGroup::connect(Lane& lane) {
  const auto& hosts = parts_.topology.hosts;
  for (uint32_t host = 0; host < hosts.size(); ++host) {
    for (uint32_t input = 0; input < hosts[host].inputs.size(); ++input) {
      lane.slots()[hosts[host].inputs[input]]->output().add_target(*lane.slots()[host], input);
    }
    if (hosts[host].role == Host::Role::kDownstream && count() == 1) {
      lane.slots()[hosts[host].exchange]->output().set_direct(*lane.slots()[host]);
    }
  }
}

void LaneGroup::make_queues() {
  const auto& hosts = parts_.topology.hosts;
  std::vector<std::vector<Lane::QueueInput>> inputs(count());
  std::vector<std::vector<Ring*>> outputs(count());
  const auto exchanges =
      static_cast<uint64_t>(std::ranges::count(hosts, Host::Role::kDownstream, &Host::role));
  const uint64_t bytes =
      parts_.settings.queue_bytes_per_lane / (std::max<uint64_t>(exchanges, 1) * count());
  // Hosts stand upstream first, so walking them backwards serves downstream queues first.
  for (size_t host = hosts.size(); host-- > 0;) {
    if (hosts[host].role != Host::Role::kDownstream) continue;
    for (uint32_t from = 0; from < count(); ++from) {
      std::vector<Ring*> rings;
      for (uint32_t to = 0; to < count(); ++to) {
        auto ring = std::make_unique<Ring>(parts_.settings.queue_messages, bytes,
                                           lanes_[from]->waker(), lanes_[to]->waker());
        inputs[to].push_back({ring.get(), lanes_[to]->slots()[host].get(), from});
        outputs[from].push_back(ring.get());
        rings.push_back(ring.get());
        rings_.push_back(std::move(ring));
      }
      lanes_[from]->slots()[hosts[host].exchange]->output().set_rings(std::move(rings));
    }
  }
  for (uint32_t lane = 0; lane < count(); ++lane) {
    lanes_[lane]->set_queue_inputs(std::move(inputs[lane]));
    lanes_[lane]->set_queue_outputs(std::move(outputs[lane]));
  }
}

void LaneGroup::set_flow(Lane& lane) {
  // Direct calls: with one lane the halves of an exchange call each other as well.
  Topology direct = parts_.topology;
  if (count() == 1) {
    for (Host& host : direct.hosts) {
      if (host.role == Host::Role::kDownstream) host.inputs.push_back(host.exchange);
    }
  }
  const size_t hosts = direct.hosts.size();
  std::vector<std::vector<Ring*>> rings(hosts);
  std::vector<std::vector<const Slot*>> slots(hosts);
  for (uint32_t host = 0; host < hosts; ++host) {
    std::vector<bool> seen(hosts, false);
    collect_feeders(direct, host, seen);
    Slot& slot = *lane.slots()[host];
    for (uint32_t feeder = 0; feeder < hosts; ++feeder) {
      if (!seen[feeder]) continue;
      const auto& queues = slot.output().rings();
      rings[feeder].insert(rings[feeder].end(), queues.begin(), queues.end());
      if (direct.hosts[host].role == Host::Role::kSink) slots[feeder].push_back(&slot);
    }
    std::vector<std::vector<Slot*>> feeders;
    for (const uint32_t input : direct.hosts[host].inputs) {
      std::vector<bool> behind(hosts, false);
      collect_feeders(direct, input, behind);
      std::vector<Slot*> list;
      for (uint32_t feeder = 0; feeder < hosts; ++feeder) {
        if (behind[feeder]) list.push_back(lane.slots()[feeder].get());
      }
      feeders.push_back(std::move(list));
    }
    if (!feeders.empty()) slot.set_feeders(std::move(feeders));
  }
  for (uint32_t host = 0; host < hosts; ++host) {
    lane.slots()[host]->set_limits(std::move(rings[host]), std::move(slots[host]));
  }
}

}  // namespace weir::exec
