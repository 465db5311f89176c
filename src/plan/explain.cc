#include "plan/explain.h"

#include <map>

#include "sql/expression_text.h"

namespace weir::plan {
namespace {

std::string names_text(const types::Schema& schema) {
  return fmt::format("[{}]", fmt::join(schema.names(), ", "));
}

std::string indent(int depth) {
  return depth == 0 ? "" : std::string(static_cast<size_t>(depth - 1) * 3, ' ') + "+- ";
}

std::string duration(int64_t milliseconds) {
  static constexpr std::pair<int64_t, std::string_view> kUnits[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1'000, "s"}};
  for (const auto& [size, name] : kUnits) {
    if (milliseconds != 0 && milliseconds % size == 0) {
      return fmt::format("{} {}", milliseconds / size, name);
    }
  }
  return fmt::format("{} ms", milliseconds);
}

template <typename Window>
std::string window_text(const Window& window, std::string_view time) {
  std::string text;
  switch (window.kind) {
    case Window::Kind::kTumble:
      text = fmt::format("TUMBLE(time_col=[{}], size=[{}]", time, duration(window.size_ms));
      break;
    case Window::Kind::kHop:
      text = fmt::format("HOP(time_col=[{}], size=[{}], slide=[{}]", time, duration(window.size_ms),
                         duration(window.slide_ms));
      break;
    case Window::Kind::kCumulate:
      text = fmt::format("CUMULATE(time_col=[{}], max_size=[{}], step=[{}]", time,
                         duration(window.size_ms), duration(window.slide_ms));
      break;
  }
  if (window.offset_ms != 0) text += fmt::format(", offset=[{}]", duration(window.offset_ms));
  return text + ")";
}

template <typename Call>
std::string call_text(const Call& call, const types::Schema& input) {
  const auto column = [&](int at) { return input[static_cast<size_t>(at)].name; };
  std::string text =
      fmt::format("{}({})", call.function->name, call.argument < 0 ? "*" : column(call.argument));
  if (call.filter >= 0) text += fmt::format(" FILTER {}", column(call.filter));
  return text;
}

std::string projection(const std::vector<sql::ExpressionRef>& expressions,
                       const types::Schema& input, const types::Schema& output) {
  std::vector<std::string> items;
  for (size_t i = 0; i < expressions.size(); ++i) {
    std::string item = sql::to_string(*expressions[i], input);
    if (item != output[i].name) item += " AS " + output[i].name;
    items.push_back(std::move(item));
  }
  return fmt::format("[{}]", fmt::join(items, ", "));
}

struct RelationText {
  const sql::Relation& relation;

  std::string operator()(const sql::Relation::Scan& scan) const {
    const auto& name = scan.table->name;
    return fmt::format("LogicalTableScan(table=[[{}, {}, {}]])", name.catalog, name.database,
                       name.object);
  }
  std::string operator()(const sql::Relation::Values& values) const {
    return fmt::format("LogicalValues(rows=[{}])", values.rows.size());
  }
  std::string operator()(const sql::Relation::Project& project) const {
    return fmt::format(
        "LogicalProject(select={})",
        projection(project.expressions, relation.inputs[0]->schema, relation.schema));
  }
  std::string operator()(const sql::Relation::Filter& filter) const {
    return fmt::format("LogicalFilter(condition=[{}])",
                       sql::to_string(*filter.condition, relation.inputs[0]->schema));
  }
  std::string operator()(const sql::Relation::UnionAll&) const {
    return "LogicalUnion(all=[true])";
  }
  std::string operator()(const sql::Relation::Window& window) const {
    return fmt::format("LogicalTableFunctionScan(invocation=[{}])",
                       window_text(window, relation.schema[window.time_column].name));
  }
  std::string operator()(const sql::Relation::Aggregate& aggregate) const {
    std::vector<std::string> keys;
    std::vector<std::string> calls;
    for (uint32_t i = 0; i < aggregate.keys; ++i) keys.push_back(relation.schema[i].name);
    for (const auto& call : aggregate.calls) {
      calls.push_back(call_text(call, relation.inputs[0]->schema));
    }
    return fmt::format("LogicalAggregate(group=[{{{}}}], calls=[{}])", fmt::join(keys, ", "),
                       fmt::join(calls, ", "));
  }
};

void write_relation(const sql::Relation& relation, int depth, std::string& out) {
  out += indent(depth) + std::visit(RelationText{relation}, relation.body) + "\n";
  for (const auto& input : relation.inputs) write_relation(*input, depth + 1, out);
}

struct NodeText {
  const Node& node;

  std::string operator()(const ScanNode& scan) const {
    const auto& name = scan.table->name;
    std::vector<std::string> columns;
    for (const auto& column : scan.columns) {
      columns.push_back(column.kind == ScanColumn::Kind::kMetadata
                            ? fmt::format("metadata {}", column.name)
                            : column.name);
    }
    return fmt::format("TableSourceScan(table=[[{}, {}, {}]], fields=[{}])", name.catalog,
                       name.database, name.object, fmt::join(columns, ", "));
  }
  std::string operator()(const ValuesNode& values) const {
    return fmt::format("Values(rows=[{}])", values.rows.size());
  }
  std::string operator()(const WatermarkNode& watermark) const {
    const auto& input = node.inputs[0]->schema;
    return fmt::format("WatermarkAssigner(rowtime=[{}], watermark=[{}])",
                       input[watermark.rowtime].name, sql::to_string(*watermark.expression, input));
  }
  std::string operator()(const ProjectNode& project) const {
    return fmt::format("Calc(select={})",
                       projection(project.expressions, node.inputs[0]->schema, node.schema));
  }
  std::string operator()(const FilterNode& filter) const {
    return fmt::format("Calc(where=[{}])",
                       sql::to_string(*filter.condition, node.inputs[0]->schema));
  }
  std::string operator()(const UnionNode&) const {
    return fmt::format("Union(all=[true], union={})", names_text(node.schema));
  }
  std::string operator()(const WindowAggregateNode& aggregate) const {
    const auto& input = node.inputs[0]->schema;
    std::vector<std::string> keys;
    std::vector<std::string> calls;
    for (const uint32_t key : aggregate.keys) keys.push_back(input[key].name);
    for (size_t i = 0; i < aggregate.aggregates.size(); ++i) {
      calls.push_back(fmt::format("{} AS {}", call_text(aggregate.aggregates[i], input),
                                  node.schema[keys.size() + i].name));
    }
    return fmt::format("WindowAggregate(groupBy=[{}], window=[{}], select=[{}])",
                       fmt::join(keys, ", "),
                       window_text(aggregate.window, input[aggregate.window.time_column].name),
                       fmt::join(calls, ", "));
  }
  std::string operator()(const SinkNode& sink) const {
    return fmt::format("Sink(table=[{}], fields={})", sink.table->name.dotted(),
                       names_text(node.schema));
  }
  std::string operator()(const CollectNode&) const {
    return fmt::format("Collect(fields={})", names_text(node.schema));
  }
};

class PlanWriter {
 public:
  explicit PlanWriter(bool changelog_mode) : changelog_mode_(changelog_mode) {}

  std::string write(const Plan& plan) {
    for (const auto& sink : plan.sinks) count(*sink);
    for (const auto& sink : plan.sinks) node(*sink, 0);
    return std::move(out_);
  }

 private:
  void count(const Node& node) {
    if (++uses_[&node] > 1) return;
    for (const auto& input : node.inputs) count(*input);
  }

  void node(const Node& node, int depth) {
    out_ += indent(depth);
    const bool shared = uses_[&node] > 1;
    const auto known = numbers_.find(&node);
    if (known != numbers_.end()) {
      out_ += fmt::format("Reused(reference_id=[{}])\n", known->second);
      return;
    }
    std::string text = std::visit(NodeText{node}, node.body);
    if (changelog_mode_) {
      text.pop_back();
      text += std::holds_alternative<SinkNode>(node.body) ? ", changelogMode=[NONE])"
                                                          : ", changelogMode=[I])";
    }
    out_ += text;
    if (shared) {
      const int number = static_cast<int>(numbers_.size()) + 1;
      numbers_[&node] = number;
      out_ += fmt::format("(reuse_id=[{}])", number);
    }
    out_ += "\n";
    for (const auto& input : node.inputs) this->node(*input, depth + 1);
  }

  bool changelog_mode_;
  std::map<const Node*, int> uses_;
  std::map<const Node*, int> numbers_;
  std::string out_;
};

std::string both(std::string syntax, const Plan& plan, bool changelog_mode) {
  return fmt::format("== Abstract Syntax Tree ==\n{}\n== Optimized Physical Plan ==\n{}", syntax,
                     plan_text(plan, changelog_mode));
}

}  // namespace

std::string plan_text(const Plan& plan, bool changelog_mode) {
  return PlanWriter(changelog_mode).write(plan);
}

std::string explain_inserts(std::span<const sql::BoundInsert> inserts, const Plan& plan,
                            bool changelog_mode) {
  std::string syntax;
  for (const auto& insert : inserts) {
    syntax += fmt::format("LogicalSink(table=[{}], fields={})\n", insert.table->name.dotted(),
                          names_text(insert.table->sink_schema()));
    write_relation(*insert.query, 1, syntax);
  }
  return both(std::move(syntax), plan, changelog_mode);
}

std::string explain_query(const sql::RelationRef& query, const Plan& plan, bool changelog_mode) {
  std::string syntax;
  write_relation(*query, 0, syntax);
  return both(std::move(syntax), plan, changelog_mode);
}

}  // namespace weir::plan
