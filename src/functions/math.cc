// Numbers: ABS, ROUND, TRUNCATE, FLOOR, CEIL, POWER, SQRT, SIGN, and GREATEST and LEAST.
#include <array>
#include <cmath>

#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/rounding.h"
#include "types/decimal.h"

namespace weir::functions {
namespace {

using types::int128_t;

template <typename T>
Result<ColumnRef> absolute(const KernelCall& call) {
  return map_unary<T, T>(call, [](T a) -> T {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fabs(a);
    } else if constexpr (std::is_same_v<T, int128_t>) {
      return a < 0 ? -a : a;
    } else {
      // The smallest one stays negative, as in Java.
      return a < 0 ? static_cast<T>(0U - static_cast<std::make_unsigned_t<T>>(a)) : a;
    }
  });
}

template <bool up>
Result<ColumnRef> whole_decimal(const KernelCall& call) {
  const int128_t unit = types::power_of_ten(call.arguments[0]->type().scale());
  return map_unary<int128_t, int128_t>(call, [unit](int128_t a) -> int128_t {
    const int128_t cut = a / unit;
    const int128_t rest = a % unit;
    if (up) return cut + (rest > 0 ? 1 : 0);
    return cut - (rest < 0 ? 1 : 0);
  });
}

template <typename T, bool up>
Result<ColumnRef> whole_float(const KernelCall& call) {
  return map_unary<T, T>(call, [](T a) { return up ? std::ceil(a) : std::floor(a); });
}

Result<ColumnRef> itself(const KernelCall& call) { return call.arguments[0]; }

// ROUND and TRUNCATE(double, digits) by the decimal text of the number, HALF_UP, as Java's
// BigDecimal.
template <bool cuts>
std::optional<int128_t> drop_digits(int128_t value, int drop) {
  if (cuts) return value / types::power_of_ten(drop);
  return types::rescale(value, drop, 0, types::kMaxDecimalDigits);
}

template <bool cuts>
Result<ColumnRef> round_double(const KernelCall& call) {
  const Arg<double> value(*call.arguments[0]);
  const bool has_digits = call.arguments.size() == 2;
  return map_rows<double>(call, [&](uint32_t row) -> double {
    const int digits = has_digits ? call.arguments[1]->value<int32_t>(row) : 0;
    const double number = value[row];
    if (!std::isfinite(number) || std::fabs(number) >= 1e18 || digits > 15) return number;
    const int scale = std::max(digits, 0);
    const auto exact = types::double_to_decimal(number, types::kMaxDecimalDigits, 18);
    if (!exact) return number;
    const int drop = std::min(18 - digits, types::kMaxDecimalDigits);
    const auto rounded = drop_digits<cuts>(*exact, drop);
    if (!rounded) return number;
    if (digits >= 0) return types::decimal_to_double(*rounded, scale);
    return static_cast<double>(*rounded) * std::pow(10.0, -digits);
  });
}

// The result's scale is 0, the literal's digits or, when the digits are no literal, the number's.
template <bool cuts>
Result<ColumnRef> round_decimal(const KernelCall& call) {
  const Arg<int128_t> value(*call.arguments[0]);
  const bool has_digits = call.arguments.size() == 2;
  const int scale = call.arguments[0]->type().scale();
  const int to_scale = call.result_type.scale();
  const int precision = call.result_type.precision();
  NullableResult<int128_t> out(call);
  call.selection.for_each([&](uint32_t row) {
    const int digits = has_digits ? call.arguments[1]->value<int32_t>(row) : 0;
    int128_t number = value[row];
    if (digits < scale - types::kMaxDecimalDigits) return out.set(row, 0);
    if (digits < scale) {
      const auto rounded = drop_digits<cuts>(number, scale - digits);
      number = rounded.value_or(0);
    }
    const int from = std::min(digits, scale);
    if (to_scale - from > types::kMaxDecimalDigits) return out.set(row, 0);
    const auto made = types::rescale(number, from, to_scale, precision);
    if (made) {
      out.set(row, *made);
    } else {
      out.set_null(row);
    }
  });
  return std::move(out).finish();
}

// One more whole digit than the number has, for 9.9 rounds to 10; the scale that is asked for.
LogicalType rounded_type(const LogicalType& type, std::span<const types::Value* const> literals) {
  int64_t digits = 0;
  if (literals.size() == 2) {
    const auto* literal = literals[1] != nullptr ? std::get_if<int64_t>(literals[1]) : nullptr;
    if (literal == nullptr) return type;
    digits = std::max<int64_t>(*literal, 0);
  }
  if (digits >= type.scale()) return type;
  const int scale = static_cast<int>(digits);
  const int precision = type.precision() - type.scale() + 1 + scale;
  return LogicalType::decimal(std::min(precision, types::kMaxDecimalDigits), scale)
      .with_nullable(type.nullable());
}

template <typename T, bool cuts>
Result<ColumnRef> round_integer(const KernelCall& call) {
  const Arg<T> value(*call.arguments[0]);
  return map_rows<T>(call, [&](uint32_t row) -> T {
    const int digits = call.arguments[1]->value<int32_t>(row);
    if (digits >= 0) return value[row];
    const int drop = std::min(-digits, types::kMaxDecimalDigits - 19);
    const auto cut = drop_digits<cuts>(value[row], drop);
    return static_cast<T>(*cut * types::power_of_ten(drop));
  });
}

template <double (*function)(double)>
Result<ColumnRef> of_double(const KernelCall& call) {
  return map_unary<double, double>(call, [](double a) { return function(a); });
}

Result<ColumnRef> power(const KernelCall& call) {
  return map_binary<double, double, double>(call,
                                            [](double a, double b) { return std::pow(a, b); });
}

// The greatest (or least) of all arguments; NULL if one is.
template <typename T, bool greatest>
Result<ColumnRef> extreme(const KernelCall& call) {
  std::vector<Arg<T>> values;
  for (const auto& argument : call.arguments) values.emplace_back(*argument);
  types::Values<T> out(call.rows, types::Fill::kZero);
  call.selection.for_each([&](uint32_t row) {
    T best = values[0][row];
    for (size_t i = 1; i < values.size(); ++i) {
      const T& next = values[i][row];
      if (greatest ? best < next : next < best) best = next;
    }
    out[row] = best;
  });
  std::vector<BufferRef> pinned;
  for (const auto& argument : call.arguments) types::add_pinned(*argument, pinned);
  return types::finish_column(call.result_type, call.rows, std::move(out).take(), nullptr,
                              std::move(pinned));
}

template <bool greatest>
Kernel extreme_kernel(types::Physical physical) {
  using types::Physical;
  switch (physical) {
    case Physical::kBool8: return &extreme<uint8_t, greatest>;
    case Physical::kInt8: return &extreme<int8_t, greatest>;
    case Physical::kInt16: return &extreme<int16_t, greatest>;
    case Physical::kInt32: return &extreme<int32_t, greatest>;
    case Physical::kInt64: return &extreme<int64_t, greatest>;
    case Physical::kFloat32: return &extreme<float, greatest>;
    case Physical::kFloat64: return &extreme<double, greatest>;
    case Physical::kInt128: return &extreme<int128_t, greatest>;
    case Physical::kString: return &extreme<StringRef, greatest>;
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: break;
  }
  return nullptr;
}

template <bool greatest>
Result<Resolution> resolve_extreme(std::span<const LogicalType> arguments) {
  const auto common = common_type(arguments);
  const Kernel kernel = common ? extreme_kernel<greatest>(common->physical()) : nullptr;
  if (kernel == nullptr) {
    return no_such_call(greatest ? "GREATEST" : "LEAST", "of values of one type", arguments);
  }
  return resolved(arguments, std::vector<LogicalType>(arguments.size(), *common), *common, kernel);
}

Result<Resolution> resolve_abs(std::span<const LogicalType> arguments) {
  if (arguments.size() == 1) {
    const auto& type = arguments[0];
    Kernel kernel = nullptr;
    if (type.kind() == TypeKind::kTinyint) kernel = &absolute<int8_t>;
    if (type.kind() == TypeKind::kSmallint) kernel = &absolute<int16_t>;
    if (type.kind() == TypeKind::kInt) kernel = &absolute<int32_t>;
    if (type.kind() == TypeKind::kBigint) kernel = &absolute<int64_t>;
    if (type.kind() == TypeKind::kFloat) kernel = &absolute<float>;
    if (type.kind() == TypeKind::kDouble) kernel = &absolute<double>;
    if (type.kind() == TypeKind::kDecimal) kernel = &absolute<int128_t>;
    if (kernel != nullptr) return resolved(arguments, {type}, type, kernel);
  }
  return no_such_call("ABS", "ABS(number)", arguments);
}

template <bool cuts>
Result<Resolution> resolve_round(std::span<const LogicalType> arguments) {
  const bool two = arguments.size() == 2;
  if (!(arguments.size() == 1 || (two && is_whole(arguments[1]))) || !arguments[0].is_numeric()) {
    return no_such_call(cuts ? "TRUNCATE" : "ROUND", "(number[, digits INT])", arguments);
  }
  const auto& type = arguments[0];
  std::vector<LogicalType> types{type};
  if (two) types.push_back(LogicalType::integer());
  const LogicalType result = type.with_nullable(any_nullable(arguments));
  if (type.is_integer()) {
    Kernel kernel = &itself;
    if (two && type.kind() == TypeKind::kTinyint) kernel = &round_integer<int8_t, cuts>;
    if (two && type.kind() == TypeKind::kSmallint) kernel = &round_integer<int16_t, cuts>;
    if (two && type.kind() == TypeKind::kInt) kernel = &round_integer<int32_t, cuts>;
    if (two && type.kind() == TypeKind::kBigint) kernel = &round_integer<int64_t, cuts>;
    return resolved(arguments, std::move(types), result, kernel);
  }
  if (type.kind() == TypeKind::kDecimal) {
    auto resolution = resolved(arguments, std::move(types), result, &round_decimal<cuts>);
    resolution.result_of = &rounded_type;
    return resolution;
  }
  types[0] = LogicalType::float64();
  return resolved(arguments, std::move(types),
                  LogicalType::float64().with_nullable(any_nullable(arguments)),
                  &round_double<cuts>);
}

double sign_of(double a) { return a > 0 ? 1.0 : (a < 0 ? -1.0 : a); }

template <double (*function)(double)>
Result<Resolution> resolve_double(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1 || !arguments[0].is_numeric()) {
    return no_such_call("this function", "of one number", arguments);
  }
  return resolved(arguments, {LogicalType::float64()},
                  LogicalType::float64().with_nullable(arguments[0].nullable()),
                  &of_double<function>);
}

Result<Resolution> resolve_power(std::span<const LogicalType> arguments) {
  if (arguments.size() != 2 || !arguments[0].is_numeric() || !arguments[1].is_numeric()) {
    return no_such_call("POWER", "POWER(number, exponent)", arguments);
  }
  return resolved(arguments, {LogicalType::float64(), LogicalType::float64()},
                  LogicalType::float64().with_nullable(any_nullable(arguments)), &power);
}

}  // namespace

Result<Resolution> resolve_number_rounding(std::span<const LogicalType> arguments, bool up) {
  const auto& type = arguments[0];
  if (type.is_integer()) return resolved(arguments, {type}, type, &itself);
  if (type.kind() == TypeKind::kDouble) {
    return resolved(arguments, {type}, type,
                    up ? &whole_float<double, true> : &whole_float<double, false>);
  }
  if (type.kind() == TypeKind::kFloat) {
    return resolved(arguments, {type}, type,
                    up ? &whole_float<float, true> : &whole_float<float, false>);
  }
  if (type.kind() != TypeKind::kDecimal) {
    return no_such_call(up ? "CEIL" : "FLOOR", "of a number", arguments);
  }
  return resolved(arguments, {type},
                  LogicalType::decimal(type.precision(), 0).with_nullable(type.nullable()),
                  up ? &whole_decimal<true> : &whole_decimal<false>);
}

std::span<const Function> math_functions() {
  static const std::vector<Function> rows = family_of(
      "math",
      {
          function_row("ABS", "ABS(number) -> the number's type", "The number without its sign.",
                       {{"ABS(-5)", "5"}, {"ABS(-1.50)", "1.50"}}, &resolve_abs),
          function_row("ROUND", "ROUND(number[, digits INT]) -> number",
                       "Rounded to that many decimal digits, half away from zero.",
                       {{"ROUND(2.5e0)", "3.0"},
                        {"ROUND(-2.5e0)", "-3.0"},
                        {"ROUND(2.675e0, 2)", "2.68"},
                        {"ROUND(9.99, 1)", "10.0"},
                        {"ROUND(125, -1)", "130"}},
                       &resolve_round<false>),
          function_row("TRUNCATE", "TRUNCATE(number[, digits INT]) -> number",
                       "The number without what is behind that many decimal digits.",
                       {{"TRUNCATE(-2.5e0)", "-2.0"},
                        {"TRUNCATE(42.345, 2)", "42.34"},
                        {"TRUNCATE(129, -1)", "120"}},
                       &resolve_round<true>),
          function_row("POWER", "POWER(number, exponent) -> DOUBLE", "The number to the power.",
                       {{"POWER(2, 10)", "1024.0"}}, &resolve_power),
          function_row("SQRT", "SQRT(number) -> DOUBLE", "The square root.", {{"SQRT(9)", "3.0"}},
                       &resolve_double<&std::sqrt>),
          function_row("SIGN", "SIGN(number) -> DOUBLE", "-1, 0 or 1 as the number's sign.",
                       {{"SIGN(-2.5e0)", "-1.0"}}, &resolve_double<&sign_of>),
          function_row("EXP", "EXP(number) -> DOUBLE", "e to the power.", {{"EXP(0)", "1.0"}},
                       &resolve_double<&std::exp>),
          function_row("LN", "LN(number) -> DOUBLE", "The natural logarithm.", {{"LN(1)", "0.0"}},
                       &resolve_double<&std::log>),
          function_row("LOG10", "LOG10(number) -> DOUBLE", "The logarithm to base 10.",
                       {{"LOG10(100)", "2.0"}}, &resolve_double<&std::log10>),
          function_row("LOG2", "LOG2(number) -> DOUBLE", "The logarithm to base 2.",
                       {{"LOG2(8)", "3.0"}}, &resolve_double<&std::log2>),
          function_row("GREATEST", "GREATEST(value, ...) -> the common type",
                       "The greatest value; NULL if one is NULL.",
                       {{"GREATEST(1, 3, 2)", "3"}, {"GREATEST(1, CAST(NULL AS INT))", "NULL"}},
                       &resolve_extreme<true>),
          function_row("LEAST", "LEAST(value, ...) -> the common type",
                       "The smallest value; NULL if one is NULL.", {{"LEAST('b', 'a')", "a"}},
                       &resolve_extreme<false>),
      });
  return rows;
}

}  // namespace weir::functions
