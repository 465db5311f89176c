// Casts among numbers and BOOLEAN.
#include <array>
#include <cmath>
#include <limits>

#include "types/cast_kernels.h"
#include "types/decimal.h"
#include "types/number_text.h"

namespace weir::types {
namespace {

// Java's conversions: toward zero, saturating at int or long, NaN is 0; narrower ones by low bits.
template <typename To>
To from_float(double value) {
  using Wide = std::conditional_t<sizeof(To) == 8, int64_t, int32_t>;
  if (std::isnan(value)) return 0;
  constexpr double kLow = static_cast<double>(std::numeric_limits<Wide>::min());
  if (value <= kLow) return static_cast<To>(std::numeric_limits<Wide>::min());
  if (value >= -kLow) return static_cast<To>(std::numeric_limits<Wide>::max());
  return static_cast<To>(static_cast<Wide>(value));
}

template <typename From, typename To>
To convert(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return from_float<To>(static_cast<double>(value));
  } else {
    return static_cast<To>(value);
  }
}

template <typename From, typename To>
ColumnRef plain(const CastJob& job) {
  const From* from = job.from.values<From>().data();
  Values<To> out(job.from.length(), job.selection);
  To* to = out.data();
  job.selection.for_each([&](uint32_t row) { to[row] = convert<From, To>(from[row]); });
  return finish_column(job.to, job.from.length(), std::move(out).take(), job.from.parts().validity);
}

template <typename From>
ColumnRef to_bool(const CastJob& job) {
  CastOutput<uint8_t> out(job);
  const From* from = job.from.values<From>().data();
  for_each_value(job, [&](uint32_t row) { out[row] = from[row] != 0 ? 1 : 0; });
  return std::move(out).finish();
}

template <typename From>
ColumnRef to_decimal(const CastJob& job) {
  CastOutput<int128_t> out(job);
  const From* from = job.from.values<From>().data();
  const int precision = job.to.precision();
  const int scale = job.to.scale();
  for_each_value(job, [&](uint32_t row) {
    std::optional<int128_t> value;
    if constexpr (std::is_same_v<From, float>) {
      std::array<char, kNumberTextBytes> text{};
      const size_t length = format_float(from[row], text.data());
      if (!parse_decimal({text.data(), length}, precision, scale, value)) {
        return out.fail(row, {text.data(), length});
      }
    } else if constexpr (std::is_same_v<From, double>) {
      if (!std::isfinite(from[row])) {
        std::array<char, kNumberTextBytes> text{};
        return out.fail(row, {text.data(), format_double(from[row], text.data())});
      }
      value = double_to_decimal(from[row], precision, scale);
    } else if constexpr (std::is_same_v<From, int128_t>) {
      value = rescale(from[row], job.from.type().scale(), scale, precision);
    } else {
      value = rescale(from[row], 0, scale, precision);
    }
    if (value) {
      out[row] = *value;
    } else {
      out.set_null(row);
    }
  });
  return std::move(out).finish();
}

template <typename To>
ColumnRef from_decimal(const CastJob& job) {
  CastOutput<To> out(job);
  const auto* from = job.from.values<int128_t>().data();
  const int scale = job.from.type().scale();
  const int128_t divisor = power_of_ten(scale);
  for_each_value(job, [&](uint32_t row) {
    if constexpr (std::is_floating_point_v<To>) {
      out[row] = static_cast<To>(decimal_to_double(from[row], scale));
    } else {
      out[row] = static_cast<To>(from[row] / divisor);
    }
  });
  return std::move(out).finish();
}

template <typename From>
CastKernel from_number(const LogicalType& to) {
  const TypeKind kind = to.kind();
  if (kind == TypeKind::kBoolean) return &to_bool<From>;
  if (kind == TypeKind::kTinyint) return &plain<From, int8_t>;
  if (kind == TypeKind::kSmallint) return &plain<From, int16_t>;
  if (kind == TypeKind::kInt) return &plain<From, int32_t>;
  if (kind == TypeKind::kBigint) return &plain<From, int64_t>;
  if (kind == TypeKind::kFloat) return &plain<From, float>;
  if (kind == TypeKind::kDouble) return &plain<From, double>;
  if (kind == TypeKind::kDecimal) return &to_decimal<From>;
  return nullptr;
}

CastKernel from_decimal_to(const LogicalType& to) {
  const TypeKind kind = to.kind();
  if (kind == TypeKind::kBoolean) return &to_bool<int128_t>;
  if (kind == TypeKind::kTinyint) return &from_decimal<int8_t>;
  if (kind == TypeKind::kSmallint) return &from_decimal<int16_t>;
  if (kind == TypeKind::kInt) return &from_decimal<int32_t>;
  if (kind == TypeKind::kBigint) return &from_decimal<int64_t>;
  if (kind == TypeKind::kFloat) return &from_decimal<float>;
  if (kind == TypeKind::kDouble) return &from_decimal<double>;
  if (kind == TypeKind::kDecimal) return &to_decimal<int128_t>;
  return nullptr;
}

}  // namespace

CastKernel number_cast(const LogicalType& from, const LogicalType& to) {
  const TypeKind kind = from.kind();
  if (kind == TypeKind::kBoolean) return from_number<uint8_t>(to);
  if (kind == TypeKind::kTinyint) return from_number<int8_t>(to);
  if (kind == TypeKind::kSmallint) return from_number<int16_t>(to);
  if (kind == TypeKind::kInt) return from_number<int32_t>(to);
  if (kind == TypeKind::kBigint) return from_number<int64_t>(to);
  if (kind == TypeKind::kFloat) return from_number<float>(to);
  if (kind == TypeKind::kDouble) return from_number<double>(to);
  if (kind == TypeKind::kDecimal) return from_decimal_to(to);
  return nullptr;
}

}  // namespace weir::types
