// One row a plan node.
#include "base/overloaded.h"
#include "exec/operators/filter.h"
#include "exec/operators/operators.h"
#include "exec/operators/pass.h"
#include "exec/operators/project.h"
#include "exec/operators/sink.h"
#include "exec/operators/watermark.h"
#include "exec/operators/window_aggregate.h"

namespace weir::exec {
namespace {

Result<MadeOperator> whole(std::unique_ptr<Operator> op) {
  return MadeOperator{std::move(op), ExchangeOperator()};
}

// The table's NOT NULL columns that the query may fill with NULL.
std::vector<SinkOperator::NotNullColumn> not_null_columns(const plan::Node& node,
                                                          const plan::SinkNode& sink) {
  std::vector<SinkOperator::NotNullColumn> columns;
  const types::Schema table = sink.table->sink_schema();
  const types::Schema& input = node.inputs.at(0)->schema;
  for (uint32_t i = 0; i < table.size(); ++i) {
    if (table[i].type.nullable() || !input[i].type.nullable()) continue;
    columns.push_back({i, table[i].name});
  }
  return columns;
}

}  // namespace

Result<MadeOperator> make_operator(const plan::Node& node, OperatorParts parts) {
  const JobSettings& settings = parts.settings;
  return std::visit(
      Overloaded{
          [](const plan::ScanNode&) { return whole(std::make_unique<PassOperator>()); },
          [](const plan::ValuesNode&) { return whole(std::make_unique<PassOperator>()); },
          [](const plan::UnionNode&) { return whole(std::make_unique<PassOperator>()); },
          [&](const plan::WatermarkNode& watermark) {
            return whole(std::make_unique<WatermarkOperator>(
                watermark, node.schema[watermark.rowtime].type, *parts.tracker));
          },
          [](const plan::ProjectNode& project) {
            return whole(std::make_unique<ProjectOperator>(project.expressions));
          },
          [](const plan::FilterNode& filter) {
            return whole(std::make_unique<FilterOperator>(filter.condition));
          },
          [&](const plan::WindowAggregateNode&) -> Result<MadeOperator> {
            MadeOperator made;
            made.exchange = WEIR_TRY(make_window_aggregate(node, settings));
            return made;
          },
          [&](const plan::SinkNode& sink) {
            return whole(std::make_unique<SinkOperator>(
                std::move(parts.sink_id), std::move(parts.sink_writer),
                not_null_columns(node, sink), settings.not_null_enforcer));
          },
          [&](const plan::CollectNode&) {
            return whole(std::make_unique<SinkOperator>(
                std::move(parts.sink_id), std::move(parts.sink_writer),
                std::vector<SinkOperator::NotNullColumn>(), settings.not_null_enforcer));
          },
      },
      node.body);
}

}  // namespace weir::exec
