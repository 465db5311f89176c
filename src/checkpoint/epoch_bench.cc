// Epochs made durable: new pieces of state, kept ones and staged output, on a real disk.
//
// The time is mostly the disk's (fsync of two files, the folder, the manifest and the folder
// again); the CPU time is weir's own.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/random.h"
#include "checkpoint/epoch_writer.h"

namespace weir::checkpoint {
namespace {

constexpr uint32_t kLanes = 4;

exec::LaneSnapshot snapshot_of(uint64_t epoch, uint32_t lane, const BufferRef& piece,
                               std::vector<exec::KeptPiece>& chain) {
  const auto groups = exec::key_groups_of_lane(lane, kLanes);
  exec::LaneSnapshot snapshot;
  snapshot.epoch = epoch;
  snapshot.lane = lane;
  exec::OperatorSnapshot op;
  op.operator_id = "window";
  constexpr size_t kChainMax = 16;
  if (chain.size() >= kChainMax) chain.clear();
  op.kept = chain;
  const exec::PieceId id = epoch * kLanes + lane;
  op.added.push_back({id, "delta", groups, [piece](ByteWriter& out) {
                        out.bytes(piece->bytes());
                        return ok();
                      }});
  chain.push_back({id, "delta", groups});
  snapshot.operators.push_back(std::move(op));
  exec::SourceSnapshot source;
  source.source_id = "scan";
  for (uint32_t split = 0; split < 3; ++split) {
    exec::SplitState state;
    state.split.id = fmt::format("topic/{}", lane * 3 + split);
    state.position = std::to_string(epoch * 1000);
    source.splits.push_back(std::move(state));
  }
  snapshot.sources.push_back(std::move(source));
  exec::StagedOutput output;
  output.handle = fmt::format("part-{}-{}", lane, epoch);
  output.rows = 1;
  output.files.push_back({"rows", {piece}});
  snapshot.outputs.push_back({"sink", std::move(output)});
  return snapshot;
}

// range(0) bytes of new state and as many of staged output a lane.
void write_epoch(benchmark::State& state) {
  Env& env = system_env();
  const std::string folder = fmt::format("/tmp/weir-epoch-bench-{}", secure_random_seed());
  auto store = CheckpointStore::open(env, folder).value();
  EpochWriter writer(*store, std::nullopt);
  const auto bytes = static_cast<size_t>(state.range(0));
  auto content = Buffer::allocate(bytes);
  Random random(1);
  for (size_t i = 0; i < bytes; ++i) content->mutable_data()[i] = std::byte(random.below(256));
  std::vector<std::vector<exec::KeptPiece>> chains(kLanes);
  uint64_t epoch = 0;
  for (auto step : state) {
    ++epoch;
    std::vector<exec::LaneSnapshot> snapshots;
    for (uint32_t lane = 0; lane < kLanes; ++lane) {
      snapshots.push_back(snapshot_of(epoch, lane, content, chains[lane]));
    }
    const EpochInfo info{"run", "job", epoch, 0, kLanes, (epoch + 1) * kLanes};
    const auto written = writer.write(info, std::move(snapshots));
    if (!written) state.SkipWithError("write");
    for (const auto& output : *written) {
      writer.on_delivered(output.sink_id, output.delivery.run_id, output.delivery.epoch);
    }
    if (!store->clean(writer.files_in_use())) state.SkipWithError("clean");
  }
  if (writer.last_state_bytes() != kLanes * bytes) state.SkipWithError("bytes are missing");
  const auto newest = store->newest(false);
  if (!newest || !newest->manifest || newest->manifest->epoch != epoch) {
    state.SkipWithError("the newest epoch cannot be read");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(2 * kLanes * bytes));
  state.counters["epoch_check"] =
      static_cast<double>(epoch) / static_cast<double>(state.iterations());
  store.reset();
  (void)env.remove_tree(folder);
}
BENCHMARK(write_epoch)->Arg(1'000)->Arg(1 << 20)->Arg(16 << 20);

}  // namespace
}  // namespace weir::checkpoint
