// Dates, timestamps and intervals in "+", "-", "*": the kernels behind arithmetic.cc's rows, and
// MINUS of two times as an interval.
#include "functions/families.h"
#include "functions/interval.h"
#include "functions/kernel.h"
#include "types/datetime.h"
#include "types/time_zone.h"

namespace weir::functions {
namespace {

using types::kMsPerDay;

bool is_time_point(const LogicalType& type) {
  return type.is_timestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

// Months move the calendar date; the time of the day stays. LTZ moves in UTC, as Flink does.
int64_t plus_months(int64_t value, int64_t months, int64_t units_per_day) {
  const int64_t days = types::floor_divide(value, units_per_day);
  return types::wrapping_multiply_add(types::add_months(days, months), units_per_day,
                                      types::floor_modulo(value, units_per_day));
}

template <int sign>
Result<ColumnRef> timestamp_months(const KernelCall& call) {
  const int64_t day = call.result_type.units_per_second() * types::kSecondsPerDay;
  return map_binary<int64_t, int32_t, int64_t>(call, [day](int64_t value, int32_t months) {
    return plus_months(value, int64_t{sign} * months, day);
  });
}

template <int sign>
Result<ColumnRef> timestamp_millis(const KernelCall& call) {
  const auto factor = static_cast<uint64_t>(call.result_type.units_per_second() / 1000);
  return map_binary<int64_t, int64_t, int64_t>(call, [factor](int64_t value, int64_t ms) {
    const uint64_t moved = static_cast<uint64_t>(ms) * factor;
    return static_cast<int64_t>(sign > 0 ? static_cast<uint64_t>(value) + moved
                                         : static_cast<uint64_t>(value) - moved);
  });
}

template <int sign>
Result<ColumnRef> date_months(const KernelCall& call) {
  return map_binary<int32_t, int32_t, int32_t>(call, [](int32_t days, int32_t months) {
    return types::add_months(days, int64_t{sign} * months);
  });
}

template <int sign>
Result<ColumnRef> date_millis(const KernelCall& call) {
  return map_binary<int32_t, int64_t, int32_t>(
      call, [](int32_t days, int64_t ms) { return days + sign * (ms / kMsPerDay); });
}

template <int sign>
Result<ColumnRef> time_millis(const KernelCall& call) {
  return map_binary<int32_t, int64_t, int32_t>(call, [](int32_t time, int64_t ms) {
    return types::floor_modulo(time + sign * (ms % kMsPerDay), kMsPerDay);
  });
}

template <typename T, int sign>
Result<ColumnRef> interval_sum(const KernelCall& call) {
  using Unsigned = std::make_unsigned_t<T>;
  return map_binary<T, T, T>(call, [](T a, T b) {
    return sign > 0 ? static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b))
                    : static_cast<T>(static_cast<Unsigned>(a) - static_cast<Unsigned>(b));
  });
}

template <typename T>
Result<ColumnRef> interval_product(const KernelCall& call) {
  return map_binary<T, int64_t, T>(call, [](T interval, int64_t times) {
    return static_cast<T>(static_cast<uint64_t>(interval) * static_cast<uint64_t>(times));
  });
}

// The point's side first.
template <int sign>
Kernel point_kernel(const LogicalType& point, const LogicalType& interval) {
  const bool months = interval.kind() == TypeKind::kIntervalYearMonth;
  if (point.is_timestamp()) return months ? &timestamp_months<sign> : &timestamp_millis<sign>;
  if (point.kind() == TypeKind::kDate) return months ? &date_months<sign> : &date_millis<sign>;
  return months ? nullptr : &time_millis<sign>;
}

template <int sign>
Result<Resolution> resolve_shift(std::span<const LogicalType> arguments) {
  const auto& first = arguments[0];
  const auto& second = arguments[1];
  if (first.is_interval() && first.kind() == second.kind()) {
    const Kernel kernel = first.kind() == TypeKind::kIntervalYearMonth
                              ? &interval_sum<int32_t, sign>
                              : &interval_sum<int64_t, sign>;
    return resolved(arguments, {first, second}, first.with_nullable(any_nullable(arguments)),
                    kernel);
  }
  if (is_time_point(first) && second.is_interval()) {
    if (const Kernel kernel = point_kernel<sign>(first, second)) {
      const auto plain = first.with_time_attribute(types::TimeAttribute::kNone);
      return resolved(arguments, {plain, second}, plain.with_nullable(any_nullable(arguments)),
                      kernel);
    }
  }
  return invalid(fmt::format("cannot {} {} and {}", sign > 0 ? "add" : "subtract",
                             first.to_summary(), second.to_summary()))
      .hint(first.is_interval() || second.is_interval()
                ? "an interval goes with a date, a timestamp or an interval of the same kind"
                : "use TIMESTAMPDIFF(unit, b, a) for the time between two timestamps");
}

template <int sign>
Result<ColumnRef> swapped(const KernelCall& call) {
  const ColumnRef arguments[2] = {call.arguments[1], call.arguments[0]};
  const Kernel kernel = point_kernel<sign>(arguments[0]->type(), arguments[1]->type());
  return kernel({arguments, call.result_type, call.rows, call.selection, call.state, call.context});
}

}  // namespace

bool is_time_arithmetic(std::span<const LogicalType> arguments) {
  if (arguments.size() != 2) return false;
  return arguments[0].is_interval() || arguments[1].is_interval() || is_time_point(arguments[0]) ||
         is_time_point(arguments[1]);
}

Result<Resolution> resolve_time_plus(std::span<const LogicalType> arguments) {
  if (!arguments[0].is_interval() || !is_time_point(arguments[1])) {
    return resolve_shift<1>(arguments);
  }
  const LogicalType turned[2] = {arguments[1], arguments[0]};
  auto resolution = WEIR_TRY(resolve_shift<1>(turned));
  std::swap(resolution.arguments[0], resolution.arguments[1]);
  resolution.kernel = &swapped<1>;
  return resolution;
}

Result<Resolution> resolve_time_minus(std::span<const LogicalType> arguments) {
  return resolve_shift<-1>(arguments);
}

Result<Resolution> resolve_interval_times(std::span<const LogicalType> arguments) {
  if (!arguments[0].is_interval() || !is_whole(arguments[1])) {
    return invalid(fmt::format("* cannot take {}", describe(arguments)))
        .hint("an interval is multiplied by a whole number that stands behind it");
  }
  const Kernel kernel = arguments[0].kind() == TypeKind::kIntervalYearMonth
                            ? &interval_product<int32_t>
                            : &interval_product<int64_t>;
  return resolved(arguments, {arguments[0], LogicalType::bigint()},
                  arguments[0].with_nullable(any_nullable(arguments)), kernel);
}

}  // namespace weir::functions
