#include "exec/topology.h"

#include <fmt/format.h>

#include <map>

#include "base/overloaded.h"

namespace weir::exec {
namespace {

class Builder {
 public:
  Result<Topology> build(const plan::Plan& plan) {
    for (const auto& sink : plan.sinks) WEIR_TRY(visit(*sink));
    return std::move(topology_);
  }

 private:
  // The host whose output is the node's output.
  Result<uint32_t> visit(const plan::Node& node) {
    const auto known = hosts_.find(&node);
    if (known != hosts_.end()) return known->second;
    std::vector<uint32_t> inputs;
    for (const auto& input : node.inputs) inputs.push_back(WEIR_TRY(visit(*input)));
    const uint32_t host = WEIR_TRY(add(node, std::move(inputs)));
    hosts_.emplace(&node, host);
    return host;
  }

  Result<uint32_t> add(const plan::Node& node, std::vector<uint32_t> inputs) {
    Host host;
    host.node = &node;
    host.inputs = std::move(inputs);
    host.name = host_name(node);
    host.id = unique_id(node);
    if (std::holds_alternative<plan::ScanNode>(node.body) ||
        std::holds_alternative<plan::ValuesNode>(node.body)) {
      host.role = Host::Role::kSource;
      host.source = static_cast<uint32_t>(topology_.sources.size());
      topology_.sources.push_back(next());
      topology_.trackers_of_source.push_back(0);
    } else if (std::holds_alternative<plan::WatermarkNode>(node.body)) {
      host.source = WEIR_TRY(source_below(host.inputs.at(0)));
      host.tracker = topology_.trackers_of_source[host.source]++;
    } else if (std::holds_alternative<plan::SinkNode>(node.body) ||
               std::holds_alternative<plan::CollectNode>(node.body)) {
      host.role = Host::Role::kSink;
      host.sink = static_cast<uint32_t>(topology_.sinks.size());
      topology_.sinks.push_back(next());
    } else if (std::holds_alternative<plan::WindowAggregateNode>(node.body)) {
      return add_exchange(std::move(host));
    }
    return push(std::move(host));
  }

  Result<uint32_t> add_exchange(Host host) {
    Host downstream;
    downstream.node = host.node;
    downstream.role = Host::Role::kDownstream;
    downstream.id = host.id + "/merge";
    downstream.name = host.name;
    host.role = Host::Role::kUpstream;
    host.id += "/local";
    host.name = "Local" + host.name;
    downstream.exchange = push(std::move(host));
    return push(std::move(downstream));
  }

  // Watermarks are made from one source's rows, below projections and filters alone.
  Result<uint32_t> source_below(uint32_t host) const {
    const Host& entry = topology_.hosts[host];
    if (entry.role == Host::Role::kSource) return entry.source;
    if (entry.role != Host::Role::kWhole || entry.inputs.size() != 1) {
      return unsupported("a watermark can only be defined on the rows of one source");
    }
    return source_below(entry.inputs[0]);
  }

  std::string unique_id(const plan::Node& node) {
    std::string id = node.identity.empty() ? host_name(node) : node.identity;
    const int twins = ++ids_[id];
    if (twins > 1) id += fmt::format("#{}", twins);
    return id;
  }

  [[nodiscard]] uint32_t next() const { return static_cast<uint32_t>(topology_.hosts.size()); }
  uint32_t push(Host host) {
    topology_.hosts.push_back(std::move(host));
    return next() - 1;
  }

  Topology topology_;
  std::map<const plan::Node*, uint32_t> hosts_;
  std::map<std::string, int> ids_;
};

}  // namespace

std::string host_name(const plan::Node& node) {
  return std::visit(
      Overloaded{
          [](const plan::ScanNode& scan) { return "Source(" + scan.table->name.object + ")"; },
          [](const plan::ValuesNode&) { return std::string("Values"); },
          [](const plan::WatermarkNode&) { return std::string("WatermarkAssigner"); },
          [](const plan::ProjectNode&) { return std::string("Calc"); },
          [](const plan::FilterNode&) { return std::string("Filter"); },
          [](const plan::UnionNode&) { return std::string("Union"); },
          [](const plan::WindowAggregateNode&) { return std::string("WindowAggregate"); },
          [](const plan::SinkNode& sink) { return "Sink(" + sink.table->name.object + ")"; },
          [](const plan::CollectNode&) { return std::string("Collect"); },
      },
      node.body);
}

Result<Topology> make_topology(const plan::Plan& plan) { return Builder().build(plan); }

}  // namespace weir::exec
