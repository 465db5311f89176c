#include "checkpoint/restore.h"

#include <algorithm>

#include "base/check.h"

namespace weir::checkpoint {
namespace {

class PieceReader final : public exec::RestoreReader {
 public:
  PieceReader(const CheckpointStore& store, const Manifest& manifest)
      : store_(store), manifest_(manifest) {}

  void add(const PieceEntry& entry, exec::KeyGroupRange range) {
    pieces_.push_back({entry.id, entry.name, entry.lane, range, entry.place.size});
    places_.push_back(&entry.place);
  }
  [[nodiscard]] bool empty() const { return pieces_.empty(); }

  [[nodiscard]] std::span<const Piece> pieces() const override { return pieces_; }
  [[nodiscard]] Result<BufferRef> read(const Piece& piece) const override {
    const auto at = static_cast<size_t>(&piece - pieces_.data());
    WEIR_CHECK(at < pieces_.size(), "not one of pieces()");
    return store_.read(manifest_, *places_[at]);
  }

 private:
  const CheckpointStore& store_;
  const Manifest& manifest_;
  std::vector<Piece> pieces_;
  std::vector<const Place*> places_;
};

}  // namespace

std::unique_ptr<exec::RestoreReader> CheckpointRestore::operator_state(
    const std::string& operator_id, exec::KeyGroupRange key_groups) const {
  const auto found = std::ranges::find(manifest_.operators, operator_id, &OperatorEntry::id);
  if (found == manifest_.operators.end()) return nullptr;
  auto reader = std::make_unique<PieceReader>(store_, manifest_);
  for (const PieceEntry& piece : found->pieces) {
    const exec::KeyGroupRange range = piece.range.intersect(key_groups);
    if (!range.empty()) reader->add(piece, range);
  }
  if (reader->empty()) return nullptr;
  return reader;
}

std::vector<exec::RestoredSource> CheckpointRestore::sources() const {
  std::vector<exec::RestoredSource> out;
  for (const SourceEntry& entry : manifest_.sources) out.push_back({entry.id, entry.lanes});
  return out;
}

}  // namespace weir::checkpoint
