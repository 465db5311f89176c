// WindowState: the accumulators of a lane's open slices, and their incremental snapshots.
//
// A slice is named by its end (milliseconds). slice() makes it; take() hands it over and forgets
// it. delta() yields what changed since the last call, in the format of
// docs/formats/window-state.md; apply() puts such deltas back, keeping only the keys that the
// caller wants (its key groups). Owner: one operator; one thread. Failure: kCorrupt for a delta
// that is not one; the state is then unusable.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "state/aggregate_layout.h"
#include "state/group_table.h"

namespace weir::state {

// What one lane has gathered for one slice and another lane merges. Immutable once sent.
struct SealedPartials {
  int64_t slice_end_ms = 0;
  EncodedKeys keys;
  std::vector<std::byte> states;  // state_bytes each, in the order of the keys

  [[nodiscard]] size_t bytes() const {
    return keys.bytes.size() + keys.offsets.size() * sizeof(uint32_t) +
           keys.hashes.size() * sizeof(uint64_t) + states.size();
  }
};

class WindowState {
 public:
  // Both must outlive the state.
  WindowState(const KeyCodec& codec, const AggregateLayout& layout);

  // Nothing in it, for the same keys and aggregates.
  [[nodiscard]] WindowState empty_sibling() const { return WindowState(codec_, layout_); }

  [[nodiscard]] GroupTable& slice(int64_t end_ms);
  // Null when there is none.
  [[nodiscard]] GroupTable* find(int64_t end_ms);
  [[nodiscard]] std::unique_ptr<GroupTable> take(int64_t end_ms);
  // Adds a table that another WindowState for the same keys and aggregates gave away: as it is when
  // there is no such slice yet, else group by group.
  void absorb(int64_t end_ms, std::unique_ptr<GroupTable> table);
  // Adds partials to their slice.
  void merge(const SealedPartials& partials);
  [[nodiscard]] bool empty() const { return slices_.empty(); }
  // The end of the earliest slice; INT64_MAX when there is none.
  [[nodiscard]] int64_t earliest() const;

  // `skip` of the rows of `skip_slice`, counted from its first, are gone already (fired).
  void delta(ByteWriter& out, int64_t skip_slice_ms, uint32_t skip);
  // The next delta holds everything and stands alone: earlier ones are not needed any more.
  void start_chain();
  // `wanted(hash)` says which keys to keep.
  Status apply(std::span<const std::byte> delta, const std::function<bool(uint64_t)>& wanted);

  [[nodiscard]] size_t footprint() const;
  // Rows of all slices.
  [[nodiscard]] uint64_t rows() const;

 private:
  Status apply_rows(ByteReader& reader, const std::function<bool(uint64_t)>& wanted);
  void write_rows(ByteWriter& out, int64_t end_ms, const GroupTable& table,
                  std::span<const uint32_t> rows) const;

  const KeyCodec& codec_;
  const AggregateLayout& layout_;
  std::map<int64_t, std::unique_ptr<GroupTable>> slices_;
  uint32_t taken_groups_ = 0;  // of the last slice that was taken: the next will be of that size
  std::set<int64_t> dropped_;  // since the last delta, and known to it
  std::set<int64_t> written_;  // slices that some earlier delta holds rows of
};

// Hands the groups of `table` to the lanes that own them, in one pass: send(lane, partials), as
// often as needed to keep a message at about a megabyte, never with nothing.
Status seal(int64_t slice_end_ms, const GroupTable& table, uint32_t lanes,
            const std::function<Status(uint32_t lane, SealedPartials partials)>& send);

}  // namespace weir::state
