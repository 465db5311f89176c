// Topology: the plan as a list of what every lane runs, upstream first; made once a job. Pure.
//
// Every plan node stands once, however many read it (a shared scan). An exchanging node becomes
// two hosts, joined by queues between all lanes (by a direct call when there is one lane). Ids are
// the nodes' identities, twins numbered in order, so that state is found again after a restart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/nodes.h"

namespace weir::exec {

struct Host {
  enum class Role : uint8_t {
    kSource,      // a scan or VALUES: fed by a SourceRunner
    kWhole,       // an operator between direct calls
    kSink,        // the same, and writes to a sink
    kUpstream,    // half of an exchange
    kDownstream,  // the other half: `exchange` is its upstream host
  };
  const plan::Node* node = nullptr;
  Role role = Role::kWhole;
  std::string id;
  std::string name;
  std::vector<uint32_t> inputs;  // hosts, in input order; empty for sources and downstream halves
  uint32_t exchange = 0;
  uint32_t source = 0;   // kSource: its number; a watermark host: that of its source
  uint32_t tracker = 0;  // a watermark host: which of the source's trackers
  uint32_t sink = 0;     // kSink: its number
};

struct Topology {
  std::vector<Host> hosts;
  std::vector<uint32_t> sources;  // hosts, in order of Host::source
  std::vector<uint32_t> sinks;    // hosts, in order of Host::sink
  std::vector<uint32_t> trackers_of_source;
};

// kUnsupported for what no lane can run; the plan outlives the topology.
[[nodiscard]] Result<Topology> make_topology(const plan::Plan& plan);

// "Filter", "Sink(orders)": for people.
[[nodiscard]] std::string host_name(const plan::Node& node);

}  // namespace weir::exec
