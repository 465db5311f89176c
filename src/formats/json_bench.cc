// JSON decode and encode over user-actions records of 325 bytes, as tools and peers generate them.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include "base/random.h"
#include "formats/json.h"

namespace weir::formats {
namespace {

using types::LogicalType;
using types::Schema;

constexpr size_t kRecords = 4096;

std::string hex(Random& random, int digits) {
  return fmt::format("{:016x}", random.next()).substr(0, static_cast<size_t>(digits));
}

std::string user_action(Random& random, int64_t index) {
  constexpr std::string_view kSystems[] = {"android", "ios", "windows", "macos", "linux"};
  constexpr std::string_view kReferrers[] = {"google", "direct", "facebook", "newsletter",
                                             "partner"};
  constexpr std::string_view kLocales[] = {"en_US", "ko_KR", "de_DE", "ja_JP", "pt_BR"};
  return fmt::format(
      R"({{"event_id":"{}","user_id":{},"action_type":"action_{:03}",)"
      R"("timestamp":"2025-01-01T0{}:{:02}:{:02}.{:06}","metadata":{{"session_id":"{}",)"
      R"("page":"/p/{}","referrer":"{}","duration_ms":{}}},"device_info":{{"os":"{}",)"
      R"("app_version":"{}.{}","model":"M-{}","locale":"{}"}}}})",
      random.uuid(), 1 + random.below(30'000'000), random.below(153), index / 3600 % 6,
      index / 60 % 60, index % 60, random.below(1'000'000), hex(random, 16), random.below(100'000),
      kReferrers[random.below(5)], random.below(60'000), kSystems[random.below(5)],
      random.below(10), random.below(20), random.below(1000), kLocales[random.below(5)]);
}

struct Input {
  Input() {
    Random random(7);
    std::string all;
    std::vector<size_t> ends;
    for (size_t i = 0; i < kRecords; ++i) {
      all += user_action(random, static_cast<int64_t>(i));
      ends.push_back(all.size());
    }
    buffer = Buffer::copy_of(std::as_bytes(std::span(all)));
    size_t begin = 0;
    for (const size_t end : ends) {
      records.push_back({buffer->text().data() + begin, static_cast<uint32_t>(end - begin)});
      begin = end;
    }
  }
  BufferRef buffer;
  std::vector<Record> records;
};

Schema all_columns() {
  return Schema({{"event_id", LogicalType::string()},
                 {"user_id", LogicalType::bigint()},
                 {"action_type", LogicalType::string()},
                 {"timestamp", LogicalType::timestamp(6)},
                 {"metadata", LogicalType::string()},
                 {"device_info", LogicalType::row({{"os", LogicalType::string()},
                                                   {"app_version", LogicalType::string()},
                                                   {"model", LogicalType::string()},
                                                   {"locale", LogicalType::string()}})}});
}

Schema projection() {
  return Schema({{"user_id", LogicalType::bigint()},
                 {"action_type", LogicalType::string()},
                 {"timestamp", LogicalType::timestamp(3)}});
}

uint64_t digest(const Decoded& decoded) {
  uint64_t hash = decoded.rows;
  for (const auto& column : decoded.columns) {
    for (const std::byte byte : column->parts().values ? column->parts().values->bytes().first(8)
                                                       : std::span<const std::byte>{}) {
      hash = hash * 31 + std::to_integer<uint64_t>(byte);
    }
  }
  return hash;
}

void decode(benchmark::State& state, const Schema& schema) {
  const Input input;
  JsonReadOptions options;
  options.timestamps = JsonTimestamps::kIso8601;
  const auto decoder = *make_json_decoder(schema, options);
  Decoded out;
  for (auto step : state) {
    benchmark::DoNotOptimize(decoder->decode(input.records, std::span(&input.buffer, 1), out));
  }
  if (out.rows != kRecords) state.SkipWithError("records were lost");
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(input.buffer->size()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRecords));
  state.counters["hash"] = static_cast<double>(digest(out) % 1'000'003);
}

// The bound: simdjson walks every field of the top level and makes no columns.
void walk_with_simdjson(benchmark::State& state) {
  const Input input;
  simdjson::ondemand::parser parser;
  uint64_t hash = 0;
  for (auto step : state) {
    hash = 0;
    for (const auto& record : input.records) {
      auto document = parser.iterate(record.data, record.size, record.size + Buffer::kPadding);
      for (auto field : document.get_object()) {
        hash += std::string_view(field.value().raw_json_token()).size();
      }
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(input.buffer->size()));
  state.counters["hash"] = static_cast<double>(hash % 1'000'003);
}
BENCHMARK(walk_with_simdjson);

void decode_projected(benchmark::State& state) { decode(state, projection()); }
void decode_all(benchmark::State& state) { decode(state, all_columns()); }
void decode_one_string(benchmark::State& state) {
  decode(state, Schema({{"metadata", LogicalType::string()}}));
}
BENCHMARK(decode_projected);
BENCHMARK(decode_all);
BENCHMARK(decode_one_string);

void encode(benchmark::State& state) {
  const Input input;
  const Schema schema = all_columns();
  JsonReadOptions options;
  options.timestamps = JsonTimestamps::kIso8601;
  Decoded decoded;
  if (!(*make_json_decoder(schema, options))
           ->decode(input.records, std::span(&input.buffer, 1), decoded)) {
    state.SkipWithError("decoding failed");
  }
  const auto encoder = *make_json_encoder(schema, {});
  Encoded out;
  for (auto step : state) {
    benchmark::DoNotOptimize(encoder->encode(decoded.columns, types::Selection(kRecords), out));
  }
  uint64_t hash = 0;
  for (const char c : out.bytes()) hash = hash * 31 + static_cast<unsigned char>(c);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(out.bytes().size()));
  state.counters["hash"] = static_cast<double>(hash % 1'000'003);
}
BENCHMARK(encode);

}  // namespace
}  // namespace weir::formats
