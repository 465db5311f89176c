// Dates and timestamps: reading, writing, parts, rounding, differences, the clock.
//
// A TIMESTAMP is a wall clock; TIMESTAMP_LTZ is shown in the session's zone. Parts of a TIMESTAMP
// before 1970 follow Flink, which cuts toward zero (flink-sql.md G-16 to G-19).
#include "types/datetime.h"

#include <array>

#include "functions/families.h"
#include "functions/kernel.h"
#include "types/cast.h"
#include "types/time_zone.h"

namespace weir::functions {
namespace {

using types::DateTimePattern;
using types::Moment;
using types::time_zone;

Moment local_moment(const types::Column& column, uint32_t row, const types::TimeZone& zone) {
  Moment moment = types::from_units(column.value<int64_t>(row), column.type().units_per_second());
  if (column.type().kind() == TypeKind::kTimestampLtz) {
    moment.seconds = zone.to_local(moment.seconds);
  }
  return moment;
}

// The pattern of argument 1, compiled once when it is a literal.
Result<KernelState> prepare_pattern(std::span<const types::Value* const> literals) {
  if (literals.size() < 2 || literals[1] == nullptr || types::is_null(*literals[1])) {
    return KernelState{};
  }
  const auto& text = std::get<std::string>(*literals[1]);
  auto pattern = DateTimePattern::compile(text);
  if (!pattern) {
    return invalid(fmt::format("'{}' is not a date and time pattern", text))
        .hint("letters are y M d H h m s S a E; other text stands in single quotes");
  }
  return KernelState(std::make_shared<const DateTimePattern>(*std::move(pattern)));
}

class Patterns {
 public:
  explicit Patterns(const KernelCall& call)
      : fixed_(static_cast<const DateTimePattern*>(call.state)), texts_(*call.arguments[1]) {}
  // Null: the row's pattern is none.
  const DateTimePattern* at(uint32_t row) {
    if (fixed_ != nullptr) return fixed_;
    if (!last_ || last_text_ != texts_[row].view()) {
      last_text_ = texts_[row].view();
      last_ = DateTimePattern::compile(last_text_);
    }
    return last_ ? &*last_ : nullptr;
  }

 private:
  const DateTimePattern* fixed_;
  TextArg texts_;
  std::optional<DateTimePattern> last_;
  std::string last_text_;
};

// How Flink reads a text that is given as a time without a pattern.
const DateTimePattern& seconds_pattern() {
  static const DateTimePattern pattern = *DateTimePattern::compile("yyyy-MM-dd HH:mm:ss");
  return pattern;
}

// TO_TIMESTAMP(text[, pattern]): NULL when it cannot be read.
Result<ColumnRef> to_timestamp(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const int64_t units = call.result_type.units_per_second();
  NullableResult<int64_t> out(call);
  const auto set = [&](uint32_t row, const std::optional<Moment>& moment) {
    const auto value = moment ? types::to_units(*moment, units) : std::nullopt;
    if (value) {
      out.set(row, *value);
    } else {
      out.set_null(row);
    }
  };
  if (call.arguments.size() == 1) {
    call.selection.for_each([&](uint32_t row) {
      set(row, types::parse_timestamp(text[row].view(), types::TimestampStyle::kCast));
    });
  } else {
    Patterns patterns(call);
    call.selection.for_each([&](uint32_t row) {
      const auto* pattern = patterns.at(row);
      if (pattern == nullptr) return out.set_null(row);
      auto moment = pattern->parse(text[row].view());
      // What the pattern does not read is read as JDBC writes it, as Flink does.
      if (!moment) {
        moment = types::parse_timestamp(text[row].view(), types::TimestampStyle::kJdbc);
      }
      set(row, moment);
    });
  }
  return std::move(out).finish();
}

// What Flink's TO_DATE with a pattern makes of a text that the pattern does not read: the smallest
// BIGINT of milliseconds as days, cut to 32 bits.
constexpr auto kUnreadDate = static_cast<int32_t>(INT64_MIN / types::kMsPerDay);

// TO_DATE(text[, pattern]): NULL when it cannot be read, with a pattern kUnreadDate.
Result<ColumnRef> to_date(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  NullableResult<int32_t> out(call);
  std::optional<Patterns> patterns;
  if (call.arguments.size() == 2) patterns.emplace(call);
  call.selection.for_each([&](uint32_t row) {
    std::optional<int32_t> date;
    if (!patterns) {
      const std::string_view all = text[row].view();
      date = types::parse_date(all.substr(0, all.find(' ')), true);
    } else if (const auto* pattern = patterns->at(row)) {
      const auto moment = pattern->parse_leniently(text[row].view());
      date = moment ? static_cast<int32_t>(moment->seconds / types::kSecondsPerDay) : kUnreadDate;
    }
    if (date) {
      out.set(row, *date);
    } else {
      out.set_null(row);
    }
  });
  return std::move(out).finish();
}

// TO_TIMESTAMP_LTZ(number, precision): seconds (0) or milliseconds (3).
Result<ColumnRef> to_timestamp_ltz(const KernelCall& call) {
  const Arg<int64_t> number(*call.arguments[0]);
  const bool has_precision = call.arguments.size() == 2;
  NullableResult<int64_t> out(call);
  call.selection.for_each([&](uint32_t row) {
    const int32_t precision = has_precision ? call.arguments[1]->value<int32_t>(row) : 3;
    int64_t value = number[row];
    if (precision == 0) {
      if (__builtin_mul_overflow(value, int64_t{1000}, &value)) return out.set_null(row);
    } else if (precision != 3) {
      return call.context.errors->add(row, "the precision of TO_TIMESTAMP_LTZ must be 0 or 3");
    }
    out.set(row, value);
  });
  return std::move(out).finish();
}

Result<ColumnRef> date_format(const KernelCall& call) {
  const auto& column = *call.arguments[0];
  const types::TimeZone& zone = time_zone(call.context.time_zone);
  Patterns patterns(call);
  StringResult out(call);
  std::string made;
  call.selection.for_each([&](uint32_t row) {
    const auto* pattern = patterns.at(row);
    if (pattern == nullptr) {
      return call.context.errors->add(row, "not a date and time pattern");
    }
    made.clear();
    pattern->format(local_moment(column, row, zone), made);
    out.set_copy(row, made);
  });
  return std::move(out).finish();
}

// DATE_FORMAT(text, pattern): NULL when the text is no time.
Result<ColumnRef> text_format(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  Patterns patterns(call);
  StringResult out(call);
  std::string made;
  call.selection.for_each([&](uint32_t row) {
    const auto* pattern = patterns.at(row);
    if (pattern == nullptr) {
      return call.context.errors->add(row, "not a date and time pattern");
    }
    const auto moment = seconds_pattern().parse_leniently(text[row].view());
    if (!moment) return out.set_null(row);
    made.clear();
    pattern->format(*moment, made);
    out.set_copy(row, made);
  });
  return std::move(out).finish();
}

// FROM_UNIXTIME(seconds[, pattern]) in the session's zone.
Result<ColumnRef> from_unixtime(const KernelCall& call) {
  const Arg<int64_t> seconds(*call.arguments[0]);
  const types::TimeZone& zone = time_zone(call.context.time_zone);
  std::optional<Patterns> patterns;
  if (call.arguments.size() == 2) patterns.emplace(call);
  StringResult out(call);
  std::string made;
  call.selection.for_each([&](uint32_t row) {
    const Moment moment{zone.to_local(seconds[row]), 0};
    if (!patterns) {
      char* to = out.reserve(types::kDateTimeTextBytes);
      return out.set_written(row, to, types::format_timestamp(moment, ' ', 0, to));
    }
    const auto* pattern = patterns->at(row);
    if (pattern == nullptr) return out.set_null(row);
    made.clear();
    pattern->format(moment, made);
    out.set_copy(row, made);
  });
  return std::move(out).finish();
}

// UNIX_TIMESTAMP(text[, pattern]): seconds; the smallest BIGINT when it cannot be read.
Result<ColumnRef> unix_timestamp(const KernelCall& call) {
  if (call.arguments.empty()) {
    return types::make_constant(call.result_type, call.context.now_us / 1'000'000, call.rows);
  }
  const TextArg text(*call.arguments[0]);
  const types::TimeZone& zone = time_zone(call.context.time_zone);
  std::optional<Patterns> patterns;
  if (call.arguments.size() == 2) patterns.emplace(call);
  return map_rows<int64_t>(call, [&](uint32_t row) -> int64_t {
    std::optional<Moment> moment;
    if (!patterns) {
      moment = seconds_pattern().parse_leniently(text[row].view());
    } else if (const auto* pattern = patterns->at(row)) {
      moment = pattern->parse_leniently(text[row].view());
    }
    return moment ? zone.to_utc(moment->seconds) : INT64_MIN;
  });
}

// ---- the clock ----

Result<ColumnRef> now_instant(const KernelCall& call) {
  return types::make_constant(call.result_type, call.context.now_us / 1000, call.rows);
}

Result<ColumnRef> now_local(const KernelCall& call) {
  const int64_t ms = call.context.now_us / 1000;
  const int64_t seconds = types::floor_divide(ms, 1000);
  const int64_t local = time_zone(call.context.time_zone).to_local(seconds);
  return types::make_constant(call.result_type, local * 1000 + types::floor_modulo(ms, 1000),
                              call.rows);
}

Result<ColumnRef> today(const KernelCall& call) {
  const int64_t local = time_zone(call.context.time_zone).to_local(call.context.now_us / 1'000'000);
  return types::make_constant(call.result_type, types::floor_divide(local, types::kSecondsPerDay),
                              call.rows);
}

// CURRENT_WATERMARK(rowtime): NULL before the first one.
Result<ColumnRef> current_watermark(const KernelCall& call) {
  const int64_t watermark = call.context.current_watermark_ms;
  if (watermark == INT64_MIN) return types::Column::null_constant(call.result_type, call.rows);
  return types::make_constant(call.result_type, watermark, call.rows);
}

// ---- resolving ----

Result<Resolution> resolve_text_to(std::string_view name, std::span<const LogicalType> arguments,
                                   LogicalType result, Kernel kernel) {
  if (arguments.empty() || arguments.size() > 2 || !is_text(arguments[0]) ||
      (arguments.size() == 2 && !is_text(arguments[1]))) {
    return no_such_call(name, "(text STRING[, pattern STRING])", arguments);
  }
  std::vector<LogicalType> types(arguments.size(), LogicalType::string());
  return resolved(arguments, std::move(types), std::move(result), kernel, &prepare_pattern);
}

Result<Resolution> resolve_to_timestamp(std::span<const LogicalType> arguments) {
  return resolve_text_to("TO_TIMESTAMP", arguments, LogicalType::timestamp(3), &to_timestamp);
}
Result<Resolution> resolve_to_date(std::span<const LogicalType> arguments) {
  return resolve_text_to("TO_DATE", arguments, LogicalType::date(), &to_date);
}

Result<Resolution> resolve_to_timestamp_ltz(std::span<const LogicalType> arguments) {
  if (arguments.empty() || arguments.size() > 2 || !is_whole(arguments[0]) ||
      (arguments.size() == 2 && !is_whole(arguments[1]))) {
    return no_such_call("TO_TIMESTAMP_LTZ", "(number BIGINT[, precision INT])", arguments);
  }
  std::vector<LogicalType> types{LogicalType::bigint()};
  if (arguments.size() == 2) types.push_back(LogicalType::integer());
  return resolved(arguments, std::move(types), LogicalType::timestamp_ltz(3), &to_timestamp_ltz);
}

Result<Resolution> resolve_date_format(std::span<const LogicalType> arguments) {
  if (arguments.size() != 2 || !is_text(arguments[1])) {
    return no_such_call("DATE_FORMAT", "(timestamp, pattern STRING)", arguments);
  }
  LogicalType moment = arguments[0].with_time_attribute(types::TimeAttribute::kNone);
  if (is_text(arguments[0])) {
    return resolved(arguments, {LogicalType::string(), LogicalType::string()},
                    LogicalType::string(), &text_format, &prepare_pattern);
  }
  // A date is read as a timestamp first.
  if (arguments[0].kind() == TypeKind::kDate) moment = LogicalType::timestamp(0);
  if (!moment.is_timestamp()) {
    return no_such_call("DATE_FORMAT", "(timestamp, pattern STRING)", arguments);
  }
  return resolved(arguments, {moment, LogicalType::string()},
                  LogicalType::string().with_nullable(any_nullable(arguments)), &date_format,
                  &prepare_pattern);
}

Result<Resolution> resolve_from_unixtime(std::span<const LogicalType> arguments) {
  if (arguments.empty() || arguments.size() > 2 || !is_whole(arguments[0]) ||
      (arguments.size() == 2 && !is_text(arguments[1]))) {
    return no_such_call("FROM_UNIXTIME", "(seconds BIGINT[, pattern STRING])", arguments);
  }
  std::vector<LogicalType> types{LogicalType::bigint()};
  if (arguments.size() == 2) types.push_back(LogicalType::string());
  return resolved(arguments, std::move(types),
                  LogicalType::string().with_nullable(any_nullable(arguments)), &from_unixtime,
                  &prepare_pattern);
}

Result<Resolution> resolve_unix_timestamp(std::span<const LogicalType> arguments) {
  if (arguments.empty()) {
    return resolved(arguments, {}, LogicalType::bigint().with_nullable(false), &unix_timestamp);
  }
  return resolve_text_to("UNIX_TIMESTAMP", arguments,
                         LogicalType::bigint().with_nullable(any_nullable(arguments)),
                         &unix_timestamp);
}

template <Kernel kernel, LogicalType (*result)()>
Result<Resolution> resolve_clock(std::span<const LogicalType> arguments) {
  if (!arguments.empty()) return no_such_call("this function", "without arguments", arguments);
  return resolved(arguments, {}, result().with_nullable(false), kernel);
}
LogicalType instant3() { return LogicalType::timestamp_ltz(3); }
LogicalType local3() { return LogicalType::timestamp(3); }
LogicalType date0() { return LogicalType::date(); }

Result<Resolution> resolve_watermark(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1 || !arguments[0].is_timestamp()) {
    return no_such_call("CURRENT_WATERMARK", "(rowtime)", arguments);
  }
  return resolved(arguments, {arguments[0]},
                  arguments[0].kind() == TypeKind::kTimestamp ? local3() : instant3(),
                  &current_watermark);
}

Function clock(std::string_view name, std::string_view signature, std::string_view doc,
               Result<Resolution> (*resolve)(std::span<const LogicalType>)) {
  Function function = function_row(name, signature, doc, {}, resolve, NullRule::kCustom);
  function.deterministic = false;
  return function;
}

}  // namespace

std::span<const Function> datetime_functions() {
  static const std::vector<Function> rows = [] {
    std::vector<Function> functions = family_of(
        "datetime",
        {
            function_row("TO_TIMESTAMP",
                         "TO_TIMESTAMP(text STRING[, pattern STRING]) -> TIMESTAMP(3)",
                         "The text as a timestamp; NULL when it is none.",
                         {{"TO_TIMESTAMP('2024-01-02 03:04:05')", "2024-01-02 03:04:05.000"},
                          {"TO_TIMESTAMP('02/01/2024', 'dd/MM/yyyy')", "2024-01-02 00:00:00.000"},
                          {"TO_TIMESTAMP('yesterday')", "NULL"}},
                         &resolve_to_timestamp),
            function_row("TO_DATE", "TO_DATE(text STRING[, pattern STRING]) -> DATE",
                         "The text as a date; NULL when it is none.",
                         {{"TO_DATE('2024-02-29')", "2024-02-29"}}, &resolve_to_date),
            function_row(
                "TO_TIMESTAMP_LTZ",
                "TO_TIMESTAMP_LTZ(number BIGINT[, precision INT]) -> TIMESTAMP_LTZ(3)",
                "The instant that many seconds (precision 0) or milliseconds (3) after 1970.",
                {{"TO_TIMESTAMP_LTZ(1700000000, 0)", "2023-11-14 22:13:20.000"}},
                &resolve_to_timestamp_ltz),
            function_row("DATE_FORMAT", "DATE_FORMAT(timestamp, pattern STRING) -> STRING",
                         "The timestamp as text, by a pattern of Java's DateTimeFormatter.",
                         {{"DATE_FORMAT(TIMESTAMP '2024-01-02 03:04:05', 'yyyy/MM/dd HH')",
                           "2024/01/02 03"}},
                         &resolve_date_format),
            function_row("FROM_UNIXTIME",
                         "FROM_UNIXTIME(seconds BIGINT[, pattern STRING]) -> STRING",
                         "The second after 1970 as text in the session's time zone.",
                         {{"FROM_UNIXTIME(44)", "1970-01-01 00:00:44"}}, &resolve_from_unixtime),
            function_row(
                "UNIX_TIMESTAMP", "UNIX_TIMESTAMP([text STRING[, pattern STRING]]) -> BIGINT",
                "Seconds since 1970, now or of a text in the session's time zone.",
                {{"UNIX_TIMESTAMP('1970-01-01 00:00:44')", "44"}}, &resolve_unix_timestamp),
            clock("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP -> TIMESTAMP_LTZ(3) NOT NULL", "Now.",
                  &resolve_clock<&now_instant, &instant3>),
            clock("CURRENT_ROW_TIMESTAMP", "CURRENT_ROW_TIMESTAMP() -> TIMESTAMP_LTZ(3) NOT NULL",
                  "Now.", &resolve_clock<&now_instant, &instant3>),
            clock("NOW", "NOW() -> TIMESTAMP_LTZ(3) NOT NULL", "Now.",
                  &resolve_clock<&now_instant, &instant3>),
            clock("PROCTIME", "PROCTIME() -> TIMESTAMP_LTZ(3) NOT NULL",
                  "The processing time: now.", &resolve_clock<&now_instant, &instant3>),
            clock("LOCALTIMESTAMP", "LOCALTIMESTAMP -> TIMESTAMP(3) NOT NULL",
                  "Now on the wall clock of the session's time zone.",
                  &resolve_clock<&now_local, &local3>),
            clock("CURRENT_DATE", "CURRENT_DATE -> DATE NOT NULL",
                  "Today in the session's time zone.", &resolve_clock<&today, &date0>),
            clock("CURRENT_WATERMARK", "CURRENT_WATERMARK(rowtime) -> TIMESTAMP",
                  "The watermark at this row; NULL before the first.", &resolve_watermark),
        });
    functions[5].deterministic = false;  // UNIX_TIMESTAMP() without arguments is the clock
    return functions;
  }();
  return rows;
}

}  // namespace weir::functions
