#include "connectors/datagen/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/nearest.h"
#include "connectors/datagen/random_columns.h"
#include "connectors/datagen/sequence_columns.h"
#include "sql/option_value.h"

namespace weir::connectors {

namespace {

using types::LogicalType;
using types::TypeKind;

constexpr uint32_t kDefaultLength = 100;  // of STRING and BYTES
constexpr uint32_t kDefaultEntries = 3;   // of ARRAY, MAP, MULTISET
constexpr int64_t kMaxLength = 1 << 20U;  // a batch of such rows is 4 GiB: beyond all sense
constexpr int64_t kMaxMonths = 120'000;   // Flink's limit of a random INTERVAL YEAR TO MONTH
constexpr int64_t kMaxDayTimeMs = 315'360'000'000'000;  // 10,000 years of 365 days
constexpr std::array<std::string_view, 9> kProperties = {
    "kind", "min", "max", "max-past", "length", "var-len", "start", "end", "null-rate"};

// The options of one column (or of one nested part of it), with their whole keys for messages.
struct FieldOptions {
  const TableOptions& options;
  std::string name;

  [[nodiscard]] std::string key(std::string_view property) const {
    return fmt::format("fields.{}.{}", name, property);
  }
  [[nodiscard]] Result<int64_t> integer(std::string_view property, int64_t otherwise) const {
    return WEIR_TRY(options.integer(key(property))).value_or(otherwise);
  }
  [[nodiscard]] Result<double> real(std::string_view property, double otherwise) const {
    const auto text = options.find(key(property));
    if (!text.has_value()) return otherwise;
    auto parsed = sql::parse_double(*text);
    if (!parsed.has_value()) return options.bad(key(property), parsed.error().message());
    return *parsed;
  }
  [[nodiscard]] FieldOptions part(std::string_view suffix) const {
    return {options, fmt::format("{}.{}", name, suffix)};
  }
};

struct IntegerRange {
  int64_t low;
  int64_t high;
};

IntegerRange integer_range(const LogicalType& type) {
  switch (types::physical_width(type.physical())) {
    case 1: return {std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max()};
    case 2: return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
    case 4: return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    default: return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  }
}

Status check_range(const FieldOptions& field, bool in_order) {
  if (in_order) return ok();
  return field.options.bad(field.key("min"), fmt::format("is above '{}'", field.key("max")));
}

Result<GeneratorRef> make_integers(const FieldOptions& field, const LogicalType& type,
                                   const Draws& draws, IntegerRange by_default) {
  const IntegerRange whole = integer_range(type);
  const int64_t low = WEIR_TRY(field.integer("min", by_default.low));
  const int64_t high = WEIR_TRY(field.integer("max", by_default.high));
  for (const auto& [property, value] : {std::pair("min", low), std::pair("max", high)}) {
    if (value < whole.low || value > whole.high) {
      return field.options.bad(field.key(property),
                               fmt::format("{} does not fit {}", value, type.to_string()));
    }
  }
  WEIR_TRY(check_range(field, low <= high));
  return random_integers(type, draws, low, high);
}

// The decimal number `text`, times 10^scale, cut there. Nothing when it is none or too wide.
std::optional<types::int128_t> parse_unscaled(std::string_view text, int scale) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  types::int128_t value = 0;
  int fraction = -1;
  int digits = 0;
  for (const char c : text) {
    if (c == '.' && fraction < 0) {
      fraction = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (fraction >= scale) continue;
    if (++digits > LogicalType::kMaxDecimalPrecision) return std::nullopt;
    if (fraction >= 0) ++fraction;
    value = value * 10 + (c - '0');
  }
  if (text.empty() || text == ".") return std::nullopt;
  for (int at = std::max(fraction, 0); at < scale; ++at) {
    if (++digits > LogicalType::kMaxDecimalPrecision) return std::nullopt;
    value *= 10;
  }
  return negative ? -value : value;
}

Result<GeneratorRef> make_decimals(const FieldOptions& field, const LogicalType& type,
                                   const Draws& draws) {
  types::int128_t limit = 1;
  for (int digit = 0; digit < type.precision(); ++digit) limit *= 10;
  std::array<types::int128_t, 2> bounds = {1 - limit, limit - 1};
  constexpr std::array<std::string_view, 2> kNames = {"min", "max"};
  for (size_t at = 0; at < bounds.size(); ++at) {
    const auto text = field.options.find(field.key(kNames[at]));
    if (!text.has_value()) continue;
    const auto value = parse_unscaled(*text, type.scale());
    if (!value.has_value() || *value >= limit || *value <= -limit) {
      return field.options.bad(field.key(kNames[at]),
                               fmt::format("'{}' does not fit {}", *text, type.to_string()));
    }
    bounds[at] = *value;
  }
  WEIR_TRY(check_range(field, bounds[0] <= bounds[1]));
  return random_decimals(type, draws, bounds[0], bounds[1]);
}

Result<GeneratorRef> make_reals(const FieldOptions& field, const LogicalType& type,
                                const Draws& draws) {
  const bool narrow = type.kind() == TypeKind::kFloat;
  const double smallest = narrow ? double{std::numeric_limits<float>::denorm_min()}
                                 : std::numeric_limits<double>::denorm_min();
  const double greatest =
      narrow ? double{std::numeric_limits<float>::max()} : std::numeric_limits<double>::max();
  const double low = WEIR_TRY(field.real("min", smallest));
  const double high = WEIR_TRY(field.real("max", greatest));
  WEIR_TRY(check_range(field, low <= high));
  return random_reals(type, draws, low, high);
}

Result<GeneratorRef> make_text(const FieldOptions& field, const LogicalType& type,
                               const Draws& draws) {
  const bool fixed = type.kind() == TypeKind::kChar || type.kind() == TypeKind::kBinary;
  const std::string length_key = field.key("length");
  const auto written = WEIR_TRY(field.options.integer(length_key));
  const bool varying = WEIR_TRY(field.options.boolean(field.key("var-len")));
  if (fixed && written.has_value()) {
    return field.options.bad(
        length_key, fmt::format("the length of {} is fixed by its type", type.to_string()));
  }
  if (fixed && varying) {
    return field.options.bad(
        field.key("var-len"),
        fmt::format("only VARCHAR, STRING, VARBINARY and BYTES vary, not {}", type.to_string()));
  }
  const bool unbounded = type.length() == LogicalType::kMaxLength;
  const int64_t length = written.value_or(unbounded ? kDefaultLength : type.length());
  if (length < 0 || length > std::min<int64_t>(type.length(), kMaxLength)) {
    return field.options.bad(length_key, fmt::format("{} is not within 0 and {}", length,
                                                     std::min<int64_t>(type.length(), kMaxLength)));
  }
  return random_text(type, draws, static_cast<uint32_t>(length), varying);
}

Result<GeneratorRef> make_random(const FieldOptions& field, const LogicalType& type, uint64_t seed);

Result<GeneratorRef> make_list(const FieldOptions& field, const LogicalType& type, uint64_t seed) {
  const int64_t length = WEIR_TRY(field.integer("length", kDefaultEntries));
  if (length < 0 || length > kMaxLength) {
    return field.options.bad(field.key("length"),
                             fmt::format("{} is not within 0 and {}", length, kMaxLength));
  }
  std::vector<GeneratorRef> children;
  const auto& parts = type.children();
  if (type.kind() == TypeKind::kMap) {
    children.push_back(WEIR_TRY(make_random(field.part("key"), parts[0].type, seed)));
    children.push_back(WEIR_TRY(make_random(field.part("value"), parts[1].type, seed)));
  } else {
    children.push_back(WEIR_TRY(make_random(field.part("element"), parts[0].type, seed)));
  }
  if (type.kind() == TypeKind::kMultiset) {
    const FieldOptions count = field.part("count");
    children.push_back(
        random_integers(LogicalType::integer(), Draws(seed, count.name), 1, kDefaultEntries));
  }
  return random_lists(type, std::move(children), static_cast<uint32_t>(length));
}

Result<GeneratorRef> make_row(const FieldOptions& field, const LogicalType& type, uint64_t seed) {
  std::vector<GeneratorRef> fields;
  for (const auto& part : type.children()) {
    fields.push_back(WEIR_TRY(make_random(field.part(part.name), part.type, seed)));
  }
  return random_rows(type, std::move(fields));
}

Result<GeneratorRef> make_values(const FieldOptions& field, const LogicalType& type,
                                 uint64_t seed) {
  const Draws draws(seed, field.name);
  switch (type.kind()) {
    case TypeKind::kBoolean: return random_booleans(type, draws);
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint: return make_integers(field, type, draws, integer_range(type));
    case TypeKind::kIntervalYearMonth: return make_integers(field, type, draws, {0, kMaxMonths});
    case TypeKind::kIntervalDayTime: return make_integers(field, type, draws, {0, kMaxDayTimeMs});
    case TypeKind::kFloat:
    case TypeKind::kDouble: return make_reals(field, type, draws);
    case TypeKind::kDecimal: return make_decimals(field, type, draws);
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kBinary:
    case TypeKind::kVarbinary: return make_text(field, type, draws);
    case TypeKind::kDate:
    case TypeKind::kTime: return past_times(type, draws, 0);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: {
      const std::string key = field.key("max-past");
      const int64_t past = WEIR_TRY(field.options.duration_ms(key)).value_or(0);
      if (past < 0) return field.options.bad(key, "is below zero");
      return past_times(type, draws, past);
    }
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap: return make_list(field, type, seed);
    case TypeKind::kRow: return make_row(field, type, seed);
    case TypeKind::kNull:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw:
    case TypeKind::kStructured:
    case TypeKind::kDescriptor: break;
  }
  return unsupported(
      fmt::format("datagen cannot make values of {} (column {})", type.to_string(), field.name));
}

Result<GeneratorRef> make_random(const FieldOptions& field, const LogicalType& type,
                                 uint64_t seed) {
  auto values = WEIR_TRY(make_values(field, type, seed));
  const double rate = WEIR_TRY(field.real("null-rate", 0.0));
  if (!(rate >= 0.0 && rate <= 1.0)) {
    return field.options.bad(field.key("null-rate"), "is not within 0 and 1");
  }
  if (rate == 0.0) return values;
  if (!type.nullable()) {
    return field.options.bad(field.key("null-rate"), "the column is declared NOT NULL");
  }
  return with_nulls(std::move(values), Draws(seed, field.key("null-rate")), rate);
}

struct SequenceRange {
  int64_t start;
  int64_t end;
};

// Nothing when the column is not a sequence.
Result<std::optional<SequenceRange>> sequence_range(const FieldOptions& field) {
  const auto kind = field.options.find(field.key("kind")).value_or("random");
  if (kind == "random") return std::optional<SequenceRange>{};
  if (kind != "sequence") {
    return field.options.bad(field.key("kind"),
                             fmt::format("'{}' is neither random nor sequence", kind));
  }
  const auto start = WEIR_TRY(field.options.integer(field.key("start")));
  const auto end = WEIR_TRY(field.options.integer(field.key("end")));
  if (!start.has_value()) return field.options.bad(field.key("start"), "a sequence needs it");
  if (!end.has_value()) return field.options.bad(field.key("end"), "a sequence needs it");
  if (*start > *end) {
    return field.options.bad(field.key("start"), fmt::format("is above '{}'", field.key("end")));
  }
  if (static_cast<uint64_t>(*end) - static_cast<uint64_t>(*start) >=
      static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return field.options.bad(field.key("end"), "the sequence has more rows than a BIGINT counts");
  }
  return std::optional(SequenceRange{*start, *end});
}

// A path below `fields.`: names of columns and parts, then a property.
bool is_field_path(std::string_view path, const std::string& name, const LogicalType& type) {
  if (!path.starts_with(name + ".")) return false;
  path.remove_prefix(name.size() + 1);
  if (std::ranges::find(kProperties, path) != kProperties.end()) return true;
  if (type.kind() == TypeKind::kMap) {
    return is_field_path(path, "key", type.children()[0].type) ||
           is_field_path(path, "value", type.children()[1].type);
  }
  if (type.kind() == TypeKind::kArray || type.kind() == TypeKind::kMultiset) {
    return is_field_path(path, "element", type.children()[0].type);
  }
  if (type.kind() != TypeKind::kRow) return false;
  return std::ranges::any_of(type.children(), [&](const types::Field& part) {
    return is_field_path(path, part.name, part.type);
  });
}

}  // namespace

Result<std::unique_ptr<ColumnGenerator>> make_generator(const TableOptions& options,
                                                        const std::string& name,
                                                        const LogicalType& type, uint64_t seed) {
  const FieldOptions field{options, name};
  const auto sequence = WEIR_TRY(sequence_range(field));
  if (!sequence.has_value()) return make_random(field, type, seed);
  if (type.is_integer()) {
    const IntegerRange whole = integer_range(type);
    if (sequence->start < whole.low || sequence->end > whole.high) {
      return options.bad(field.key(sequence->start < whole.low ? "start" : "end"),
                         fmt::format("does not fit {}", type.to_string()));
    }
  }
  return sequence_column(type, sequence->start);
}

Result<std::optional<int64_t>> sequence_length(const TableOptions& options,
                                               const std::string& name) {
  const auto sequence = WEIR_TRY(sequence_range({options, name}));
  if (!sequence.has_value()) return std::optional<int64_t>{};
  return std::optional<int64_t>(sequence->end - sequence->start + 1);
}

Status check_field_options(const TableOptions& options, const types::Schema& schema) {
  for (const auto& [path, value] : options.family("fields.")) {
    const bool known = std::ranges::any_of(schema.fields(), [&](const types::Field& field) {
      return is_field_path(path, field.name, field.type);
    });
    if (known) continue;
    std::vector<std::string> candidates;
    for (const auto& field : schema.fields()) {
      for (const auto property : kProperties) {
        candidates.push_back(fmt::format("fields.{}.{}", field.name, property));
      }
    }
    const std::string key = "fields." + path;
    return options.bad(key, "there is no such column or property")
        .hint(nearest_hint(key, candidates));
  }
  return ok();
}

}  // namespace weir::connectors
