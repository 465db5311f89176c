#include "sql/expression.h"

#include "sql/expression_text.h"

namespace weir::sql {
namespace {

std::string decimal_text(types::int128_t value, int scale) {
  const bool negative = value < 0;
  auto rest = negative ? types::uint128_t{0} - static_cast<types::uint128_t>(value)
                       : static_cast<types::uint128_t>(value);
  std::string digits;
  while (rest > 0 || static_cast<int>(digits.size()) <= scale) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  if (scale > 0) digits.insert(digits.end() - scale, '.');
  return negative ? "-" + digits : digits;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out.push_back('\'');
    out.push_back(c);
  }
  return out + "'";
}

std::string literal_text(const Expression& literal) {
  const types::Value& value = literal.literal;
  if (types::is_null(value)) return fmt::format("null:{}", literal.type.to_summary());
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (!literal.type.is_binary()) return quoted(*text);
    std::string hex = "X'";
    for (const char c : *text) hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
    return hex + "'";
  }
  if (const auto* decimal = std::get_if<types::int128_t>(&value)) {
    return decimal_text(*decimal, literal.type.scale());
  }
  const int64_t number = std::get<int64_t>(value);
  if (literal.type.is_integer()) return fmt::format("{}", number);
  return fmt::format("{}:{}", number, literal.type.to_summary());
}

bool is_infix(std::string_view name) {
  return !name.empty() &&
         std::string_view("+-*/%=<>|").find(name.front()) != std::string_view::npos;
}

class Writer {
 public:
  explicit Writer(const InputText& input) : input_(input) {}

  std::string write(const Expression& expression) {
    const auto& arguments = expression.arguments;
    switch (expression.kind) {
      case Expression::Kind::kInput: return input_(expression.input);
      case Expression::Kind::kLiteral: return literal_text(expression);
      case Expression::Kind::kCall: return call(expression);
      case Expression::Kind::kCast:
      case Expression::Kind::kTryCast:
        return fmt::format("{}({} AS {})",
                           expression.kind == Expression::Kind::kCast ? "CAST" : "TRY_CAST",
                           write(*arguments[0]), expression.type.to_summary());
      case Expression::Kind::kAnd: return "(" + joined(arguments, " AND ") + ")";
      case Expression::Kind::kOr: return "(" + joined(arguments, " OR ") + ")";
      case Expression::Kind::kCase: return "CASE(" + joined(arguments, ", ") + ")";
      case Expression::Kind::kCoalesce: return "COALESCE(" + joined(arguments, ", ") + ")";
    }
    return {};
  }

 private:
  std::string joined(const std::vector<ExpressionRef>& arguments, std::string_view separator) {
    std::string out;
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (i > 0) out += separator;
      out += write(*arguments[i]);
    }
    return out;
  }

  std::string call(const Expression& expression) {
    const std::string_view name = expression.function->name;
    const auto& arguments = expression.arguments;
    if (arguments.size() == 2 && (is_infix(name) || name == "LIKE" || name.starts_with("IS "))) {
      return fmt::format("({} {} {})", write(*arguments[0]), name, write(*arguments[1]));
    }
    if (arguments.size() == 1 && name.starts_with("IS ")) {
      return fmt::format("({} {})", write(*arguments[0]), name);
    }
    return fmt::format("{}({})", name, joined(arguments, ", "));
  }

  const InputText& input_;
};

}  // namespace

std::string to_string(const Expression& expression, const InputText& input) {
  return Writer(input).write(expression);
}

std::string to_string(const Expression& expression, const types::Schema& input) {
  return to_string(expression, [&](uint32_t column) {
    return column < input.size() ? input[column].name : fmt::format("${}", column);
  });
}

bool same_expression(const Expression& a, const Expression& b) {
  if (a.kind != b.kind || !(a.type == b.type) || a.input != b.input || a.function != b.function ||
      !(a.literal == b.literal) || a.arguments.size() != b.arguments.size()) {
    return false;
  }
  for (size_t i = 0; i < a.arguments.size(); ++i) {
    if (!same_expression(*a.arguments[i], *b.arguments[i])) return false;
  }
  return true;
}

bool is_deterministic(const Expression& expression) {
  if (expression.function != nullptr && !expression.function->deterministic) return false;
  for (const auto& argument : expression.arguments) {
    if (!is_deterministic(*argument)) return false;
  }
  return true;
}

void collect_inputs(const Expression& expression, std::vector<bool>& used) {
  if (expression.kind == Expression::Kind::kInput && expression.input < used.size()) {
    used[expression.input] = true;
  }
  for (const auto& argument : expression.arguments) collect_inputs(*argument, used);
}

ExpressionRef replace_inputs(const ExpressionRef& expression, const InputReplacement& replacement) {
  if (expression->kind == Expression::Kind::kInput) return replacement(*expression);
  if (expression->arguments.empty()) return expression;
  auto copy = std::make_shared<Expression>(*expression);
  for (auto& argument : copy->arguments) argument = replace_inputs(argument, replacement);
  return copy;
}

}  // namespace weir::sql
