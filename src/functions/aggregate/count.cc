// COUNT(*) and COUNT(x).
#include "functions/aggregate/families.h"
#include "functions/aggregate/state.h"

namespace weir::functions {
namespace {

using types::LogicalType;

struct Count {
  int64_t rows;
};

void update(std::byte* const* states, uint32_t offset, const types::Column* input,
            const types::Selection& selection) {
  if (input == nullptr) {
    for (uint32_t at = 0; at < selection.size(); ++at) {
      ++state_at<Count>(states[at] + offset).rows;
    }
    return;
  }
  for_each_input<Count>(states, offset, *input, selection,
                        [](Count& state, uint32_t /*row*/) { ++state.rows; });
}

void merge(std::byte* into, const std::byte* from) {
  state_at<Count>(into).rows += state_at<Count>(from).rows;
}

void subtract(std::byte* into, const std::byte* from) {
  state_at<Count>(into).rows -= state_at<Count>(from).rows;
}

Result<types::ColumnRef> finish(std::span<const std::byte* const> states, uint32_t offset,
                                const LogicalType& result) {
  return finish_states<Count, int64_t>(
      states, offset, result, [](const Count& state) { return std::optional(state.rows); });
}

Result<AggregateResolution> resolve(std::span<const LogicalType> arguments) {
  if (arguments.size() > 1) return no_such_aggregate("COUNT", arguments);
  AggregateResolution resolution;
  if (!arguments.empty()) resolution.argument = arguments[0];
  resolution.result = LogicalType::bigint().with_nullable(false);
  resolution.kernels = {sizeof(Count), &init_state<Count>, &update, &merge, &subtract, &finish};
  return resolution;
}

}  // namespace

std::span<const AggregateFunction> count_aggregates() {
  static const std::vector<AggregateFunction> rows{
      {.name = "COUNT",
       .signature = "COUNT(*) or COUNT(value) -> BIGINT NOT NULL",
       .doc = "How many rows there are, or how many of them have a value.",
       .mergeable = true,
       .resolve = &resolve},
  };
  return rows;
}

}  // namespace weir::functions
