#include "exec/operators/window_snapshot.h"

namespace weir::exec {
namespace {

// Restoring reads the whole chain: it is rewritten when it is this many times the state, but not
// for less than a megabyte.
constexpr uint64_t kChainToStateMax = 3;
constexpr uint64_t kChainBytesFree = 1U << 20U;
constexpr size_t kChainPiecesMax = 64;
constexpr size_t kEmptyDelta = 8;  // magic and width: nothing changed

}  // namespace

void WindowSnapshot::write(SnapshotWriter& writer, state::WindowState& state, KeyGroupRange range,
                           int64_t skip_slice_ms, uint32_t skip) {
  if (chain_.size() >= kChainPiecesMax ||
      chain_bytes_ > kChainToStateMax * state.footprint() + kChainBytesFree) {
    chain_.clear();
    chain_bytes_ = 0;
  }
  if (chain_.empty()) state.start_chain();
  ByteWriter delta;
  state.delta(delta, skip_slice_ms, skip);
  for (const PieceId piece : chain_) writer.keep(piece);
  if (delta.size() <= kEmptyDelta) return;
  chain_bytes_ += delta.size();
  chain_.push_back(writer.add_bytes("delta", range, std::move(delta).take()));
}

Status WindowSnapshot::restore(const RestoreReader& reader, state::WindowState& state) {
  for (const auto& piece : reader.pieces()) {
    const BufferRef bytes = WEIR_TRY(reader.read(piece));
    WEIR_TRY(state.apply(bytes->bytes(), [&piece](uint64_t hash) {
      return piece.range.contains(state::key_group_of(hash));
    }));
  }
  return ok();
}

}  // namespace weir::exec
