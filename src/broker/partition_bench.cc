// The broker's append and fetch path in process: batches of 100 JSON-like records of 325 bytes.
//
// Bytes and records a second count what producers sent; `hash` depends on every append and read.
#include <benchmark/benchmark.h>
#include <xxhash.h>

#include <filesystem>

#include "broker/broker.h"
#include "kafka/record_builder.h"

namespace weir::broker {
namespace {

constexpr int kRecords = 100;
constexpr size_t kValueSize = 325;
constexpr size_t kFetchBytes = size_t{1} << 20U;
constexpr int kBatchesToFetch = 4000;

struct Bench {
  explicit Bench(Durability durability) {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-bench-XXXXXX").string();
    dir = mkdtemp(pattern.data());
    BrokerOptions options;
    options.data_dir = dir;
    options.durability = durability;
    broker = *Broker::open(
        {.env = system_env(), .clock = system_clock(), .log = silent_logger(), .metrics = metrics},
        options);
    partition = (*broker->get_or_create_topic("bench"))->partitions.front();
    kafka::RecordBatchBuilder builder;
    for (int i = 0; i < kRecords; ++i) {
      builder.add(1'700'000'000'000 + i, {},
                  std::string(kValueSize, static_cast<char>('a' + i % 26)));
    }
    batch = *builder.finish();
  }
  ~Bench() {
    partition.reset();
    broker.reset();
    std::filesystem::remove_all(dir);
  }

  std::string dir;
  Metrics metrics;
  std::unique_ptr<Broker> broker;
  std::shared_ptr<Partition> partition;
  BufferRef batch;
};

// Of the last bytes: hashing all of them would cost more than the read.
uint64_t tail_hash(std::span<const std::byte> records) {
  const size_t size = std::min<size_t>(records.size(), 64);
  return XXH3_64bits(records.last(size).data(), size);
}

void set_rates(benchmark::State& state, int64_t batches, size_t batch_size) {
  state.SetBytesProcessed(batches * static_cast<int64_t>(batch_size));
  state.SetItemsProcessed(batches * kRecords);
}

// Written to the page cache: the path without the disk.
void append(benchmark::State& state) {
  Bench bench(Durability::kOs);
  int64_t last = 0;
  for (auto _ : state) {
    bench.partition->append(bench.batch->bytes(),
                            [&](const AppendResult& result) { last = result.last_offset; });
  }
  set_rates(state, state.iterations(), bench.batch->size());
  state.counters["hash"] = static_cast<double>(last + 1 == state.iterations() * kRecords);
}
BENCHMARK(append);

// One producer that waits for each batch: what one fdatasync costs.
void append_and_sync(benchmark::State& state) {
  Bench bench(Durability::kFsync);
  int64_t last = 0;
  for (auto _ : state) last = bench.partition->append_and_wait(bench.batch->bytes()).value_or(-1);
  set_rates(state, state.iterations(), bench.batch->size());
  state.counters["hash"] = static_cast<double>(last == (state.iterations() - 1) * kRecords);
}
BENCHMARK(append_and_sync)->UseRealTime();

// Many batches on their way at once: syncs are shared.
void append_grouped(benchmark::State& state) {
  constexpr int kInFlight = 64;
  Bench bench(Durability::kFsync);
  for (auto _ : state) {
    for (int i = 1; i < kInFlight; ++i) {
      bench.partition->append(bench.batch->bytes(), [](const AppendResult&) {});
    }
    benchmark::DoNotOptimize(bench.partition->append_and_wait(bench.batch->bytes()));
  }
  set_rates(state, state.iterations() * kInFlight, bench.batch->size());
  state.counters["hash"] = static_cast<double>(bench.partition->offsets().high_watermark ==
                                               state.iterations() * kInFlight * kRecords);
}
BENCHMARK(append_grouped)->UseRealTime();

// From the page cache into buffers, 1 MiB a read, as the engine and Fetch do.
void fetch(benchmark::State& state) {
  Bench bench(Durability::kOs);
  for (int i = 0; i < kBatchesToFetch; ++i) {
    bench.partition->append(bench.batch->bytes(), [](const AppendResult&) {});
  }
  const int64_t end = bench.partition->offsets().high_watermark;
  uint64_t hash = 0;
  int64_t bytes = 0;
  int64_t offset = 0;
  int64_t records = 0;
  for (auto _ : state) {
    const auto result = bench.partition->read(offset, kFetchBytes);
    hash = hash * 31 + tail_hash(result->records);
    bytes += static_cast<int64_t>(result->records.size());
    records += result->next_offset - offset;
    offset = result->next_offset == end ? 0 : result->next_offset;
  }
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(records);
  state.counters["hash"] = static_cast<double>(hash % 1000);
}
BENCHMARK(fetch);

}  // namespace
}  // namespace weir::broker
