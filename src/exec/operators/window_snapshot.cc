#include "exec/operators/window_snapshot.h"

namespace weir::exec {
namespace {

// Restoring reads the whole chain: it is rewritten when it is this many times the state, but not
// for less than a megabyte.
constexpr uint64_t kChainToStateMax = 3;
constexpr uint64_t kChainBytesFree = 1U << 20U;
constexpr size_t kChainPiecesMax = 64;
constexpr std::string_view kDeltaPiece = "delta";
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
  chain_.push_back(writer.add_bytes(kDeltaPiece, range, std::move(delta).take()));
}

Status WindowSnapshot::restore(const RestoreReader& reader, state::WindowState& state) {
  const auto pieces = reader.pieces();
  // A delta replaces rows and drops slices of the lane that wrote it, so each lane's chain is
  // applied by itself; several lanes may have gathered for the same key, so the results are merged.
  for (size_t at = 0; at < pieces.size();) {
    state::WindowState lane = state.empty_sibling();
    const uint32_t number = pieces[at].lane;
    for (; at < pieces.size() && pieces[at].lane == number; ++at) {
      const auto& piece = pieces[at];
      if (piece.name != kDeltaPiece) continue;
      const BufferRef bytes = WEIR_TRY(reader.read(piece));
      WEIR_TRY(lane.apply(bytes->bytes(), [&piece](uint64_t hash) {
        return piece.range.contains(state::key_group_of(hash));
      }));
    }
    while (!lane.empty()) {
      const int64_t end_ms = lane.earliest();
      state.absorb(end_ms, lane.take(end_ms));
    }
  }
  return ok();
}

}  // namespace weir::exec
