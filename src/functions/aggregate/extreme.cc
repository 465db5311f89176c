// MIN and MAX over numbers, BOOLEAN, dates and timestamps. (Accumulators have a fixed size, so
// strings need an aggregate of another shape; they are refused with a clear message.)
#include <cmath>

#include "functions/aggregate/families.h"
#include "functions/aggregate/state.h"

namespace weir::functions {
namespace {

using types::LogicalType;
using types::Physical;

template <typename T>
struct Extreme {
  T value;
  int64_t present;
};

// Java orders NaN above everything and -0.0 below 0.0.
template <typename T>
bool before(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a)) return false;
    if (std::isnan(b)) return true;
    if (a == b) return std::signbit(a) && !std::signbit(b);
  }
  return a < b;
}

template <typename T, bool maximum>
struct ExtremeKernels {
  using State = Extreme<T>;

  static void take(State& state, T value) {
    const bool better = maximum ? before(state.value, value) : before(value, state.value);
    if (state.present == 0 || better) state.value = value;
    state.present = 1;
  }
  static void update(std::byte* const* states, uint32_t offset, const types::Column* input,
                     const types::Selection& selection) {
    const T* values = input->values<T>().data();
    const size_t step = input->is_constant() ? 0 : 1;
    for_each_input<State>(states, offset, *input, selection,
                          [&](State& state, uint32_t row) { take(state, values[row * step]); });
  }
  static void merge(std::byte* into, const std::byte* from) {
    const auto& other = state_at<State>(from);
    if (other.present != 0) take(state_at<State>(into), other.value);
  }
  static Result<types::ColumnRef> finish(std::span<const std::byte* const> states, uint32_t offset,
                                         const LogicalType& result) {
    return finish_states<State, T>(states, offset, result, [](const State& state) {
      return state.present != 0 ? std::optional(state.value) : std::nullopt;
    });
  }
  static AggregateKernels make() {
    return {sizeof(State), &init_state<State>, &update, &merge, nullptr, &finish};
  }
};

template <bool maximum>
std::optional<AggregateKernels> kernels_of(Physical physical) {
  switch (physical) {
    case Physical::kBool8: return ExtremeKernels<uint8_t, maximum>::make();
    case Physical::kInt8: return ExtremeKernels<int8_t, maximum>::make();
    case Physical::kInt16: return ExtremeKernels<int16_t, maximum>::make();
    case Physical::kInt32: return ExtremeKernels<int32_t, maximum>::make();
    case Physical::kInt64: return ExtremeKernels<int64_t, maximum>::make();
    case Physical::kFloat32: return ExtremeKernels<float, maximum>::make();
    case Physical::kFloat64: return ExtremeKernels<double, maximum>::make();
    case Physical::kInt128: return ExtremeKernels<types::int128_t, maximum>::make();
    case Physical::kString:
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: break;
  }
  return std::nullopt;
}

template <bool maximum>
Result<AggregateResolution> resolve(std::span<const LogicalType> arguments) {
  constexpr std::string_view kName = maximum ? "MAX" : "MIN";
  if (arguments.size() != 1) return no_such_aggregate(kName, arguments);
  const auto kernels = kernels_of<maximum>(arguments[0].physical());
  if (!kernels) {
    if (arguments[0].is_character()) {
      return unsupported(
                 fmt::format("{} of {} is not offered yet", kName, arguments[0].to_summary()))
          .hint("numbers, dates and timestamps are");
    }
    return no_such_aggregate(kName, arguments);
  }
  return AggregateResolution{
      arguments[0],
      arguments[0].with_nullable(true).with_time_attribute(types::TimeAttribute::kNone), *kernels};
}

}  // namespace

std::span<const AggregateFunction> extreme_aggregates() {
  static const std::vector<AggregateFunction> rows{
      {.name = "MIN",
       .signature = "MIN(value) -> the value's type",
       .doc = "The smallest value; NULL when there is none.",
       .mergeable = true,
       .resolve = &resolve<false>},
      {.name = "MAX",
       .signature = "MAX(value) -> the value's type",
       .doc = "The greatest value; NULL when there is none.",
       .mergeable = true,
       .resolve = &resolve<true>},
  };
  return rows;
}

}  // namespace weir::functions
