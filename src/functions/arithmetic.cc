// Arithmetic: + - * / % (also MOD) and unary - over numbers, with Java's and Flink's rules.
//
// Integers wrap silently in the wider type; INT / INT cuts toward zero; division by zero of an
// integer or DECIMAL fails the row; DECIMAL overflow is NULL; DECIMAL with FLOAT or DOUBLE is
// DOUBLE (flink-sql.md 2.2). Dates and intervals: time_arithmetic.cc continues "+" and "-".
#include <cmath>
#include <limits>

#include "functions/families.h"
#include "functions/interval.h"
#include "functions/kernel.h"
#include "types/decimal.h"

namespace weir::functions {
namespace {

using types::DecimalOperation;
using types::int128_t;

template <typename T>
using Unsigned = std::make_unsigned_t<T>;

struct Plus {
  static constexpr DecimalOperation kDecimal = DecimalOperation::kPlus;
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
    } else {
      return a + b;
    }
  }
};
struct Minus {
  static constexpr DecimalOperation kDecimal = DecimalOperation::kMinus;
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
    } else {
      return a - b;
    }
  }
};
struct Times {
  static constexpr DecimalOperation kDecimal = DecimalOperation::kTimes;
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      // Through 64 bits: 16-bit operands would be promoted to a signed product.
      return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    } else {
      return a * b;
    }
  }
};

template <typename T, typename Op>
Result<ColumnRef> combine(const KernelCall& call) {
  return map_binary<T, T, T>(call, Op{});
}

// Division and remainder of integers: zero fails the row, the smallest / -1 wraps.
template <typename T, bool remainder>
Result<ColumnRef> divide_integers(const KernelCall& call) {
  const Arg<T> a(*call.arguments[0]);
  const Arg<T> b(*call.arguments[1]);
  return map_rows<T>(call, [&](uint32_t row) -> T {
    const T divisor = b[row];
    if (divisor == 0) [[unlikely]] {
      call.context.errors->add(row, "division by zero");
      return 0;
    }
    if (divisor == -1) {
      return remainder ? T{0} : static_cast<T>(Unsigned<T>{0} - static_cast<Unsigned<T>>(a[row]));
    }
    return static_cast<T>(remainder ? a[row] % divisor : a[row] / divisor);
  });
}

template <typename T, bool remainder>
Result<ColumnRef> divide_floats(const KernelCall& call) {
  return map_binary<T, T, T>(call, [](T a, T b) {
    if constexpr (remainder) {
      return std::fmod(a, b);
    } else {
      return a / b;
    }
  });
}

template <DecimalOperation operation>
std::optional<int128_t> decimal_operation(int128_t a, int128_t b, int scale_a, int scale_b,
                                          const LogicalType& result) {
  switch (operation) {
    case DecimalOperation::kPlus: return types::decimal_add(a, scale_a, b, scale_b, result);
    case DecimalOperation::kMinus: return types::decimal_add(a, scale_a, -b, scale_b, result);
    case DecimalOperation::kTimes: return types::decimal_multiply(a, b, scale_a + scale_b, result);
    case DecimalOperation::kDivide: return types::decimal_divide(a, scale_a, b, scale_b, result);
    case DecimalOperation::kModulo: {
      const int scale = std::max(scale_a, scale_b);
      int128_t left = 0;
      int128_t right = 0;
      if (__builtin_mul_overflow(a, types::power_of_ten(scale - scale_a), &left) ||
          __builtin_mul_overflow(b, types::power_of_ten(scale - scale_b), &right)) {
        return std::nullopt;
      }
      return types::rescale(left % right, scale, result.scale(), result.precision());
    }
  }
  return std::nullopt;
}

template <DecimalOperation operation>
Result<ColumnRef> combine_decimals(const KernelCall& call) {
  constexpr bool kDivides =
      operation == DecimalOperation::kDivide || operation == DecimalOperation::kModulo;
  const Arg<int128_t> a(*call.arguments[0]);
  const Arg<int128_t> b(*call.arguments[1]);
  const int scale_a = call.arguments[0]->type().scale();
  const int scale_b = call.arguments[1]->type().scale();
  NullableResult<int128_t> out(call);
  call.selection.for_each([&](uint32_t row) {
    if (kDivides && b[row] == 0) [[unlikely]] {
      call.context.errors->add(row, "division by zero");
      return;
    }
    const auto value =
        decimal_operation<operation>(a[row], b[row], scale_a, scale_b, call.result_type);
    if (value) {
      out.set(row, *value);
    } else {
      out.set_null(row);
    }
  });
  return std::move(out).finish();
}

template <typename T>
Result<ColumnRef> negate(const KernelCall& call) {
  return map_unary<T, T>(call, [](T a) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(Unsigned<T>{0} - static_cast<Unsigned<T>>(a));
    } else {
      return static_cast<T>(-a);
    }
  });
}

template <template <typename> typename Maker>
Kernel by_number(TypeKind kind) {
  if (kind == TypeKind::kTinyint) return Maker<int8_t>::kernel();
  if (kind == TypeKind::kSmallint) return Maker<int16_t>::kernel();
  if (kind == TypeKind::kInt || kind == TypeKind::kIntervalYearMonth) {
    return Maker<int32_t>::kernel();
  }
  if (kind == TypeKind::kBigint || kind == TypeKind::kIntervalDayTime) {
    return Maker<int64_t>::kernel();
  }
  if (kind == TypeKind::kFloat) return Maker<float>::kernel();
  if (kind == TypeKind::kDouble) return Maker<double>::kernel();
  return nullptr;
}

template <typename Op>
struct Combine {
  template <typename T>
  struct Maker {
    static Kernel kernel() { return &combine<T, Op>; }
  };
};
template <bool remainder>
struct Divide {
  template <typename T>
  struct Maker {
    static Kernel kernel() {
      if constexpr (std::is_integral_v<T>) {
        return &divide_integers<T, remainder>;
      } else {
        return &divide_floats<T, remainder>;
      }
    }
  };
};
template <typename T>
struct Negate {
  static Kernel kernel() { return &negate<T>; }
};

template <DecimalOperation operation, template <typename> typename Maker>
Result<Resolution> resolve_numbers(std::string_view sign, std::span<const LogicalType> arguments) {
  if (arguments.size() != 2) {
    return invalid(fmt::format("{} takes two numbers", sign));
  }
  const auto common = common_type(arguments);
  if (!common || !(common->is_numeric() || is_untyped_null(*common))) {
    return invalid(fmt::format("{} cannot take {}", sign, describe(arguments)))
        .hint("both sides must be numbers; cast the one that is not");
  }
  const LogicalType type = is_untyped_null(*common) ? LogicalType::integer() : *common;
  if (type.kind() != TypeKind::kDecimal) {
    return resolved(arguments, {type, type}, type, by_number<Maker>(type.kind()));
  }
  // Each side keeps its own precision; an integer becomes the DECIMAL that holds it.
  const LogicalType left = is_untyped_null(arguments[0]) ? type : types::decimal_of(arguments[0]);
  const LogicalType right = is_untyped_null(arguments[1]) ? type : types::decimal_of(arguments[1]);
  return resolved(arguments, {left, right}, types::decimal_result(operation, left, right),
                  &combine_decimals<operation>);
}

Result<Resolution> resolve_plus(std::span<const LogicalType> arguments) {
  if (arguments.size() == 1 && arguments[0].is_numeric()) {
    return resolved(arguments, {arguments[0]}, arguments[0],
                    [](const KernelCall& call) -> Result<ColumnRef> { return call.arguments[0]; });
  }
  if (is_time_arithmetic(arguments)) return resolve_time_plus(arguments);
  return resolve_numbers<DecimalOperation::kPlus, Combine<Plus>::Maker>("+", arguments);
}

Result<Resolution> resolve_minus(std::span<const LogicalType> arguments) {
  if (arguments.size() == 1 && (arguments[0].is_numeric() || arguments[0].is_interval())) {
    const auto& type = arguments[0];
    const Kernel kernel =
        type.kind() == TypeKind::kDecimal ? &negate<int128_t> : by_number<Negate>(type.kind());
    return resolved(arguments, {type}, type, kernel);
  }
  if (is_time_arithmetic(arguments)) return resolve_time_minus(arguments);
  return resolve_numbers<DecimalOperation::kMinus, Combine<Minus>::Maker>("-", arguments);
}

Result<Resolution> resolve_times(std::span<const LogicalType> arguments) {
  if (is_time_arithmetic(arguments)) return resolve_interval_times(arguments);
  return resolve_numbers<DecimalOperation::kTimes, Combine<Times>::Maker>("*", arguments);
}

Result<Resolution> resolve_divide(std::span<const LogicalType> arguments) {
  return resolve_numbers<DecimalOperation::kDivide, Divide<false>::Maker>("/", arguments);
}

Result<Resolution> resolve_modulo(std::span<const LogicalType> arguments) {
  return resolve_numbers<DecimalOperation::kModulo, Divide<true>::Maker>("%", arguments);
}

}  // namespace

std::span<const Function> arithmetic_functions() {
  static const std::vector<Function> rows = family_of(
      "arithmetic",
      {
          function_row("+", "a + b", "Sum; a date or timestamp plus an interval.",
                       {{"1 + 2", "3"}, {"2147483647 + 1", "-2147483648"}, {"1.50 + 2", "3.50"}},
                       &resolve_plus, NullRule::kTotal),
          function_row("-", "a - b or -a",
                       "Difference or negation; a date or timestamp minus an interval.",
                       {{"1 - 2", "-1"}, {"-5", "-5"}, {"1.0 - 0.25", "0.75"}}, &resolve_minus,
                       NullRule::kTotal),
          function_row("*", "a * b", "Product.", {{"6 * 7", "42"}, {"1.50 * 2.00", "3.0000"}},
                       &resolve_times, NullRule::kTotal),
          function_row("/", "a / b",
                       "Quotient; of integers cut toward zero; dividing by zero fails the row.",
                       {{"7 / 2", "3"}, {"-7 / 2", "-3"}, {"7 / 2.0", "3.500000"}},
                       &resolve_divide),
          function_row("%", "a % b", "Remainder with the sign of the first operand.",
                       {{"-7 % 3", "-1"}}, &resolve_modulo),
          function_row("MOD", "MOD(a, b)", "Remainder with the sign of the first operand.",
                       {{"MOD(7, 3)", "1"}}, &resolve_modulo),
      });
  return rows;
}

}  // namespace weir::functions
