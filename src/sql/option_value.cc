#include "sql/option_value.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "sql/reserved_words.h"

namespace weir::sql {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

struct Unit {
  std::string_view names;  // with a blank before and after each
  int64_t numerator;
  int64_t denominator;
};

// A whole number and a unit. Flink takes the same forms, units in any case.
Result<int64_t> number_with_unit(std::string_view text, std::span<const Unit> units,
                                 std::string_view expected) {
  text = trim(text);
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + digits, number);
  const auto refuse = [&] { return invalid(fmt::format("expected {}, not '{}'", expected, text)); };
  if (digits == 0 || parsed.ec != std::errc{}) return refuse();
  std::string name = to_upper_ascii(trim(text.substr(digits)));
  for (const Unit& unit : units) {
    const bool fits = name.empty() ? unit.names.starts_with("  ")
                                   : unit.names.find(" " + name + " ") != std::string_view::npos;
    if (!fits) continue;
    int64_t scaled = 0;
    if (__builtin_mul_overflow(number, unit.numerator, &scaled)) return refuse();
    return scaled / unit.denominator;
  }
  return refuse();
}

// Two blanks in front: also the unit of a bare number.
constexpr Unit kDurations[] = {
    {" D DAY DAYS ", 86'400'000, 1},
    {" H HOUR HOURS ", 3'600'000, 1},
    {" MIN M MINUTE MINUTES ", 60'000, 1},
    {" S SEC SECS SECOND SECONDS ", 1'000, 1},
    {"  MS MILLI MILLIS MILLISECOND MILLISECONDS ", 1, 1},
    {" \xC2\xB5S US MICRO MICROS MICROSECOND MICROSECONDS ", 1, 1'000},
    {" NS NANO NANOS NANOSECOND NANOSECONDS ", 1, 1'000'000},
};

constexpr Unit kSizes[] = {
    {"  B BYTES ", 1, 1},
    {" K KB KIBIBYTES ", int64_t{1} << 10, 1},
    {" M MB MEBIBYTES ", int64_t{1} << 20, 1},
    {" G GB GIBIBYTES ", int64_t{1} << 30, 1},
    {" T TB TEBIBYTES ", int64_t{1} << 40, 1},
};

}  // namespace

Result<bool> parse_boolean(std::string_view text) {
  const std::string upper = to_upper_ascii(trim(text));
  if (upper == "TRUE") return true;
  if (upper == "FALSE") return false;
  return invalid(fmt::format("expected true or false, not '{}'", text));
}

Result<int64_t> parse_integer(std::string_view text) {
  const std::string_view trimmed = trim(text);
  int64_t value = 0;
  const auto* end = trimmed.data() + trimmed.size();
  const auto parsed = std::from_chars(trimmed.data(), end, value);
  if (trimmed.empty() || parsed.ec != std::errc{} || parsed.ptr != end) {
    return invalid(fmt::format("expected a whole number, not '{}'", text));
  }
  return value;
}

Result<double> parse_double(std::string_view text) {
  const std::string_view trimmed = trim(text);
  double value = 0;
  const auto* end = trimmed.data() + trimmed.size();
  const auto parsed = std::from_chars(trimmed.data(), end, value);
  if (trimmed.empty() || parsed.ec != std::errc{} || parsed.ptr != end || !std::isfinite(value)) {
    return invalid(fmt::format("expected a number, not '{}'", text));
  }
  return value;
}

Result<int64_t> parse_duration_ms(std::string_view text) {
  return number_with_unit(text, kDurations, "a duration such as '5 s', '200 ms' or '10 min'");
}

Result<int64_t> parse_memory_size(std::string_view text) {
  return number_with_unit(text, kSizes, "a size such as '64 kb', '128 mb' or '1 g'");
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(';'), text.size());
    const auto part = trim(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view option_type_name(OptionType type) {
  switch (type) {
    case OptionType::kString: return "String";
    case OptionType::kBoolean: return "Boolean";
    case OptionType::kInteger: return "Integer";
    case OptionType::kDouble: return "Double";
    case OptionType::kDuration: return "Duration";
    case OptionType::kMemorySize: return "MemorySize";
    case OptionType::kEnum: return "Enum";
    case OptionType::kStringList: return "List<String>";
  }
  return "String";
}

Status check_option_value(std::string_view text, OptionType type,
                          const std::vector<std::string_view>& choices) {
  switch (type) {
    case OptionType::kString:
    case OptionType::kStringList: return ok();
    case OptionType::kBoolean: (void)WEIR_TRY(parse_boolean(text)); return ok();
    case OptionType::kInteger: (void)WEIR_TRY(parse_integer(text)); return ok();
    case OptionType::kDouble: (void)WEIR_TRY(parse_double(text)); return ok();
    case OptionType::kDuration: (void)WEIR_TRY(parse_duration_ms(text)); return ok();
    case OptionType::kMemorySize: (void)WEIR_TRY(parse_memory_size(text)); return ok();
    case OptionType::kEnum: {
      const std::string upper = to_upper_ascii(text);
      for (const auto choice : choices) {
        if (to_upper_ascii(choice) == upper) return ok();
      }
      return invalid(fmt::format("expected one of {}, not '{}'", fmt::join(choices, ", "), text));
    }
  }
  return ok();
}

}  // namespace weir::sql
