// Fuzzes the readers of values: decimals, timestamps, patterns, numbers, UTF-8.
#include <array>

#include "base/check.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::types;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  std::optional<int128_t> decimal;
  if (parse_decimal(text, 38, 10, decimal) && decimal) {
    std::array<char, kDecimalTextBytes> out{};
    const size_t length = format_decimal(*decimal, 10, out.data());
    std::optional<int128_t> again;
    WEIR_CHECK(parse_decimal({out.data(), length}, 38, 10, again) && again == decimal,
               "a decimal's text reads back");
  }
  for (const auto style : {TimestampStyle::kSql, TimestampStyle::kIso, TimestampStyle::kCast}) {
    const auto moment = parse_timestamp(text, style);
    if (!moment) continue;
    std::array<char, kDateTimeTextBytes> out{};
    const char separator = style == TimestampStyle::kIso ? 'T' : ' ';
    const size_t length = format_timestamp_short(*moment, separator, out.data());
    const auto again = parse_timestamp({out.data(), length}, style);
    WEIR_CHECK(again && again->seconds == moment->seconds && again->nanos == moment->nanos,
               "a timestamp's text reads back");
  }
  static_cast<void>(parse_date(text, true));
  static_cast<void>(parse_time(text));
  if (const auto number = parse_double(text); number && *number == *number) {
    std::array<char, kNumberTextBytes> out{};
    const size_t length = format_double(*number, out.data());
    WEIR_CHECK(parse_double({out.data(), length}) == number, "a double's text reads back");
  }
  if (const auto pattern = DateTimePattern::compile(text)) {
    std::string out;
    pattern->format({1'700'000'000, 123'456'789}, out);
    static_cast<void>(pattern->parse(out));
  }
  if (is_valid_utf8(text)) {
    WEIR_CHECK(code_point_offset(text, count_code_points(text)) == text.size(),
               "code points are counted");
  }
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  return {"-123.4500e-3",
          "99999999999999999999999999999999999999",
          "2024-02-29 23:59:59.123456789",
          "2024-1-2",
          "2024-02-29T23:59",
          "yyyy-MM-dd'T'HH:mm:ss.SSS a E",
          "1.7976931348623157E308",
          "caf\xC3\xA9 \xF0\x9F\x98\x80"};
}
