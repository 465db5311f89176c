// Comparisons: = <> < <= > >= and IS [NOT] DISTINCT FROM.
//
// Strings compare by bytes (binary UTF-8, trailing blanks count); numbers in their common type;
// a string against a date or timestamp is cast to it; a string against a number is refused, as in
// Flink.
#include <optional>

#include "functions/families.h"
#include "functions/kernel.h"

namespace weir::functions {
namespace {

struct Equal {
  static constexpr std::string_view kSign = "=";
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return a == b;
  }
};
struct NotEqual {
  static constexpr std::string_view kSign = "<>";
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return !(a == b);
  }
};
struct Less {
  static constexpr std::string_view kSign = "<";
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return a < b;
  }
};
struct LessOrEqual {
  static constexpr std::string_view kSign = "<=";
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return a <= b;
  }
};
struct Greater {
  static constexpr std::string_view kSign = ">";
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return a > b;
  }
};
struct GreaterOrEqual {
  static constexpr std::string_view kSign = ">=";
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return a >= b;
  }
};

template <typename T, typename Op>
Result<ColumnRef> compare(const KernelCall& call) {
  return map_binary<T, T, uint8_t>(call, Op{});
}

// The kernel for values of a Physical; null for nested ones.
template <template <typename> typename Maker>
Kernel by_physical(types::Physical physical) {
  using types::Physical;
  switch (physical) {
    case Physical::kBool8: return Maker<uint8_t>::kernel();
    case Physical::kInt8: return Maker<int8_t>::kernel();
    case Physical::kInt16: return Maker<int16_t>::kernel();
    case Physical::kInt32: return Maker<int32_t>::kernel();
    case Physical::kInt64: return Maker<int64_t>::kernel();
    case Physical::kFloat32: return Maker<float>::kernel();
    case Physical::kFloat64: return Maker<double>::kernel();
    case Physical::kInt128: return Maker<types::int128_t>::kernel();
    case Physical::kString: return Maker<StringRef>::kernel();
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: break;
  }
  return nullptr;
}

template <typename Op>
struct CompareWith {
  template <typename T>
  struct Maker {
    static Kernel kernel() { return &compare<T, Op>; }
  };
};

template <bool distinct>
struct Distinct {
  template <typename T>
  struct Maker {
    static Result<ColumnRef> run(const KernelCall& call) {
      const auto& left = *call.arguments[0];
      const auto& right = *call.arguments[1];
      return with_reader<T>(left, [&](auto a) {
        return with_reader<T>(right, [&](auto b) {
          return map_rows<uint8_t>(call, [&](uint32_t row) -> uint8_t {
            const bool null_a = left.is_null(row);
            const bool null_b = right.is_null(row);
            const bool same = null_a || null_b ? null_a == null_b : Equal{}(a[row], b[row]);
            return same != distinct ? 1 : 0;
          });
        });
      });
    }
    static Kernel kernel() { return &run; }
  };
};

bool is_temporal(const LogicalType& type) {
  return type.is_timestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

// What both sides are cast to; an error when they cannot be compared.
Result<LogicalType> comparable(std::string_view sign, std::span<const LogicalType> arguments) {
  if (arguments.size() != 2) {
    return invalid(fmt::format("{} compares two values", sign));
  }
  if (is_temporal(arguments[0]) && arguments[1].is_character()) return arguments[0];
  if (is_temporal(arguments[1]) && arguments[0].is_character()) return arguments[1];
  auto common = common_type(arguments);
  if (!common) {
    return invalid(fmt::format("Cannot apply '{}' to arguments of type {} and {}", sign,
                               arguments[0].to_summary(), arguments[1].to_summary()))
        .hint("cast one side to the other's type");
  }
  if (is_untyped_null(*common)) return LogicalType::boolean();
  return *common;
}

template <template <typename> typename Maker>
Result<Resolution> resolve_with(std::string_view sign, std::span<const LogicalType> arguments,
                                bool nullable) {
  auto common = WEIR_TRY(comparable(sign, arguments));
  const Kernel kernel = by_physical<Maker>(common.physical());
  if (kernel == nullptr) {
    return unsupported(fmt::format("cannot compare values of type {}", common.to_summary()));
  }
  common = common.with_time_attribute(types::TimeAttribute::kNone);
  return resolved(arguments, {common, common}, LogicalType::boolean().with_nullable(nullable),
                  kernel);
}

template <typename Op>
Result<Resolution> resolve_compare(std::span<const LogicalType> arguments) {
  return resolve_with<CompareWith<Op>::template Maker>(Op::kSign, arguments,
                                                       any_nullable(arguments));
}

template <bool distinct>
Result<Resolution> resolve_distinct(std::span<const LogicalType> arguments) {
  return resolve_with<Distinct<distinct>::template Maker>("IS DISTINCT FROM", arguments, false);
}

}  // namespace

std::span<const Function> comparison_functions() {
  static const std::vector<Function> rows = family_of(
      "comparison",
      {
          function_row(
              "=", "a = b -> BOOLEAN", "Whether both values are equal.",
              {{"1 = 1", "TRUE"}, {"'a' = 'b'", "FALSE"}, {"CAST(NULL AS INT) = 1", "NULL"}},
              &resolve_compare<Equal>, NullRule::kTotal),
          function_row("<>", "a <> b -> BOOLEAN", "Whether the values differ.",
                       {{"1 <> 2", "TRUE"}, {"'a' <> 'a'", "FALSE"}}, &resolve_compare<NotEqual>,
                       NullRule::kTotal),
          function_row("<", "a < b -> BOOLEAN", "Whether the first value is smaller.",
                       {{"1 < 2", "TRUE"}, {"'b' < 'a'", "FALSE"}}, &resolve_compare<Less>,
                       NullRule::kTotal),
          function_row("<=", "a <= b -> BOOLEAN", "Whether the first value is not greater.",
                       {{"2 <= 2", "TRUE"}, {"1.5 <= 1", "FALSE"}}, &resolve_compare<LessOrEqual>,
                       NullRule::kTotal),
          function_row(">", "a > b -> BOOLEAN", "Whether the first value is greater.",
                       {{"2 > 1", "TRUE"}, {"DATE '2024-01-01' > DATE '2024-01-02'", "FALSE"}},
                       &resolve_compare<Greater>, NullRule::kTotal),
          function_row(">=", "a >= b -> BOOLEAN", "Whether the first value is not smaller.",
                       {{"2 >= 3", "FALSE"}, {"'b' >= 'a'", "TRUE"}},
                       &resolve_compare<GreaterOrEqual>, NullRule::kTotal),
          function_row("IS DISTINCT FROM", "a IS DISTINCT FROM b -> BOOLEAN NOT NULL",
                       "Whether the values differ, where NULL equals NULL.",
                       {{"1 IS DISTINCT FROM 2", "TRUE"},
                        {"CAST(NULL AS INT) IS DISTINCT FROM CAST(NULL AS INT)", "FALSE"}},
                       &resolve_distinct<true>, NullRule::kCustom),
          function_row("IS NOT DISTINCT FROM", "a IS NOT DISTINCT FROM b -> BOOLEAN NOT NULL",
                       "Whether the values are equal, where NULL equals NULL.",
                       {{"1 IS NOT DISTINCT FROM 1", "TRUE"},
                        {"1 IS NOT DISTINCT FROM CAST(NULL AS INT)", "FALSE"}},
                       &resolve_distinct<false>, NullRule::kCustom),
      });
  return rows;
}

}  // namespace weir::functions
