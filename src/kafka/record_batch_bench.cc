// Batches of 1,000 records: build, walk into columns, decompress. `hash` depends on every record.
#include <benchmark/benchmark.h>

#include <string>

#include "base/random.h"
#include "kafka/messages.h"
#include "kafka/record_builder.h"
#include "kafka/record_reader.h"

namespace weir::kafka {
namespace {

constexpr int kRecords = 1000;

// Text that compresses about as well as JSON events do.
std::vector<std::string> make_values(size_t size) {
  Random random(1);
  std::vector<std::string> values;
  for (int i = 0; i < kRecords; ++i) {
    std::string value;
    while (value.size() < size) {
      value += "{\"user_id\":" + std::to_string(random.below(10'000)) + ",\"url\":\"/page/" +
               std::to_string(random.below(500)) + "\"}";
    }
    value.resize(size);
    values.push_back(std::move(value));
  }
  return values;
}

BufferRef make_batch(RecordBatchBuilder& builder, const std::vector<std::string>& values) {
  for (int i = 0; i < kRecords; ++i) {
    builder.add(1'700'000'000'000 + i, {}, values[static_cast<size_t>(i)]);
  }
  return builder.finish().value();
}

void build(benchmark::State& state) {
  const auto values = make_values(static_cast<size_t>(state.range(0)));
  RecordBatchBuilder builder;
  uint32_t hash = 0;
  size_t size = 0;
  for (auto step : state) {
    const auto batch = make_batch(builder, values);
    hash = RecordBatchHeader::read(batch->bytes())->crc;
    size = batch->size();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["hash"] = hash;
}
BENCHMARK(build)->Arg(50)->Arg(325);

void read(benchmark::State& state) {
  RecordBatchBuilder builder(BatchOptions{.compression = static_cast<Compression>(state.range(1))});
  const auto batch = make_batch(builder, make_values(static_cast<size_t>(state.range(0))));
  const auto header = RecordBatchHeader::read(batch->bytes()).value();
  RecordReader reader;
  RecordColumns records;
  uint64_t hash = 0;
  size_t size = 0;
  for (auto step : state) {
    records.clear();
    if (!reader.append(header, batch->bytes(), batch, records).has_value()) {
      state.SkipWithError("the batch is malformed");
      break;
    }
    benchmark::DoNotOptimize(records.values.data());
  }
  for (size_t i = 0; i < records.size(); ++i) {
    size += records.values[i].size();
    hash = hash * 31 + static_cast<uint64_t>(records.offsets[i]) +
           static_cast<uint64_t>(records.values[i].back());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["hash"] = static_cast<double>(hash % 1'000'003);
}
BENCHMARK(read)
    ->ArgNames({"value_bytes", "compression"})
    ->Args({50, 0})
    ->Args({325, 0})
    ->Args({325, 1})
    ->Args({325, 2})
    ->Args({325, 3})
    ->Args({325, 4});

void encode_fetch_response(benchmark::State& state) {
  RecordBatchBuilder builder;
  const auto batch = make_batch(builder, make_values(325));
  FetchResponse response;
  auto& topic = response.responses.emplace_back();
  topic.topic = "orders";
  for (int i = 0; i < 32; ++i) topic.partitions.emplace_back().records = Records{batch->bytes()};
  RecordSlots slots;
  size_t size = 0;
  for (auto step : state) {
    ByteWriter out;
    slots.clear();
    response.encode(out, 12, &slots);
    size = out.size();
    benchmark::DoNotOptimize(out.view().data());
  }
  state.SetItemsProcessed(state.iterations() * 32);
  state.counters["hash"] = static_cast<double>(size + slots.size());
}
BENCHMARK(encode_fetch_response);

void decode_produce_request(benchmark::State& state) {
  RecordBatchBuilder builder;
  const auto batch = make_batch(builder, make_values(325));
  ProduceRequest request;
  auto& topic = request.topic_data.emplace_back();
  topic.name = "orders";
  for (int i = 0; i < 32; ++i) {
    topic.partition_data.emplace_back().records = Records{batch->bytes()};
  }
  ByteWriter out;
  request.encode(out, 9);
  size_t size = 0;
  for (auto step : state) {
    ByteReader in(out.view());
    ProduceRequest decoded;
    if (!decoded.decode(in, 9).has_value()) state.SkipWithError("malformed");
    size = decoded.topic_data[0].partition_data.back().records->bytes.size();
  }
  state.SetItemsProcessed(state.iterations() * 32);
  state.counters["hash"] = static_cast<double>(size);
}
BENCHMARK(decode_produce_request);

}  // namespace
}  // namespace weir::kafka
