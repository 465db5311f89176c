// Logic and NULL tests: NOT, IS [NOT] NULL, IS [NOT] TRUE, FALSE, UNKNOWN. (AND and OR are kinds of
// expressions of their own, because they are lazy.)
#include "functions/families.h"
#include "functions/kernel.h"

namespace weir::functions {
namespace {

Result<ColumnRef> negate(const KernelCall& call) {
  return map_unary<uint8_t, uint8_t>(call, [](uint8_t a) { return a == 0 ? 1 : 0; });
}

// Also for columns without values (nested ones, NULL).
template <bool wanted>
Result<ColumnRef> null_test(const KernelCall& call) {
  const auto& argument = *call.arguments[0];
  if (argument.type().physical() == types::Physical::kNone || !argument.may_have_nulls()) {
    const bool null = argument.type().physical() == types::Physical::kNone;
    return types::make_constant(call.result_type, null == wanted, call.rows);
  }
  return map_rows<uint8_t>(
      call, [&](uint32_t row) -> uint8_t { return argument.is_null(row) == wanted ? 1 : 0; });
}

// IS TRUE, IS NOT FALSE, ...: `value` compared, `null_result` where there is none.
template <bool value, bool negated>
Result<ColumnRef> truth_test(const KernelCall& call) {
  const auto& argument = *call.arguments[0];
  const Arg<uint8_t> values(argument);
  return map_rows<uint8_t>(call, [&](uint32_t row) -> uint8_t {
    const bool is = !argument.is_null(row) && (values[row] != 0) == value;
    return is != negated ? 1 : 0;
  });
}

Result<Resolution> resolve_not(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1 ||
      !(arguments[0].kind() == TypeKind::kBoolean || is_untyped_null(arguments[0]))) {
    return no_such_call("NOT", "NOT BOOLEAN", arguments);
  }
  return resolved(arguments, {LogicalType::boolean()},
                  LogicalType::boolean().with_nullable(arguments[0].nullable()), &negate);
}

template <bool wanted>
Result<Resolution> resolve_null_test(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1) return no_such_call("IS NULL", "value IS NULL", arguments);
  return resolved(arguments, {arguments[0]}, LogicalType::boolean().with_nullable(false),
                  &null_test<wanted>);
}

template <bool value, bool negated>
Result<Resolution> resolve_truth(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1 ||
      !(arguments[0].kind() == TypeKind::kBoolean || is_untyped_null(arguments[0]))) {
    return no_such_call("IS TRUE", "BOOLEAN IS TRUE", arguments);
  }
  return resolved(arguments, {LogicalType::boolean()}, LogicalType::boolean().with_nullable(false),
                  &truth_test<value, negated>);
}

}  // namespace

std::span<const Function> logical_functions() {
  static const std::vector<Function> rows = family_of(
      "logical",
      {
          function_row("NOT", "NOT a -> BOOLEAN",
                       "TRUE for FALSE and the other way round; NULL stays.",
                       {{"NOT TRUE", "FALSE"}, {"NOT CAST(NULL AS BOOLEAN)", "NULL"}}, &resolve_not,
                       NullRule::kTotal),
          function_row("IS NULL", "value IS NULL -> BOOLEAN NOT NULL", "Whether there is no value.",
                       {{"CAST(NULL AS INT) IS NULL", "TRUE"}, {"1 IS NULL", "FALSE"}},
                       &resolve_null_test<true>, NullRule::kCustom),
          function_row("IS NOT NULL", "value IS NOT NULL -> BOOLEAN NOT NULL",
                       "Whether there is a value.", {{"1 IS NOT NULL", "TRUE"}},
                       &resolve_null_test<false>, NullRule::kCustom),
          function_row("IS TRUE", "a IS TRUE -> BOOLEAN NOT NULL", "TRUE for TRUE only.",
                       {{"TRUE IS TRUE", "TRUE"}, {"CAST(NULL AS BOOLEAN) IS TRUE", "FALSE"}},
                       &resolve_truth<true, false>, NullRule::kCustom),
          function_row("IS NOT TRUE", "a IS NOT TRUE -> BOOLEAN NOT NULL",
                       "TRUE for FALSE and NULL.", {{"CAST(NULL AS BOOLEAN) IS NOT TRUE", "TRUE"}},
                       &resolve_truth<true, true>, NullRule::kCustom),
          function_row("IS FALSE", "a IS FALSE -> BOOLEAN NOT NULL", "TRUE for FALSE only.",
                       {{"FALSE IS FALSE", "TRUE"}}, &resolve_truth<false, false>,
                       NullRule::kCustom),
          function_row("IS NOT FALSE", "a IS NOT FALSE -> BOOLEAN NOT NULL",
                       "TRUE for TRUE and NULL.", {{"TRUE IS NOT FALSE", "TRUE"}},
                       &resolve_truth<false, true>, NullRule::kCustom),
          function_row("IS UNKNOWN", "a IS UNKNOWN -> BOOLEAN NOT NULL",
                       "Whether a BOOLEAN is NULL.", {{"CAST(NULL AS BOOLEAN) IS UNKNOWN", "TRUE"}},
                       &resolve_null_test<true>, NullRule::kCustom),
          function_row("IS NOT UNKNOWN", "a IS NOT UNKNOWN -> BOOLEAN NOT NULL",
                       "Whether a BOOLEAN is TRUE or FALSE.", {{"TRUE IS NOT UNKNOWN", "TRUE"}},
                       &resolve_null_test<false>, NullRule::kCustom),
      });
  return rows;
}

}  // namespace weir::functions
