// How an operator hands its state to a checkpoint and gets it back.
//
// The state of an operator at epoch n is a set of immutable pieces: some written in earlier epochs
// and kept, some new. snapshot() names them and returns at once; encoders run later on the
// checkpoint's writer thread and may touch only what they hold shared and immutable. So a snapshot
// is incremental (keep the old pieces, add what changed) and compaction is replacing many pieces by
// one.
// A piece covers a range of key groups. On restore, at whatever parallelism, a lane gets every
// piece that intersects the key groups it owns, with the part of the range that is meant for it:
// the operator ignores entries of other key groups, because another lane has them. Keeping a
// restored piece keeps it for the lane's own range only.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "exec/sink.h"
#include "state/key_codec.h"

namespace weir::exec {

// Key groups [first, end).
struct KeyGroupRange {
  uint32_t first = 0;
  uint32_t end = state::kKeyGroups;

  [[nodiscard]] bool contains(uint32_t key_group) const {
    return key_group >= first && key_group < end;
  }
  [[nodiscard]] bool empty() const { return first >= end; }
  [[nodiscard]] KeyGroupRange intersect(KeyGroupRange other) const {
    return {first > other.first ? first : other.first, end < other.end ? end : other.end};
  }
  bool operator==(const KeyGroupRange&) const = default;
};

// What `lane` of `lanes` owns; agrees with state::lane_of_key_group.
[[nodiscard]] KeyGroupRange key_groups_of_lane(uint32_t lane, uint32_t lanes);

// Unique in a job for all of its runs.
using PieceId = uint64_t;
using PieceEncoder = std::function<Status(ByteWriter& out)>;

class SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;
  [[nodiscard]] virtual uint64_t epoch() const = 0;
  // A piece of an earlier snapshot, or a restored one, still belongs to the state.
  virtual void keep(PieceId piece) = 0;
  // A new piece; `name` is the operator's own and need not be unique. The range lies inside the key
  // groups that the lane owns; the upstream half of an exchange, whose entries have any key, says
  // all key groups, and on restore each lane is given its own part of such a piece.
  virtual PieceId add(std::string_view name, KeyGroupRange range, PieceEncoder encode) = 0;
  // Sinks only: what they staged up to the cut.
  virtual void add_output(std::string_view sink_id, StagedOutput output) {
    (void)sink_id;
    (void)output;
  }
  // As add(), for bytes that are there already.
  PieceId add_bytes(std::string_view name, KeyGroupRange range, std::vector<std::byte> bytes);
};

class RestoreReader {
 public:
  struct Piece {
    PieceId id = 0;
    std::string name;
    // Which lane's state it was part of. Several lanes may have had entries of one key (upstream
    // halves of an exchange), so pieces are applied lane by lane and the results merged.
    uint32_t lane = 0;
    KeyGroupRange range;  // what of it is meant for this lane
    uint64_t size = 0;
  };

  virtual ~RestoreReader() = default;
  // In order of lane, then id, which is the order in which the lane wrote them.
  [[nodiscard]] virtual std::span<const Piece> pieces() const = 0;
  // The bytes as they were encoded, checked. `piece` must be one of pieces().
  [[nodiscard]] virtual Result<BufferRef> read(const Piece& piece) const = 0;
};

}  // namespace weir::exec
