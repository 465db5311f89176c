// SELECT k, COUNT(*), window_start, window_end, window_time ... TUMBLE: the plan that tests of this
// folder and of checkpoint/ run, made by hand.
//
// The aggregate is a COUNT of its own, so that a mistake in the library of aggregates is not
// hidden. Test code only; plain values, any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "plan/nodes.h"
#include "types/builder.h"

namespace weir::exec {

inline constexpr functions::AggregateKernels kCountForTest{
    .state_size = 8,
    .init = [](std::byte* state) { store_le<int64_t>(state, 0); },
    .update =
        [](std::byte* const* states, uint32_t offset, const types::Column* /*input*/,
           const types::Selection& selection) {
          for (size_t i = 0; i < selection.size(); ++i) {
            store_le(states[i] + offset, load_le<int64_t>(states[i] + offset) + 1);
          }
        },
    .merge =
        [](std::byte* into, const std::byte* from) {
          store_le(into, load_le<int64_t>(into) + load_le<int64_t>(from));
        },
    .subtract = nullptr,
    .finish = [](std::span<const std::byte* const> states, uint32_t offset,
                 const types::LogicalType& result) -> Result<types::ColumnRef> {
      types::Values<int64_t> values(static_cast<uint32_t>(states.size()));
      for (size_t i = 0; i < states.size(); ++i) values[i] = load_le<int64_t>(states[i] + offset);
      return types::finish_column(result, static_cast<uint32_t>(states.size()),
                                  std::move(values).take());
    },
};
inline constexpr functions::AggregateFunction kCountFunctionForTest{
    .name = "COUNT", .signature = "COUNT(*)", .doc = "rows", .mergeable = true, .resolve = nullptr};

[[nodiscard]] inline plan::NodeRef make_node(plan::Node::Body body,
                                             std::vector<plan::NodeRef> inputs,
                                             types::Schema schema, std::string identity = {}) {
  auto node = std::make_shared<plan::Node>();
  node->body = std::move(body);
  node->inputs = std::move(inputs);
  node->schema = std::move(schema);
  node->identity = std::move(identity);
  return node;
}

[[nodiscard]] inline sql::TableRef make_table(const std::string& name,
                                              const types::Schema& schema) {
  auto table = std::make_shared<sql::Table>();
  table->name = {"default_catalog", "default_database", name};
  for (const auto& field : schema.fields()) {
    sql::TableColumn column;
    column.name = field.name;
    column.type = field.type;
    table->columns.push_back(std::move(column));
  }
  return table;
}

// (k BIGINT, ts TIMESTAMP(3)).
[[nodiscard]] inline types::Schema key_and_time() {
  return types::Schema(
      {{"k", types::LogicalType::bigint()}, {"ts", types::LogicalType::timestamp(3)}});
}

// `input` has the columns of key_and_time().
[[nodiscard]] inline plan::NodeRef count_per_window(plan::NodeRef input, int64_t size_ms,
                                                    std::string identity = {}) {
  plan::WindowAggregateNode window;
  window.window.time_column = 1;
  window.window.size_ms = window.window.slide_ms = size_ms;
  window.keys = {0};
  plan::AggregateCall call;
  call.function = &kCountFunctionForTest;
  call.resolution.result = types::LogicalType::bigint();
  call.resolution.kernels = kCountForTest;
  window.aggregates = {call};
  const auto rowtime = types::LogicalType::timestamp(3);
  return make_node(window, {std::move(input)},
                   types::Schema({{"k", types::LogicalType::bigint()},
                                  {"n", types::LogicalType::bigint()},
                                  {"window_start", rowtime},
                                  {"window_end", rowtime},
                                  {"window_time", rowtime}}),
                   std::move(identity));
}

}  // namespace weir::exec
