#include "plan/identity.h"

#include <xxhash.h>

#include <map>

#include "sql/expression_text.h"

namespace weir::plan {
namespace {

std::string digest(std::string_view text) {
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

class Identities {
 public:
  NodeRef rebuild(const NodeRef& node) {
    const auto known = done_.find(node.get());
    if (known != done_.end()) return known->second;
    auto copy = std::make_shared<Node>(*node);
    for (auto& input : copy->inputs) input = rebuild(input);
    auto identity = digest(meaning(*copy));
    const int twin = ++seen_[identity];
    copy->identity = twin == 1 ? identity : fmt::format("{}#{}", identity, twin);
    done_[node.get()] = copy;
    return copy;
  }

 private:
  // What a column of a node is made of, as a digest (texts would grow without bound).
  const std::string& lineage(const Node& node, uint32_t column) {
    const auto key = std::pair(&node, column);
    const auto known = lineage_.find(key);
    if (known != lineage_.end()) return known->second;
    std::string text;
    if (const auto* scan = std::get_if<ScanNode>(&node.body)) {
      text = scan->table->name.dotted() + "|" + scan->columns[column].name;
    } else if (const auto* project = std::get_if<ProjectNode>(&node.body)) {
      const auto& expression = *project->expressions[column];
      if (expression.kind == sql::Expression::Kind::kInput) {
        return lineage_[key] = lineage(*node.inputs[0], expression.input);
      }
      text = text_of(expression, *node.inputs[0]);
    } else if (node.inputs.size() == 1 && !std::holds_alternative<WindowAggregateNode>(node.body)) {
      return lineage_[key] = lineage(*node.inputs[0], column);
    } else {
      text = fmt::format("{}|{}", shape(node), column);
      for (const auto& input : node.inputs) {
        if (std::holds_alternative<UnionNode>(node.body)) text += "|" + lineage(*input, column);
      }
    }
    return lineage_[key] = digest(text);
  }

  std::string text_of(const sql::Expression& expression, const Node& input) {
    return sql::to_string(expression, [&](uint32_t column) { return lineage(input, column); });
  }

  // Which rows come out of a node, whatever their columns.
  const std::string& shape(const Node& node) {
    const auto known = shapes_.find(&node);
    if (known != shapes_.end()) return known->second;
    std::string text;
    if (std::holds_alternative<ProjectNode>(node.body))
      return shapes_[&node] = shape(*node.inputs[0]);
    if (const auto* scan = std::get_if<ScanNode>(&node.body)) {
      text = "scan|" + scan->table->name.dotted();
    } else if (const auto* filter = std::get_if<FilterNode>(&node.body)) {
      text = "filter|" + text_of(*filter->condition, *node.inputs[0]);
    } else if (const auto* watermark = std::get_if<WatermarkNode>(&node.body)) {
      text = "watermark|" + text_of(*watermark->expression, *node.inputs[0]);
    } else if (const auto* values = std::get_if<ValuesNode>(&node.body)) {
      text = fmt::format("values|{}", values->rows.size());
    } else if (const auto* sink = std::get_if<SinkNode>(&node.body)) {
      text = "sink|" + sink->table->name.dotted();
    } else if (std::holds_alternative<CollectNode>(node.body)) {
      text = "collect";
    } else if (std::holds_alternative<UnionNode>(node.body)) {
      text = "union";
    } else if (const auto* aggregate = std::get_if<WindowAggregateNode>(&node.body)) {
      text = window_text(*aggregate, *node.inputs[0]);
    }
    for (const auto& input : node.inputs) text += "|" + shape(*input);
    return shapes_[&node] = digest(text);
  }

  std::string window_text(const WindowAggregateNode& aggregate, const Node& input) {
    const WindowSpec& window = aggregate.window;
    std::string text =
        fmt::format("window|{}|{}|{}|{}|{}", static_cast<int>(window.kind), window.size_ms,
                    window.slide_ms, window.offset_ms, lineage(input, window.time_column));
    for (const uint32_t key : aggregate.keys) text += "|key " + lineage(input, key);
    for (const auto& call : aggregate.aggregates) {
      const auto column = [&](int at) {
        return at < 0 ? std::string("-") : lineage(input, static_cast<uint32_t>(at));
      };
      text += fmt::format("|{}({}, {})", call.function->name, column(call.argument),
                          column(call.filter));
    }
    return text;
  }

  // Projections are told apart by what they compute, everything else by its rows.
  std::string meaning(const Node& node) {
    const auto* project = std::get_if<ProjectNode>(&node.body);
    if (project == nullptr) return shape(node);
    std::string text = "project|" + shape(node);
    for (uint32_t i = 0; i < project->expressions.size(); ++i) text += "|" + lineage(node, i);
    return text;
  }

  std::map<const Node*, NodeRef> done_;
  std::map<std::pair<const Node*, uint32_t>, std::string> lineage_;
  std::map<const Node*, std::string> shapes_;
  std::map<std::string, int> seen_;
};

}  // namespace

void assign_identities(Plan& plan) {
  Identities identities;
  for (auto& sink : plan.sinks) sink = identities.rebuild(sink);
}

}  // namespace weir::plan
