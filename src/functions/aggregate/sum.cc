// SUM and AVG. Integers keep their type and wrap; DECIMAL sums have 38 digits and turn NULL beyond
// them; AVG of integers is cut toward zero (flink-sql.md G-03). A FLOAT is summed as FLOAT, which
// rounds at each step, and averaged as DOUBLE, both as Flink's aggregates do.
#include "functions/aggregate/families.h"
#include "functions/aggregate/state.h"
#include "types/decimal.h"

namespace weir::functions {
namespace {

using types::int128_t;
using types::LogicalType;
using types::TypeKind;

template <typename Total>
struct Sum {
  Total total;
  int64_t count;     // values in it
  int64_t overflow;  // 1: a DECIMAL went beyond 38 digits, and the sum is NULL for good
};

template <typename Total>
void add(Sum<Total>& sum, Total value) {
  if constexpr (std::is_same_v<Total, int64_t>) {
    sum.total =
        static_cast<int64_t>(static_cast<uint64_t>(sum.total) + static_cast<uint64_t>(value));
  } else if constexpr (std::is_same_v<Total, int128_t>) {
    int128_t total = 0;
    if (__builtin_add_overflow(sum.total, value, &total) ||
        !types::fits_precision(total, types::kMaxDecimalDigits)) {
      sum.overflow = 1;
    } else {
      sum.total = total;
    }
  } else {
    sum.total += value;
  }
}

// Input values of type T are summed as Total.
template <typename T, typename Total>
struct SumKernels {
  using State = Sum<Total>;

  static void update(std::byte* const* states, uint32_t offset, const types::Column* input,
                     const types::Selection& selection) {
    const T* values = input->values<T>().data();
    const size_t step = input->is_constant() ? 0 : 1;
    for_each_input<State>(states, offset, *input, selection, [&](State& state, uint32_t row) {
      add(state, static_cast<Total>(values[row * step]));
      ++state.count;
    });
  }
  static void merge(std::byte* into, const std::byte* from) {
    auto& left = state_at<State>(into);
    const auto& right = state_at<State>(from);
    add(left, right.total);
    left.count += right.count;
    left.overflow |= right.overflow;
  }
  // Only for wrapping sums: doubles leave residue, an overflow has no inverse.
  static void subtract(std::byte* into, const std::byte* from) {
    auto& left = state_at<State>(into);
    const auto& right = state_at<State>(from);
    left.total =
        static_cast<Total>(static_cast<uint64_t>(left.total) - static_cast<uint64_t>(right.total));
    left.count -= right.count;
  }
  static Result<types::ColumnRef> finish_sum(std::span<const std::byte* const> states,
                                             uint32_t offset, const LogicalType& result) {
    return finish_states<State, T>(states, offset, result, [](const State& state) {
      return state.count == 0 || state.overflow != 0 ? std::nullopt : std::optional(state.total);
    });
  }
  static Result<types::ColumnRef> finish_average(std::span<const std::byte* const> states,
                                                 uint32_t offset, const LogicalType& result) {
    return finish_states<State, T>(
        states, offset, result, [&](const State& state) -> std::optional<Total> {
          if (state.count == 0 || state.overflow != 0) return std::nullopt;
          if constexpr (std::is_same_v<Total, int128_t>) {
            return types::decimal_divide(state.total, result.scale(), state.count, 0, result);
          } else {
            return state.total / static_cast<Total>(state.count);
          }
        });
  }
  static AggregateKernels make(bool average) {
    AggregateKernels kernels{sizeof(State), &init_state<State>,
                             &update,       &merge,
                             nullptr,       average ? &finish_average : &finish_sum};
    if constexpr (std::is_same_v<Total, int64_t>) kernels.subtract = &subtract;
    return kernels;
  }
};

std::optional<AggregateKernels> kernels_of(TypeKind kind, bool average) {
  if (kind == TypeKind::kTinyint) return SumKernels<int8_t, int64_t>::make(average);
  if (kind == TypeKind::kSmallint) return SumKernels<int16_t, int64_t>::make(average);
  if (kind == TypeKind::kInt) return SumKernels<int32_t, int64_t>::make(average);
  if (kind == TypeKind::kBigint) return SumKernels<int64_t, int64_t>::make(average);
  if (kind == TypeKind::kFloat) {
    return average ? SumKernels<float, double>::make(true) : SumKernels<float, float>::make(false);
  }
  if (kind == TypeKind::kDouble) return SumKernels<double, double>::make(average);
  if (kind == TypeKind::kDecimal) return SumKernels<int128_t, int128_t>::make(average);
  return std::nullopt;
}

Result<AggregateResolution> resolve(std::string_view name, std::span<const LogicalType> arguments,
                                    bool average) {
  if (arguments.size() != 1) return no_such_aggregate(name, arguments);
  const LogicalType& type = arguments[0];
  auto kernels = kernels_of(type.kind(), average);
  if (!kernels) return no_such_aggregate(name, arguments);
  AggregateResolution resolution;
  resolution.argument = type;
  resolution.result = type.with_nullable(true);
  if (type.kind() == TypeKind::kDecimal) {
    const int scale = average ? std::max(6, type.scale()) : type.scale();
    resolution.result = LogicalType::decimal(types::kMaxDecimalDigits, scale);
    if (scale != type.scale()) {
      // The sum is kept at the result's scale.
      resolution.argument =
          LogicalType::decimal(types::kMaxDecimalDigits, scale).with_nullable(type.nullable());
    }
  }
  resolution.kernels = *kernels;
  return resolution;
}

Result<AggregateResolution> resolve_sum(std::span<const LogicalType> arguments) {
  return resolve("SUM", arguments, false);
}

Result<AggregateResolution> resolve_average(std::span<const LogicalType> arguments) {
  return resolve("AVG", arguments, true);
}

}  // namespace

std::span<const AggregateFunction> sum_aggregates() {
  static const std::vector<AggregateFunction> rows{
      {.name = "SUM",
       .signature = "SUM(number) -> the number's type",
       .doc = "The sum; integers wrap, DECIMAL has 38 digits; NULL when there is no value.",
       .mergeable = true,
       .resolve = &resolve_sum},
      {.name = "AVG",
       .signature = "AVG(number) -> the number's type",
       .doc = "The mean; of integers cut toward zero; NULL when there is no value.",
       .mergeable = true,
       .resolve = &resolve_average},
  };
  return rows;
}

}  // namespace weir::functions
