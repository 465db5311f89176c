// ColumnSink: a column that a decoder writes row by row.
//
// Rows are set in ascending order, each once; reset() takes a row back (a record that turns out to
// be broken, a key that comes twice). Fields of a ROW have their parent's row numbers; the elements
// of an ARRAY or MAP are appended to the children. A row that has not been set is NULL only if
// set_null() says so. One thread; finish() gives the column and begins anew.
#pragma once

#include <memory>
#include <vector>

#include "types/builder.h"

namespace weir::formats {

class ColumnSink {
 public:
  explicit ColumnSink(types::LogicalType type);

  [[nodiscard]] const types::LogicalType& type() const { return type_; }
  [[nodiscard]] std::vector<ColumnSink>& children() { return children_; }

  // Room for rows 0 to `rows` - 1.
  void reserve(uint32_t rows) {
    if (rows > capacity_) [[unlikely]]
      grow(rows);
  }
  template <typename T>
  void set(uint32_t row, T value) {
    reinterpret_cast<T*>(values_->mutable_data())[row] = value;
  }
  void set_null(uint32_t row);
  void reset(uint32_t row);

  // Lists: begin_list(row), then next_element() for each (children must then be set at that row),
  // then end_list(row).
  void begin_list(uint32_t row);
  [[nodiscard]] uint32_t next_element();
  void end_list(uint32_t row);
  // Elements appended so far.
  [[nodiscard]] uint32_t elements() const { return elements_; }

  [[nodiscard]] types::StringHeap& heap() { return heap_; }
  // `rows` rows; strings may point into `buffers`.
  [[nodiscard]] types::ColumnRef finish(uint32_t rows, std::span<const BufferRef> buffers);

 private:
  void grow(uint32_t rows);
  void truncate_elements(uint32_t count);

  types::LogicalType type_;
  size_t width_;
  bool list_;
  std::vector<ColumnSink> children_;
  std::shared_ptr<Buffer> values_;
  std::vector<uint8_t> validity_;  // empty: no NULL so far
  uint32_t capacity_ = 0;
  uint32_t elements_ = 0;
  types::StringHeap heap_;
};

}  // namespace weir::formats
