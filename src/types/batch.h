// Batch: up to kMaxRows rows, a column at a time.
//
// Immutable once pushed and shared; any thread may read. All columns have `rows()` rows. A
// selection, when there is one, lists the rows that count, ascending; all others are to be skipped.
// Row kinds, when there are any, are one a row; a batch without them is all +I (append-only).
// Origin says where the rows of a source batch came from; it travels with the rows as long as they
// are one-to-one with records (decode, projection, filter), so that a row that fails or comes late
// can be kept with its raw bytes. Operators that make new rows drop it.
// Row watermarks, when there are any, are the event-time watermark before each row, for deciding
// lateness row by row; without them it is the last one announced before the batch. They travel as
// Origin does.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "types/column.h"
#include "types/row_kind.h"

namespace weir::types {

// Which rows of a batch count. A view: the batch (or whoever made it) owns the indices.
class Selection {
 public:
  // Rows 0 to rows - 1.
  explicit Selection(uint32_t rows) : size_(rows) {}
  // Ascending, without repetition.
  explicit Selection(std::span<const uint16_t> indices)
      : indices_(indices.data()), size_(static_cast<uint32_t>(indices.size())) {}

  [[nodiscard]] bool is_all() const { return indices_ == nullptr; }
  [[nodiscard]] uint32_t size() const { return size_; }
  [[nodiscard]] uint32_t operator[](size_t at) const {
    return indices_ == nullptr ? static_cast<uint32_t>(at) : indices_[at];
  }
  [[nodiscard]] std::span<const uint16_t> indices() const { return {indices_, size_}; }

  // Calls body(row) for every selected row; the choice between dense and sparse is made once.
  template <typename Body>
  void for_each(Body&& body) const {
    if (indices_ == nullptr) {
      for (uint32_t row = 0; row < size_; ++row) body(row);
    } else {
      for (uint32_t at = 0; at < size_; ++at) body(static_cast<uint32_t>(indices_[at]));
    }
  }

 private:
  const uint16_t* indices_ = nullptr;
  uint32_t size_ = 0;
};

// Where the rows of a batch were read. One split (a topic partition, a file) a batch.
struct Origin {
  uint32_t split = 0;  // the source's number for it
  BufferRef offsets;   // int64 a row: the record's offset, line or sequence number
  ColumnRef raw;       // the record's bytes a row; null when the source has none (datagen)
};

class Batch;
using BatchRef = std::shared_ptr<const Batch>;

class Batch {
 public:
  static constexpr uint32_t kMaxRows = 4096;

  struct Parts {
    uint32_t rows = 0;
    std::vector<ColumnRef> columns;
    BufferRef selection;    // uint16 a selected row; absent: all rows
    uint32_t selected = 0;  // only with `selection`
    BufferRef row_kinds;    // RowKind a row; absent: all +I
    std::shared_ptr<const Origin> origin;
    BufferRef row_watermarks;  // int64 ms a row; absent: as announced
  };

  explicit Batch(Parts parts);
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  [[nodiscard]] static BatchRef make(Parts parts);

  [[nodiscard]] uint32_t rows() const { return parts_.rows; }
  // How many rows count.
  [[nodiscard]] uint32_t selected() const {
    return parts_.selection ? parts_.selected : parts_.rows;
  }
  [[nodiscard]] Selection selection() const {
    if (!parts_.selection) return Selection(parts_.rows);
    return Selection(std::span(parts_.selection->as<uint16_t>(), parts_.selected));
  }
  [[nodiscard]] size_t width() const { return parts_.columns.size(); }
  [[nodiscard]] const Column& column(size_t index) const { return *parts_.columns[index]; }
  [[nodiscard]] const ColumnRef& column_ref(size_t index) const { return parts_.columns[index]; }
  [[nodiscard]] const std::vector<ColumnRef>& columns() const { return parts_.columns; }
  [[nodiscard]] bool is_append_only() const { return parts_.row_kinds == nullptr; }
  [[nodiscard]] RowKind row_kind(size_t row) const {
    return parts_.row_kinds ? parts_.row_kinds->as<RowKind>()[row] : RowKind::kInsert;
  }
  [[nodiscard]] const std::shared_ptr<const Origin>& origin() const { return parts_.origin; }
  // Null when the watermark does not move inside the batch (or no row is behind it).
  [[nodiscard]] const int64_t* row_watermarks() const {
    return parts_.row_watermarks ? parts_.row_watermarks->as<int64_t>() : nullptr;
  }
  [[nodiscard]] const Parts& parts() const { return parts_; }

  // The same rows with other columns (same length); selection, kinds and origin stay.
  [[nodiscard]] BatchRef with_columns(std::vector<ColumnRef> columns) const;
  // The same rows under a narrower selection.
  [[nodiscard]] BatchRef with_selection(BufferRef selection, uint32_t selected) const;
  // Bytes that this batch keeps alive, each buffer once: what queues are bounded by.
  [[nodiscard]] size_t pinned_bytes() const;

 private:
  Parts parts_;
};

}  // namespace weir::types
