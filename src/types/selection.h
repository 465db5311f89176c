// Selections in the making, and columns under them.
//
// OwnedSelection owns the row numbers that a Selection views. All functions are branch-poor loops
// over primitive arrays; rows are at most Batch::kMaxRows. One thread.
#pragma once

#include <vector>

#include "types/batch.h"

namespace weir::types {

// Row numbers of a narrowed selection; reused from batch to batch, no allocation after the first.
class OwnedSelection {
 public:
  [[nodiscard]] Selection view() const { return Selection(std::span(rows_.data(), size_)); }
  [[nodiscard]] uint32_t size() const { return size_; }
  // At least kMaxRows + 8 row numbers of room.
  [[nodiscard]] uint16_t* data() {
    if (rows_.empty()) rows_.resize(Batch::kMaxRows + kSlack);
    return rows_.data();
  }
  void set_size(uint32_t size) { size_ = size; }
  // A copy that can travel with a batch (Batch::with_selection).
  [[nodiscard]] BufferRef to_buffer() const;

  static constexpr size_t kSlack = 8;  // select_* may write this many behind the last

 private:
  std::vector<uint16_t> rows_;
  uint32_t size_ = 0;
};

// The rows of `in` whose value of the BOOLEAN column is TRUE (NULL is not).
void select_true(const Column& column, const Selection& in, OwnedSelection& out);
// The rows of `in` that are neither TRUE nor NULL.
void select_false(const Column& column, const Selection& in, OwnedSelection& out);
// The rows of `in` whose bit is set (`bits` may be null: all are) or, with `wanted` false, clear.
void select_bits(const uint8_t* bits, bool wanted, const Selection& in, OwnedSelection& out);
// The rows of `in` whose byte is not zero.
void select_bytes(const uint8_t* bytes, const Selection& in, OwnedSelection& out);
// The rows of `in` that are not in `without`; both ascending, `without` without repetition.
void select_without(const Selection& in, std::span<const uint16_t> without, OwnedSelection& out);

// The selected rows of `column`, one behind the other; constants stay constants.
[[nodiscard]] ColumnRef gather(const Column& column, const Selection& selection);
// The rows of those numbers, in any order and with repetition; for columns of any length.
[[nodiscard]] ColumnRef gather_rows(const Column& column, std::span<const uint32_t> rows);
// The batch with exactly its selected rows and no selection; itself when all rows count.
[[nodiscard]] BatchRef compact(const BatchRef& batch);
// Rows [from, from + count) of `column`; shares nothing that would have to move.
[[nodiscard]] ColumnRef slice(const Column& column, uint32_t from, uint32_t count);
// One column below the other; all of one type, at least one.
[[nodiscard]] ColumnRef concat(std::span<const ColumnRef> columns);

}  // namespace weir::types
