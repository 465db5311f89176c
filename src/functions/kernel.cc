#include "functions/kernel.h"

#include <optional>

#include "types/decimal.h"

namespace weir::functions {
namespace {

LogicalType wider_number(const LogicalType& a, const LogicalType& b) {
  if (a.is_approximate() || b.is_approximate()) {
    // FLOAT survives only among FLOATs and integers; with DECIMAL or DOUBLE it is DOUBLE.
    const bool both_float = (a.kind() == TypeKind::kFloat || a.is_integer()) &&
                            (b.kind() == TypeKind::kFloat || b.is_integer());
    return both_float ? LogicalType::float32() : LogicalType::float64();
  }
  if (a.is_integer() && b.is_integer()) return a.kind() > b.kind() ? a : b;
  const LogicalType left = types::decimal_of(a);
  const LogicalType right = types::decimal_of(b);
  const int whole = std::max(left.precision() - left.scale(), right.precision() - right.scale());
  int scale = std::max(left.scale(), right.scale());
  if (whole + scale > types::kMaxDecimalDigits) {
    scale = std::max(types::kMaxDecimalDigits - whole, std::min(scale, 6));
  }
  return LogicalType::decimal(std::min(whole + scale, types::kMaxDecimalDigits), scale);
}

LogicalType wider_text(const LogicalType& a, const LogicalType& b) {
  const int32_t length = std::max(a.length(), b.length());
  if (a.kind() == b.kind() && a.length() == b.length()) return a;
  return a.is_binary() ? LogicalType::varbinary(length) : LogicalType::varchar(length);
}

std::optional<LogicalType> wider(const LogicalType& a, const LogicalType& b) {
  if (is_untyped_null(a)) return b;
  if (is_untyped_null(b)) return a;
  if (a.is_numeric() && b.is_numeric()) return wider_number(a, b);
  if (a.is_character() && b.is_character()) return wider_text(a, b);
  if (a.is_binary() && b.is_binary()) return wider_text(a, b);
  if (a.kind() == b.kind()) {
    if (a.is_timestamp() || a.kind() == TypeKind::kTime) {
      return a.precision() >= b.precision() ? a : b;
    }
    if (a.same_ignoring_nulls(b)) return a;
    return std::nullopt;
  }
  if (a.kind() == TypeKind::kDate && b.is_timestamp()) return b;
  if (b.kind() == TypeKind::kDate && a.is_timestamp()) return a;
  if (a.is_timestamp() && b.is_timestamp()) {
    const LogicalType& instant = a.kind() == TypeKind::kTimestampLtz ? a : b;
    const int precision = std::max(a.precision(), b.precision());
    return LogicalType::timestamp_ltz(precision).with_nullable(instant.nullable());
  }
  return std::nullopt;
}

}  // namespace

Function function_row(std::string_view name, std::string_view signature, std::string_view doc,
                      Examples examples, Resolve resolve, NullRule rule) {
  return {.name = name,
          .family = "",
          .signature = signature,
          .null_rule = rule,
          .doc = doc,
          .examples = std::move(examples),
          .resolve = resolve};
}

std::vector<Function> family_of(std::string_view family, std::vector<Function> rows) {
  for (Function& row : rows) row.family = family;
  return rows;
}

std::string describe(std::span<const LogicalType> arguments) {
  std::string text = "(";
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) text += ", ";
    text += arguments[i].to_summary();
  }
  return text + ")";
}

Error no_such_call(std::string_view name, std::string_view expected,
                   std::span<const LogicalType> arguments) {
  return invalid(fmt::format("{} cannot take {}", name, describe(arguments)))
      .hint(fmt::format("it is {}", expected));
}

LogicalType string_like(const LogicalType& type) {
  return LogicalType::string().with_nullable(type.nullable());
}

LogicalType integer_like(const LogicalType& type) {
  return LogicalType::integer().with_nullable(type.nullable());
}

std::optional<LogicalType> common_type(std::span<const LogicalType> types) {
  if (types.empty()) return std::nullopt;
  LogicalType common = types[0];
  for (const auto& type : types.subspan(1)) {
    const auto next = wider(common, type);
    if (!next) return std::nullopt;
    common = *next;
  }
  return common.with_nullable(any_nullable(types)).with_time_attribute(types::TimeAttribute::kNone);
}

Resolution resolved(std::span<const LogicalType> given, std::vector<LogicalType> arguments,
                    LogicalType result, Kernel kernel, Prepare prepare) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    // A type that only differs in nullability or time attribute needs no cast.
    arguments[i] = arguments[i].same_ignoring_nulls(given[i])
                       ? given[i]
                       : arguments[i].with_nullable(given[i].nullable());
  }
  return {std::move(arguments), std::move(result), kernel, prepare};
}

}  // namespace weir::functions
