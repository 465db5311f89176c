#include "formats/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::formats {
namespace {

using types::LogicalType;
using types::Schema;

// Records side by side in one padded buffer, so that nothing but their sizes ends them.
struct Records {
  explicit Records(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += text;
    buffer = Buffer::copy_of(std::as_bytes(std::span(all)));
    size_t at = 0;
    for (const auto& text : texts) {
      records.push_back({buffer->text().data() + at, static_cast<uint32_t>(text.size())});
      at += text.size();
    }
  }
  BufferRef buffer;
  std::vector<Record> records;
};

// Rows as "a, b" in the print style, bad records as "<reason>" in their place.
std::vector<std::string> decode(const Schema& schema, const std::vector<std::string>& texts,
                                const JsonReadOptions& options = {}) {
  const auto decoder = *make_json_decoder(schema, options);
  const Records records(texts);
  Decoded out;
  EXPECT_TRUE(decoder->decode(records.records, std::span(&records.buffer, 1), out).has_value());
  std::vector<std::string> lines(texts.size());
  for (const auto& bad : out.bad) {
    if (!bad.has_row) lines[bad.record] = "<" + bad.reason + ">";
  }
  for (uint32_t row = 0; row < out.rows; ++row) {
    std::string& line = lines[out.record_of_row[row]];
    for (size_t i = 0; i < out.columns.size(); ++i) {
      if (i > 0) line += ", ";
      types::append_text(*out.columns[i], row, types::TextStyle::kPrint, types::time_zone("UTC"),
                         line);
    }
  }
  return lines;
}

std::string decode_one(const LogicalType& type, const std::string& value,
                       const JsonReadOptions& options = {}) {
  return decode(Schema({{"a", type}}), {"{\"a\":" + value + "}"}, options)[0];
}

const auto kInt = LogicalType::integer();
const auto kText = LogicalType::string();
using testing::ElementsAre;
using testing::HasSubstr;

TEST(JsonDecoder, FieldsInAnyOrderUnknownOnesIgnoredMissingOnesNull) {
  const Schema schema({{"id", kInt}, {"name", kText}});
  EXPECT_THAT(
      decode(schema, {R"({"id":1,"name":"a"})", R"({"name":"b","x":{"y":[1,{"z":null}]},"id":2})",
                      R"( { "id" : 3 , "other" : "q" } )", "{}", R"({"id":4,"name":null})",
                      R"({"id":5,"name":"a long name that is no inline view"})"}),
      ElementsAre("1, a", "2, b", "3, null", "null, null", "4, null",
                  "5, a long name that is no inline view"));
}

TEST(JsonDecoder, BrokenRecordsAreListedAndTheOthersGoOn) {
  const Schema schema({{"id", kInt}, {"list", LogicalType::array(kInt)}});
  const auto lines =
      decode(schema,
             {R"({"id":1,"list":[1,2]})", R"({"id":2,"list":[3,)", R"({"id":3)", R"({"id":4,})",
              R"({"id":05})", R"([1])", R"({"id":6 "x":1})", "", "{\"id\":\"\x01\"}",
              "{\"x\":\"\xFF\"}", R"({"x":"\q"})", R"({"id":7,"list":[8]})", R"({"id":8,"list":)"});
  EXPECT_EQ(lines[0], "1, [1, 2]");
  EXPECT_EQ(lines[11], "7, [8]");
  for (const size_t bad : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12}) {
    EXPECT_THAT(lines[bad], testing::StartsWith("<")) << bad;
  }
}

TEST(JsonDecoder, NumbersAsFlinkReadsThem) {
  EXPECT_EQ(decode_one(kInt, "\"12\""), "12");
  EXPECT_EQ(decode_one(kInt, "1.7"), "1");
  EXPECT_EQ(decode_one(kInt, "-7"), "-7");
  EXPECT_THAT(decode_one(kInt, "2147483648"), HasSubstr("cannot read '2147483648' as INT"));
  EXPECT_THAT(decode_one(LogicalType::tinyint(), "1.7"), HasSubstr("cannot read"));
  EXPECT_EQ(decode_one(LogicalType::bigint(), "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(decode_one(LogicalType::float64(), "1e3"), "1000.0");
  EXPECT_EQ(decode_one(LogicalType::decimal(5, 1), "\"12.35\""), "12.4");
  EXPECT_EQ(decode_one(LogicalType::decimal(3, 1), "12345"), "null");
  EXPECT_EQ(decode_one(LogicalType::boolean(), "\"TRUE\""), "true");
  EXPECT_EQ(decode_one(LogicalType::boolean(), "1"), "false");
}

TEST(JsonDecoder, AnObjectAsStringIsWhatJacksonWrites) {
  EXPECT_EQ(decode_one(kText, R"({"a":1,"b":[true,null,"x"]})"), R"({"a":1,"b":[true,null,"x"]})");
  EXPECT_EQ(decode_one(kText, R"({ "a" : 1.50 , "b" : 1e3 })"), R"({"a":1.5,"b":1000.0})");
  EXPECT_EQ(decode_one(kText, R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
  EXPECT_EQ(decode_one(kText, R"(["\u00e9\/\n", -0, { } ])"), "[\"é/\\n\",0,{}]");
  EXPECT_EQ(decode_one(kText, "1.50"), "1.50");
  EXPECT_EQ(decode_one(kText, "[\"\\ud83d\\ude00\", 1.0]"), "[\"\xF0\x9F\x98\x80\",1.0]");
  EXPECT_EQ(decode_one(kText, "true"), "true");
  EXPECT_EQ(decode_one(kText, R"("\ud83d\ude00 \ud83d")"), "\xF0\x9F\x98\x80 ?");
}

TEST(JsonDecoder, NumbersInsideAStringAreBigDecimalsWhenTheTableHasADecimal) {
  const Schema schema({{"a", kText}, {"m", LogicalType::decimal(5, 1)}});
  EXPECT_THAT(decode(schema, {R"({"a":[1e3,1.50,-0.0,100.0,12345.678e2,-1.5e-3]})",
                              R"({"a":[0.000001,0.0000001,1.25E-9,12e-8,1e400,5]})"}),
              ElementsAre("[1E+3,1.5,0,1E+2,1234567.8,-0.0015], null",
                          "[0.000001,1E-7,1.25E-9,1.2E-7,1E+400,5], null"));
}

TEST(JsonDecoder, FieldsBehindTheLastWantedOneAreNotRead) {
  const Schema schema({{"id", kInt}, {"name", kText}});
  EXPECT_THAT(decode(schema, {R"({"id":1,"name":"a","id":5,"x":[{}]})",
                              R"({"id":1,"id":5,"name":"a"})", R"({"id":1,"id":5})"}),
              ElementsAre("1, a", "5, null", "5, null"));
}

TEST(JsonDecoder, DatesAndTimes) {
  const auto ts = LogicalType::timestamp(3);
  EXPECT_EQ(decode_one(ts, "\"2020-12-30 12:13:14.123\""), "2020-12-30T12:13:14.123");
  EXPECT_EQ(decode_one(ts, "\"2020-12-30 12:13:14\""), "2020-12-30T12:13:14");
  EXPECT_THAT(decode_one(ts, "\"2020-12-30T12:13:14\""), HasSubstr("cannot read"));
  JsonReadOptions iso;
  iso.timestamps = JsonTimestamps::kIso8601;
  EXPECT_EQ(decode_one(ts, "\"2020-12-30T12:13:14.123\"", iso), "2020-12-30T12:13:14.123");
  EXPECT_EQ(decode_one(LogicalType::timestamp_ltz(3), "\"2020-12-30 12:13:14.123Z\""),
            "2020-12-30T12:13:14.123Z");
  EXPECT_EQ(decode_one(LogicalType::date(), "\"2020-02-29\""), "2020-02-29");
  EXPECT_THAT(decode_one(LogicalType::date(), "\"2021-02-29\""), HasSubstr("cannot read"));
  EXPECT_EQ(decode_one(LogicalType::time(), "\"12:13:14\""), "12:13:14");
  EXPECT_EQ(decode_one(LogicalType::bytes(), "\"YWI=\""), "[97, 98]");
}

TEST(JsonDecoder, NestedTypes) {
  const auto row = LogicalType::row({{"x", kInt}, {"y", LogicalType::array(kText)}});
  EXPECT_EQ(decode_one(row, R"({"y":["a","b"],"z":1,"x":2})"), "+I[2, [a, b]]");
  EXPECT_EQ(decode_one(row, "{}"), "+I[null, null]");
  EXPECT_EQ(decode_one(row, "null"), "null");
  EXPECT_THAT(decode_one(row, "5"), HasSubstr("cannot read '5'"));
  EXPECT_EQ(decode_one(LogicalType::array(row), R"([{"x":1},{"x":2,"y":[]},null])"),
            "[+I[1, null], +I[2, []], null]");
  EXPECT_EQ(decode_one(LogicalType::map(kText, kInt), R"({"a":1,"b":2,"a":3})"), "{a=3, b=2}");
}

TEST(JsonDecoder, OptionsOfFlink) {
  JsonReadOptions ignore;
  ignore.ignore_parse_errors = true;
  const Schema schema({{"a", kInt}, {"b", LogicalType::row({{"c", kInt}})}});
  EXPECT_THAT(decode(schema, {R"({"a":"x","b":{"c":1}})", R"({"a":1,"b":{"c":"x"}})"}, ignore),
              ElementsAre("null, +I[1]", "1, +I[null]"));
  JsonReadOptions strict;
  strict.fail_on_missing_field = true;
  EXPECT_THAT(decode(schema, {R"({"a":1})"}, strict)[0], HasSubstr("field \"b\" is missing"));
  EXPECT_FALSE(make_json_decoder(Schema({{"m", LogicalType::map(kInt, kInt)}}), {}));
}

TEST(JsonDecoder, ManyKeysAndLongOnes) {
  std::vector<types::Field> fields;
  std::string text = "{";
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::string(i % 3 == 0 ? 40 : 3, 'k') + std::to_string(i);
    fields.push_back({name, kInt});
    text += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", name, i);
    expected += fmt::format("{}{}", i == 0 ? "" : ", ", i);
  }
  EXPECT_THAT(decode(Schema(fields), {text + "}", text + "}"}), ElementsAre(expected, expected));
}

// ---- encoding ----

std::string round_trip(const LogicalType& type, const std::string& value,
                       const JsonWriteOptions& options = {}) {
  const Schema schema({{"a", type}});
  const Records records({"{\"a\":" + value + "}"});
  Decoded decoded;
  const auto decoder = *make_json_decoder(schema, {});
  EXPECT_TRUE(decoder->decode(records.records, std::span(&records.buffer, 1), decoded));
  Encoded encoded;
  const auto encoder = *make_json_encoder(schema, options);
  EXPECT_TRUE(encoder->encode(decoded.columns, types::Selection(decoded.rows), encoded));
  return encoded.count() == 1 ? std::string(encoded.record(0)) : "<none>";
}

TEST(JsonEncoder, FlinksText) {
  EXPECT_EQ(round_trip(LogicalType::decimal(10, 2), "2000010.00"), R"({"a":2.00001E+6})");
  JsonWriteOptions plain;
  plain.decimal_as_plain_number = true;
  EXPECT_EQ(round_trip(LogicalType::decimal(10, 2), "2000010", plain), R"({"a":2000010.00})");
  EXPECT_EQ(round_trip(LogicalType::float64(), "100000000000"), R"({"a":1.0E11})");
  EXPECT_EQ(round_trip(LogicalType::float64(), "\"NaN\""), R"({"a":"NaN"})");
  EXPECT_EQ(round_trip(kText, R"("q\"\\\n\u0001 é and a tail that is quite a bit longer")"),
            "{\"a\":\"q\\\"\\\\\\n\\u0001 é and a tail that is quite a bit longer\"}");
  EXPECT_EQ(round_trip(kText, R"("Ж 键 \ud83d\ude00")"), R"({"a":"Ж 键 \uD83D\uDE00"})");
  EXPECT_EQ(round_trip(kText, "\"first long enough for whole vectors \xF0\x9F\x98\x80\""),
            R"({"a":"first long enough for whole vectors \uD83D\uDE00"})");
  EXPECT_EQ(round_trip(LogicalType::timestamp(3), "\"2020-12-30 12:13:14.500\""),
            R"({"a":"2020-12-30 12:13:14.5"})");
  EXPECT_EQ(round_trip(LogicalType::timestamp_ltz(3), "\"2020-12-30 12:13:14Z\""),
            R"({"a":"2020-12-30 12:13:14Z"})");
  EXPECT_EQ(round_trip(LogicalType::bytes(), "\"YWI=\""), R"({"a":"YWI="})");
  EXPECT_EQ(round_trip(LogicalType::array(LogicalType::row({{"x", kInt}})), R"([{"x":1},null])"),
            R"({"a":[{"x":1},null]})");
  EXPECT_EQ(round_trip(LogicalType::map(kText, kInt), R"({"k":1})"), R"({"a":{"k":1}})");
  EXPECT_EQ(round_trip(kInt, "null"), R"({"a":null})");
  JsonWriteOptions dropping;
  dropping.ignore_null_fields = true;
  EXPECT_EQ(round_trip(kInt, "null", dropping), "{}");
}

}  // namespace
}  // namespace weir::formats
