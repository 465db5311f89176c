#include <benchmark/benchmark.h>

#include <string>

#include "base/crc32c.h"
#include "base/random.h"

namespace weir {
namespace {

void checksum(benchmark::State& state) {
  Random random(1);
  std::string text(static_cast<size_t>(state.range(0)), '\0');
  for (auto& byte : text) byte = static_cast<char>(random.next());
  uint32_t hash = 0;
  for (auto step : state) {
    hash = crc32c(std::as_bytes(std::span(text)));
    benchmark::DoNotOptimize(hash);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.counters["hash"] = hash;
}
BENCHMARK(checksum)->Arg(64)->Arg(1000)->Arg(16'384)->Arg(1'000'000);

}  // namespace
}  // namespace weir
