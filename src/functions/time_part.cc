// Parts of dates and timestamps, rounding to a unit, differences in units.
//
// The unit is a CHAR literal in front (EXTRACT, TIMESTAMPADD, TIMESTAMPDIFF) or behind (FLOOR,
// CEIL). Weeks of FLOOR begin on Sunday, WEEK is the ISO number (flink-sql.md G-16 to G-18).
#include <array>
#include <cmath>

#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/rounding.h"
#include "types/datetime.h"
#include "types/time_zone.h"

namespace weir::functions {
namespace {

using types::civil_from_days;
using types::CivilDate;
using types::days_from_civil;
using types::floor_divide;
using types::floor_modulo;
using types::kMsPerDay;
using types::wrapping_multiply_add;

enum class Unit : uint8_t {
  kMillennium,
  kCentury,
  kDecade,
  kYear,
  kIsoYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kDow,
  kIsoDow,
  kDoy,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kNanosecond,
  kEpoch,
};

constexpr std::pair<std::string_view, Unit> kUnits[] = {
    {"MILLENNIUM", Unit::kMillennium},
    {"CENTURY", Unit::kCentury},
    {"DECADE", Unit::kDecade},
    {"YEAR", Unit::kYear},
    {"ISOYEAR", Unit::kIsoYear},
    {"QUARTER", Unit::kQuarter},
    {"MONTH", Unit::kMonth},
    {"WEEK", Unit::kWeek},
    {"DAY", Unit::kDay},
    {"DOW", Unit::kDow},
    {"ISODOW", Unit::kIsoDow},
    {"DOY", Unit::kDoy},
    {"HOUR", Unit::kHour},
    {"MINUTE", Unit::kMinute},
    {"SECOND", Unit::kSecond},
    {"MILLISECOND", Unit::kMillisecond},
    {"MICROSECOND", Unit::kMicrosecond},
    {"NANOSECOND", Unit::kNanosecond},
    {"EPOCH", Unit::kEpoch},
};

// The unit is made once, when the call is bound.
template <size_t index>
Result<KernelState> prepare_unit(std::span<const types::Value* const> literals) {
  if (literals.size() > index && literals[index] != nullptr) {
    if (const auto* text = std::get_if<std::string>(literals[index])) {
      for (const auto& [name, unit] : kUnits) {
        if (name == *text) return KernelState(std::make_shared<const Unit>(unit));
      }
    }
  }
  return invalid("the unit must be a word such as DAY, HOUR or SECOND");
}

Unit unit_of(const KernelCall& call) { return *static_cast<const Unit*>(call.state); }

// A time point as milliseconds of the wall clock, cut toward zero as Flink's runtime does.
class WallClock {
 public:
  WallClock(const types::Column& column, const KernelCall& call)
      : column_(column), zone_(types::time_zone(call.context.time_zone)) {}
  int64_t operator()(uint32_t row) const {
    const auto& type = column_.type();
    if (type.kind() == TypeKind::kDate) return column_.value<int32_t>(row) * kMsPerDay;
    if (type.kind() == TypeKind::kTime) return column_.value<int32_t>(row);
    const int64_t factor = type.units_per_second() / 1000;
    const int64_t ms = floor_divide(column_.value<int64_t>(row), factor);
    if (type.kind() == TypeKind::kTimestamp) return ms;
    const int64_t seconds = floor_divide(ms, 1000);
    return wrapping_multiply_add(zone_.to_local(seconds), 1000, floor_modulo(ms, 1000));
  }
  // Back to the column's type.
  int64_t value(int64_t ms) const {
    const auto& type = column_.type();
    if (type.kind() == TypeKind::kDate) return floor_divide(ms, kMsPerDay);
    if (type.kind() == TypeKind::kTime) return ms;
    if (type.kind() == TypeKind::kTimestampLtz) {
      const int64_t seconds = floor_divide(ms, 1000);
      ms = wrapping_multiply_add(zone_.to_utc(seconds), 1000, floor_modulo(ms, 1000));
    }
    return wrapping_multiply_add(ms, type.units_per_second() / 1000, 0);
  }

 private:
  const types::Column& column_;
  const types::TimeZone& zone_;
};

// 1 (Monday) to 7.
int64_t iso_weekday(int64_t days) { return floor_modulo(days + 3, 7) + 1; }

// The ISO year and week of a day: the week of its Thursday.
std::pair<int64_t, int64_t> iso_week(int64_t days) {
  const int64_t thursday = days + 4 - iso_weekday(days);
  const int64_t year = civil_from_days(thursday).year;
  return {year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1};
}

int64_t date_part(Unit unit, int64_t days) {
  const CivilDate date = civil_from_days(days);
  switch (unit) {
    case Unit::kMillennium: return floor_divide(date.year + 999, 1000);
    case Unit::kCentury: return floor_divide(date.year + 99, 100);
    case Unit::kDecade: return floor_divide(date.year, 10);
    case Unit::kYear: return date.year;
    case Unit::kIsoYear: return iso_week(days).first;
    case Unit::kQuarter: return (date.month - 1) / 3 + 1;
    case Unit::kMonth: return date.month;
    case Unit::kWeek: return iso_week(days).second;
    case Unit::kDay: return date.day;
    case Unit::kDow: return iso_weekday(days) % 7 + 1;  // Sunday = 1
    case Unit::kIsoDow: return iso_weekday(days);
    case Unit::kDoy: return days - days_from_civil(date.year, 1, 1) + 1;
    case Unit::kHour:
    case Unit::kMinute:
    case Unit::kSecond:
    case Unit::kMillisecond:
    case Unit::kMicrosecond:
    case Unit::kNanosecond:
    case Unit::kEpoch: return 0;
  }
  return 0;
}

// Before 1970 Flink's parts of a day are those of a division toward zero.
int64_t time_part(Unit unit, int64_t ms) {
  if (unit == Unit::kEpoch) return floor_divide(ms, 1000);
  const int64_t of_day = ms % kMsPerDay;
  if (unit == Unit::kHour) return of_day / 3'600'000;
  if (unit == Unit::kMinute) return of_day / 60'000 % 60;
  if (unit == Unit::kSecond) return of_day / 1000 % 60;
  if (unit == Unit::kMillisecond) return ms % 1000;
  if (unit == Unit::kMicrosecond) return ms % 1000 * 1000;
  return ms % 1000 * 1'000'000;
}

bool is_part_of_day(Unit unit) { return unit >= Unit::kHour; }

template <typename Clock>
Result<ColumnRef> part_rows(const KernelCall& call, Unit unit, const Clock& clock) {
  const bool of_day = is_part_of_day(unit);
  return map_rows<int64_t>(call, [&](uint32_t row) {
    const int64_t ms = clock(row);
    return of_day ? time_part(unit, ms) : date_part(unit, ms / kMsPerDay);
  });
}

Result<ColumnRef> extract(const KernelCall& call) {
  return part_rows(call, unit_of(call), WallClock(*call.arguments[1], call));
}

template <Unit unit>
Result<ColumnRef> part(const KernelCall& call) {
  return part_rows(call, unit, WallClock(*call.arguments[0], call));
}

// ---- rounding ----

int64_t step_of(Unit unit) {
  if (unit == Unit::kDay) return kMsPerDay;
  if (unit == Unit::kHour) return 3'600'000;
  if (unit == Unit::kMinute) return 60'000;
  return unit == Unit::kSecond ? 1000 : 1;
}

// The beginning of the unit's period that the day lies in.
int64_t floor_date(Unit unit, int64_t days) {
  const CivilDate date = civil_from_days(days);
  if (unit == Unit::kWeek) return days - iso_weekday(days) % 7;
  if (unit == Unit::kMonth) return days_from_civil(date.year, date.month, 1);
  if (unit == Unit::kQuarter) return days_from_civil(date.year, (date.month - 1) / 3 * 3 + 1, 1);
  int64_t years = 1;
  if (unit == Unit::kDecade) years = 10;
  if (unit == Unit::kCentury)
    return days_from_civil(floor_divide(date.year - 1, 100) * 100 + 1, 1, 1);
  if (unit == Unit::kMillennium) {
    return days_from_civil(floor_divide(date.year - 1, 1000) * 1000 + 1, 1, 1);
  }
  return days_from_civil(floor_divide(date.year, years) * years, 1, 1);
}

int64_t next_date(Unit unit, int64_t days) {
  if (unit == Unit::kWeek) return days + 7;
  int64_t months = 12;
  if (unit == Unit::kMonth) months = 1;
  if (unit == Unit::kQuarter) months = 3;
  if (unit == Unit::kDecade) months = 120;
  if (unit == Unit::kCentury) months = 1200;
  if (unit == Unit::kMillennium) months = 12'000;
  return types::add_months(days, months);
}

template <bool up>
int64_t round_to(Unit unit, int64_t ms) {
  if (unit == Unit::kDay || is_part_of_day(unit)) {
    const int64_t step = step_of(unit);
    const int64_t low = floor_divide(ms, step);
    const bool exact = floor_modulo(ms, step) == 0;
    return wrapping_multiply_add(up && !exact ? low + 1 : low, step, 0);
  }
  // The day is found toward 1970, as Flink does.
  const int64_t low = floor_date(unit, ms / kMsPerDay);
  const bool exact = wrapping_multiply_add(low, kMsPerDay, 0) == ms;
  return wrapping_multiply_add(up && !exact ? next_date(unit, low) : low, kMsPerDay, 0);
}

template <bool up>
Result<ColumnRef> round_time(const KernelCall& call) {
  const Unit unit = unit_of(call);
  const WallClock clock(*call.arguments[0], call);
  const auto rounded = [&](uint32_t row) { return clock.value(round_to<up>(unit, clock(row))); };
  if (call.result_type.physical() == types::Physical::kInt32) {
    return map_rows<int32_t>(call,
                             [&](uint32_t row) { return static_cast<int32_t>(rounded(row)); });
  }
  return map_rows<int64_t>(call, rounded);
}

// ---- differences ----

// How many months fit between two days, `late` not before `early`.
int64_t whole_months(int64_t early, int64_t late) {
  const CivilDate a = civil_from_days(early);
  const CivilDate b = civil_from_days(late);
  const int64_t months = (b.year - a.year) * 12 + b.month - a.month;
  return types::add_months(early, months) > late ? months - 1 : months;
}

// As Flink's runtime: by the days first, counted from the earlier one; the times of the day only
// matter when the months lead to the very day.
int64_t months_between(int64_t from, int64_t to) {
  const int64_t from_day = floor_divide(from, kMsPerDay);
  const int64_t to_day = floor_divide(to, kMsPerDay);
  const int64_t months =
      from_day <= to_day ? whole_months(from_day, to_day) : -whole_months(to_day, from_day);
  const bool same_day = types::add_months(from_day, months) == to_day;
  const bool earlier = floor_modulo(to, kMsPerDay) < floor_modulo(from, kMsPerDay);
  return same_day && earlier ? months - 1 : months;
}

int64_t difference(Unit unit, int64_t from, int64_t to) {
  if (unit == Unit::kYear) return months_between(from, to) / 12;
  if (unit == Unit::kQuarter) return months_between(from, to) / 3;
  if (unit == Unit::kMonth) return months_between(from, to);
  const int64_t ms = wrapping_multiply_add(from, -1, to);
  return ms / (unit == Unit::kWeek ? 7 * kMsPerDay : step_of(unit));
}

Result<ColumnRef> timestamp_diff(const KernelCall& call) {
  const Unit unit = unit_of(call);
  const WallClock from(*call.arguments[1], call);
  const WallClock to(*call.arguments[2], call);
  return map_rows<int32_t>(call, [&](uint32_t row) {
    return static_cast<int32_t>(difference(unit, from(row), to(row)));
  });
}

int64_t months_of(Unit unit) {
  if (unit == Unit::kYear) return 12;
  if (unit == Unit::kQuarter) return 3;
  return unit == Unit::kMonth ? 1 : 0;
}

Result<ColumnRef> timestamp_add(const KernelCall& call) {
  const Unit unit = unit_of(call);
  const Arg<int64_t> count(*call.arguments[1]);
  const auto& column = *call.arguments[2];
  const int64_t factor = column.type().units_per_second() / 1000;
  const int64_t day = factor * kMsPerDay;
  const int64_t months = months_of(unit);
  const int64_t step = (unit == Unit::kWeek ? 7 * kMsPerDay : step_of(unit)) * factor;
  const Arg<int64_t> value(column);
  return map_rows<int64_t>(call, [&](uint32_t row) -> int64_t {
    if (months == 0) {
      return static_cast<int64_t>(static_cast<uint64_t>(value[row]) +
                                  static_cast<uint64_t>(count[row]) * static_cast<uint64_t>(step));
    }
    // An interval of months is an INT in Flink.
    const auto moved = static_cast<int32_t>(wrapping_multiply_add(count[row], months, 0));
    return wrapping_multiply_add(types::add_months(floor_divide(value[row], day), moved), day,
                                 floor_modulo(value[row], day));
  });
}

// ---- resolving ----

bool is_point(const LogicalType& type) {
  return type.is_timestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

Result<Resolution> resolve_extract(std::span<const LogicalType> arguments) {
  if (arguments.size() != 2 || !is_point(arguments[1])) {
    return no_such_call("EXTRACT", "EXTRACT(unit FROM date or timestamp)", arguments);
  }
  return resolved(arguments, {arguments[0], arguments[1]},
                  LogicalType::bigint().with_nullable(arguments[1].nullable()), &extract,
                  &prepare_unit<0>);
}

template <Unit unit>
Result<Resolution> resolve_part(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1 || !is_point(arguments[0])) {
    return no_such_call("this function", "of one date or timestamp", arguments);
  }
  return resolved(arguments, {arguments[0]},
                  LogicalType::bigint().with_nullable(arguments[0].nullable()), &part<unit>);
}

template <bool up>
Result<Resolution> resolve_round(std::span<const LogicalType> arguments) {
  if (arguments.size() == 1) return resolve_number_rounding(arguments, up);
  if (arguments.size() != 2 || !is_point(arguments[0])) {
    return no_such_call(up ? "CEIL" : "FLOOR", "FLOOR(number) or FLOOR(timestamp TO unit)",
                        arguments);
  }
  return resolved(arguments, {arguments[0], arguments[1]}, arguments[0], &round_time<up>,
                  &prepare_unit<1>);
}

Result<Resolution> resolve_diff(std::span<const LogicalType> arguments) {
  if (arguments.size() != 3 || !is_point(arguments[1]) || !is_point(arguments[2])) {
    return no_such_call("TIMESTAMPDIFF", "TIMESTAMPDIFF(unit, from, to)", arguments);
  }
  return resolved(arguments, {arguments[0], arguments[1], arguments[2]},
                  LogicalType::integer().with_nullable(any_nullable(arguments.subspan(1))),
                  &timestamp_diff, &prepare_unit<0>);
}

Result<Resolution> resolve_add(std::span<const LogicalType> arguments) {
  if (arguments.size() != 3 || !is_whole(arguments[1]) ||
      !(arguments[2].is_timestamp() || arguments[2].kind() == TypeKind::kDate)) {
    return no_such_call("TIMESTAMPADD", "TIMESTAMPADD(unit, count INT, timestamp)", arguments);
  }
  // A date becomes a timestamp, since the unit may be finer than a day.
  const LogicalType point = arguments[2].is_timestamp() ? arguments[2] : LogicalType::timestamp(3);
  return resolved(arguments, {arguments[0], LogicalType::bigint(), point},
                  point.with_nullable(any_nullable(arguments.subspan(1))), &timestamp_add,
                  &prepare_unit<0>);
}

}  // namespace

std::span<const Function> time_part_functions() {
  static const std::vector<Function> rows = family_of(
      "datetime",
      {
          function_row("EXTRACT", "EXTRACT(unit FROM timestamp) -> BIGINT",
                       "One part of a date or timestamp.",
                       {{"EXTRACT(DAY FROM DATE '2006-06-05')", "5"},
                        {"EXTRACT(ISODOW FROM DATE '2024-01-07')", "7"}},
                       &resolve_extract),
          function_row("YEAR", "YEAR(date) -> BIGINT", "The year.",
                       {{"YEAR(DATE '1994-09-27')", "1994"}}, &resolve_part<Unit::kYear>),
          function_row("QUARTER", "QUARTER(date) -> BIGINT", "The quarter, 1 to 4.",
                       {{"QUARTER(DATE '1994-09-27')", "3"}}, &resolve_part<Unit::kQuarter>),
          function_row("MONTH", "MONTH(date) -> BIGINT", "The month, 1 to 12.",
                       {{"MONTH(DATE '1994-09-27')", "9"}}, &resolve_part<Unit::kMonth>),
          function_row("WEEK", "WEEK(date) -> BIGINT", "The ISO week, 1 to 53.",
                       {{"WEEK(DATE '1994-09-27')", "39"}}, &resolve_part<Unit::kWeek>),
          function_row("DAYOFYEAR", "DAYOFYEAR(date) -> BIGINT", "The day of the year, from 1.",
                       {{"DAYOFYEAR(DATE '1994-09-27')", "270"}}, &resolve_part<Unit::kDoy>),
          function_row("DAYOFMONTH", "DAYOFMONTH(date) -> BIGINT", "The day of the month, from 1.",
                       {{"DAYOFMONTH(DATE '1994-09-27')", "27"}}, &resolve_part<Unit::kDay>),
          function_row("DAYOFWEEK", "DAYOFWEEK(date) -> BIGINT",
                       "The day of the week; Sunday is 1.", {{"DAYOFWEEK(DATE '1994-09-27')", "3"}},
                       &resolve_part<Unit::kDow>),
          function_row("HOUR", "HOUR(timestamp) -> BIGINT", "The hour, 0 to 23.",
                       {{"HOUR(TIMESTAMP '1994-09-27 13:14:15')", "13"}},
                       &resolve_part<Unit::kHour>),
          function_row("MINUTE", "MINUTE(timestamp) -> BIGINT", "The minute, 0 to 59.",
                       {{"MINUTE(TIMESTAMP '1994-09-27 13:14:15')", "14"}},
                       &resolve_part<Unit::kMinute>),
          function_row("SECOND", "SECOND(timestamp) -> BIGINT", "The second, 0 to 59.",
                       {{"SECOND(TIMESTAMP '1994-09-27 13:14:15')", "15"}},
                       &resolve_part<Unit::kSecond>),
          function_row(
              "FLOOR", "FLOOR(number) or FLOOR(timestamp TO unit)",
              "The largest whole number, or the latest begin of a unit, that is not beyond it.",
              {{"FLOOR(-1.5)", "-2"},
               {"FLOOR(TIMESTAMP '2024-01-10 13:14:15' TO HOUR)", "2024-01-10 13:00:00"},
               {"FLOOR(DATE '2024-01-10' TO WEEK)", "2024-01-07"}},
              &resolve_round<false>),
          function_row(
              "CEIL", "CEIL(number) or CEIL(timestamp TO unit)",
              "The smallest whole number, or the earliest begin of a unit, that is not before it.",
              {{"CEIL(1.2)", "2"},
               {"CEIL(TIMESTAMP '2024-01-10 13:14:15' TO MONTH)", "2024-02-01 00:00:00"}},
              &resolve_round<true>),
          function_row("TIMESTAMPDIFF", "TIMESTAMPDIFF(unit, from, to) -> INT",
                       "How many whole units lie between two times.",
                       {{"TIMESTAMPDIFF(DAY, TIMESTAMP '2024-01-01 23:00:00', "
                         "TIMESTAMP '2024-01-02 01:00:00')",
                         "0"},
                        {"TIMESTAMPDIFF(MONTH, DATE '2024-01-31', DATE '2024-03-31')", "2"}},
                       &resolve_diff),
          function_row(
              "TIMESTAMPADD", "TIMESTAMPADD(unit, count INT, timestamp) -> TIMESTAMP",
              "The timestamp that many units later; the day is clamped to the month's last.",
              {{"TIMESTAMPADD(MONTH, 1, TIMESTAMP '2024-01-31 00:00:00')", "2024-02-29 00:00:00"}},
              &resolve_add),
      });
  return rows;
}

}  // namespace weir::functions
