// Fuzzes the JSON decoder: it must accept whatever objects nlohmann accepts (as far as the two
// grammars agree), write what it read, and read that again to the same text.
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "formats/json.h"
#include "types/utf8.h"

namespace {

using namespace weir;
using types::LogicalType;

const types::Schema& schema() {
  static const types::Schema schema(
      {{"s", LogicalType::string()},
       {"i", LogicalType::bigint()},
       {"d", LogicalType::decimal(20, 4)},
       {"t", LogicalType::timestamp(6)},
       {"b", LogicalType::bytes()},
       {"a", LogicalType::array(LogicalType::row({{"x", LogicalType::float64()}}))},
       {"m", LogicalType::map(LogicalType::string(), LogicalType::string())}});
  return schema;
}

// The record's text as written back; empty when it is bad or has no row.
std::string round(std::string_view text) {
  formats::JsonReadOptions options;
  options.ignore_parse_errors = true;
  const auto decoder = *formats::make_json_decoder(schema(), options);
  const auto buffer = Buffer::copy_of(std::as_bytes(std::span(text)));
  const formats::Record record{buffer->text().data(), static_cast<uint32_t>(buffer->size())};
  const BufferRef shared = buffer;
  formats::Decoded decoded;
  WEIR_CHECK(decoder->decode(std::span(&record, 1), std::span(&shared, 1), decoded).has_value(),
             "a bad record is no error");
  if (decoded.rows == 0) return {};
  formats::Encoded encoded;
  const auto encoder = *formats::make_json_encoder(schema(), {});
  WEIR_CHECK(encoder->encode(decoded.columns, types::Selection(1), encoded).has_value(), "encodes");
  return std::string(encoded.record(0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string first = round(text);
  if (!first.empty()) {
    WEIR_CHECK(types::is_valid_utf8(first), "what is written is UTF-8");
    WEIR_CHECK(nlohmann::json::accept(first), "what is written is JSON");
    WEIR_CHECK(round(first) == first, "what was written reads back the same");
  }
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_object() && !text.starts_with("\xEF\xBB\xBF")) {
    WEIR_CHECK(!first.empty(), "an object of valid JSON is a row");
  }
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  return {R"({"s":"text \u00e9\n","i":12,"d":1.5,"t":"2024-01-02 03:04:05.123","b":"YWI="})",
          R"({"a":[{"x":1.5e3},null,{}],"m":{"k":"v","k":{"n":[1,2.50]}},"u":[true,false]})",
          R"({"s":{"nested":{"deep":[1,-0,1e5,"\ud83d\ude00"]}},"i":"7"})",
          "{}",
          "null",
          "[1]"};
}
