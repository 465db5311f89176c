// What a batch costs on its way from one lane to another.
#include <benchmark/benchmark.h>

#include "base/thread.h"
#include "exec/ring.h"
#include "types/builder.h"

namespace weir::exec {
namespace {

types::BatchRef make_batch(uint32_t rows, size_t columns) {
  types::Batch::Parts parts;
  parts.rows = rows;
  for (size_t column = 0; column < columns; ++column) {
    types::Values<int64_t> values(rows);
    for (uint32_t row = 0; row < rows; ++row) values[row] = static_cast<int64_t>(row * column);
    parts.columns.push_back(
        types::finish_column(types::LogicalType::bigint(), rows, std::move(values).take()));
  }
  return types::Batch::make(std::move(parts));
}

// One thread does both ends: the cost of the queue itself.
void push_and_pop(benchmark::State& state) {
  Waker producer;
  Waker consumer;
  Ring ring(64, 64ULL << 20U, producer, consumer);
  const auto batch = make_batch(types::Batch::kMaxRows, 8);
  uint64_t rows = 0;
  for (auto step : state) {
    ring.push(Message::of(batch));
    rows += ring.pop().batch->rows();
  }
  state.SetItemsProcessed(static_cast<int64_t>(rows));
  state.SetBytesProcessed(static_cast<int64_t>(batch->pinned_bytes()) * state.iterations());
  state.counters["rows_check"] =
      static_cast<double>(rows) / static_cast<double>(state.iterations());
}
BENCHMARK(push_and_pop);

// Two threads that sleep when they cannot go on.
void between_threads(benchmark::State& state) {
  const auto rows = static_cast<uint32_t>(state.range(0));
  const auto batch = make_batch(rows, 8);
  constexpr int kBatches = 20'000;
  uint64_t received = 0;
  for (auto step : state) {
    Waker producer_waker;
    Waker consumer_waker;
    Ring ring(64, 64ULL << 20U, producer_waker, consumer_waker);
    Thread consumer("consumer", [&] {
      for (int taken = 0; taken < kBatches;) {
        if (ring.front() == nullptr) {
          consumer_waker.wait(-1);
          continue;
        }
        received += ring.pop().batch->rows();
        ++taken;
      }
    });
    for (int sent = 0; sent < kBatches; ++sent) {
      while (!ring.has_room()) producer_waker.wait(-1);
      ring.push(Message::of(batch));
    }
    while (!ring.flush()) producer_waker.wait(-1);
    consumer.join();
  }
  state.SetItemsProcessed(static_cast<int64_t>(received));
  state.SetBytesProcessed(static_cast<int64_t>(batch->pinned_bytes()) * kBatches *
                          state.iterations());
  state.counters["rows_check"] =
      static_cast<double>(received) / (kBatches * static_cast<double>(state.iterations()));
}
BENCHMARK(between_threads)->Arg(256)->Arg(4096)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir::exec
