#include "exec/operators/window_plan.h"

#include "types/time_zone.h"
#include "types/value.h"

namespace weir::exec {
namespace {

using types::ColumnRef;

Status check_offered(const plan::WindowSpec& window, const types::LogicalType& time,
                     const JobSettings& settings) {
  if (window.kind != plan::WindowSpec::Kind::kTumble) {
    return unsupported("only TUMBLE windows are offered yet");
  }
  // Windows over an instant are aligned to local days; in UTC both clocks are one.
  const bool is_instant = time.kind() == types::TypeKind::kTimestampLtz;
  if (is_instant && !types::time_zone(settings.time_zone).is_utc()) {
    return unsupported("windows over TIMESTAMP_LTZ are offered only in the time zone UTC yet")
        .hint("SET 'table.local-time-zone' = 'UTC'");
  }
  return ok();
}

}  // namespace

Result<std::shared_ptr<const WindowPlan>> WindowPlan::make(const plan::Node& node,
                                                           const JobSettings& settings) {
  const auto& body = std::get<plan::WindowAggregateNode>(node.body);
  const auto& input = node.inputs.at(0)->schema;
  WEIR_TRY(check_offered(body.window, input[body.window.time_column].type, settings));
  std::vector<types::LogicalType> keys;
  for (const uint32_t key : body.keys) {
    if (types::physical_width(input[key].type.physical()) == 0) {
      return unsupported(fmt::format("GROUP BY {}: a key of type {} is not offered yet",
                                     input[key].name, input[key].type.to_summary()));
    }
    keys.push_back(input[key].type);
  }
  std::vector<functions::AggregateKernels> kernels;
  for (const auto& call : body.aggregates) {
    if (!call.function->mergeable) {
      return unsupported(fmt::format("{} in a window is not offered yet", call.function->name));
    }
    kernels.push_back(call.resolution.kernels);
  }
  return std::make_shared<const WindowPlan>(WindowPlan{
      .node = body,
      .output = node.schema,
      .codec = state::KeyCodec(std::move(keys)),
      .layout = state::AggregateLayout(std::move(kernels)),
  });
}

Result<types::BatchRef> WindowPlan::output_rows(int64_t slice_end_ms,
                                                const state::GroupTable& table, uint32_t first,
                                                uint32_t last) const {
  const uint32_t rows = last - first;
  std::vector<std::span<const std::byte>> keys(rows);
  std::vector<const std::byte*> states(rows);
  for (uint32_t i = 0; i < rows; ++i) {
    keys[i] = table.key(first + i);
    states[i] = table.state(first + i);
  }
  types::Batch::Parts parts;
  parts.rows = rows;
  for (const auto& key : codec.decode(keys)) {
    parts.columns.push_back(key->with_type(output[parts.columns.size()].type));
  }
  for (size_t a = 0; a < layout.size(); ++a) {
    const auto& type = output[parts.columns.size()].type;
    parts.columns.push_back(WEIR_TRY(layout.kernels(a).finish(states, layout.offset(a), type)));
  }
  const int64_t start_ms = slice_end_ms - node.window.size_ms;
  for (const int64_t bound : {start_ms, slice_end_ms, slice_end_ms - 1}) {
    const auto& type = output[parts.columns.size()].type;
    parts.columns.push_back(types::make_constant(type, bound, rows));
  }
  return types::Batch::make(std::move(parts));
}

}  // namespace weir::exec
