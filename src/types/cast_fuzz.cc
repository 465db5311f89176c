// Any text cast to every type, and on from there to every other type: what has a value can be
// written, and read again to the same value.
#include "base/check.h"
#include "types/cast.h"
#include "types/time_zone.h"
#include "types/utf8.h"
#include "types/value.h"
#include "types/value_text.h"

namespace weir::types {
namespace {

std::vector<LogicalType> all_types() {
  std::vector<LogicalType> types = {LogicalType::boolean(),
                                    LogicalType::tinyint(),
                                    LogicalType::simple(TypeKind::kSmallint),
                                    LogicalType::integer(),
                                    LogicalType::bigint(),
                                    LogicalType::float32(),
                                    LogicalType::float64(),
                                    LogicalType::decimal(9, 2),
                                    LogicalType::decimal(38, 18),
                                    LogicalType::string(),
                                    LogicalType::bytes(),
                                    LogicalType::date(),
                                    LogicalType::time(3),
                                    LogicalType::timestamp(0),
                                    LogicalType::timestamp(3),
                                    LogicalType::timestamp(6),
                                    LogicalType::timestamp_ltz(3),
                                    LogicalType::timestamp_ltz(6),
                                    LogicalType::interval_year_month(),
                                    LogicalType::interval_day_time()};
  return types;
}

ColumnRef cast(const ColumnRef& column, const LogicalType& to) {
  return cast_column(column, to, Selection(column->length()), {"America/New_York", nullptr});
}

std::string text_of(const Column& column) {
  std::string text;
  append_text(column, 0, TextStyle::kCast, time_zone("America/New_York"), text);
  return text;
}

void run(std::string_view text) {
  static const std::vector<LogicalType> types = all_types();
  if (!is_valid_utf8(text)) return;
  const auto start = make_constant(LogicalType::string(), std::string(text), 1);
  for (const auto& type : types) {
    if (!is_castable(start->type(), type)) continue;
    const auto value = cast(start, type);
    if (value->is_null(0)) continue;
    for (const auto& other : types) {
      if (!is_castable(type, other)) continue;
      const auto next = cast(value, other);
      if (!next->is_null(0)) (void)text_of(*next);
    }
    const std::string written = text_of(*value);
    const auto again = cast(make_constant(LogicalType::string(), written, 1), type);
    const bool instant = type.kind() == TypeKind::kTimestampLtz;  // an hour that is there twice
    WEIR_CHECK(instant || (!again->is_null(0) && text_of(*again) == written),
               "what a cast wrote it reads again");
  }
}

}  // namespace
}  // namespace weir::types

std::vector<std::string> weir_fuzz_corpus() {
  return {"12",
          "-128",
          " 9223372036854775807 ",
          "-9223372036854775808.9",
          "1.5e3",
          "1e400",
          "-0.0",
          "NaN",
          "Infinity",
          "TRUE",
          "n",
          "99999999999999999999.999999999999999999",
          "2024-02-29",
          "2024-2-9 1:2:3.4567891",
          "9999-12-31 23:59:59.999999999",
          "0001-01-01 00:00:00",
          "2024-03-10 02:30:00",
          "23:59:59.999",
          "2024-11-03 01:30:00"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::types::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
