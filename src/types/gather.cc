// gather(), slice(), concat(), compact(): columns whose rows are some rows of others.
#include <numeric>

#include "types/builder.h"
#include "types/selection.h"

namespace weir::types {
namespace {

// Calls body(T{}) with a trivially copyable type as wide as the physical value.
template <typename Body>
void with_width(Physical physical, Body&& body) {
  switch (physical_width(physical)) {
    case 1: body(uint8_t{}); break;
    case 2: body(uint16_t{}); break;
    case 4: body(uint32_t{}); break;
    case 8: body(uint64_t{}); break;
    case 16: body(StringRef{}); break;
    default: break;
  }
}

// Rows of any number (children of lists have more than a batch).
using Rows = std::span<const uint32_t>;

BufferRef gather_validity(const Column& column, Rows rows) {
  if (!column.may_have_nulls()) return nullptr;
  ValidityBuilder validity(static_cast<uint32_t>(rows.size()));
  for (size_t at = 0; at < rows.size(); ++at) {
    if (!bit_is_set(column.validity(), rows[at])) validity.set_null(at);
  }
  return std::move(validity).take();
}

void gather_list(const Column& column, Rows rows, Column::Parts& parts) {
  Values<int32_t> offsets(static_cast<uint32_t>(rows.size()) + 1);
  std::vector<uint32_t> elements;
  offsets[0] = 0;
  for (size_t at = 0; at < rows.size(); ++at) {
    const auto [begin, end] = column.list_range(rows[at]);
    for (int32_t i = begin; i < end; ++i) elements.push_back(static_cast<uint32_t>(i));
    offsets[at + 1] = static_cast<int32_t>(elements.size());
  }
  parts.values = std::move(offsets).take();
  for (const auto& child : column.children())
    parts.children.push_back(gather_rows(*child, elements));
}

std::vector<uint32_t> rows_of(const Selection& selection) {
  std::vector<uint32_t> rows(selection.size());
  for (uint32_t at = 0; at < selection.size(); ++at) rows[at] = selection[at];
  return rows;
}

template <typename T>
BufferRef gather_buffer(const BufferRef& buffer, const Selection& selection) {
  if (!buffer) return nullptr;
  Values<T> values(selection.size());
  const T* from = buffer->as<T>();
  for (uint32_t at = 0; at < selection.size(); ++at) values[at] = from[selection[at]];
  return std::move(values).take();
}

BufferRef concat_validity(std::span<const ColumnRef> columns, uint32_t length) {
  ValidityBuilder validity(length);
  uint32_t base = 0;
  for (const auto& column : columns) {
    if (column->may_have_nulls()) {
      for (uint32_t row = 0; row < column->length(); ++row) {
        if (column->is_null(row)) validity.set_null(base + row);
      }
    }
    base += column->length();
  }
  return std::move(validity).take();
}

void concat_list(std::span<const ColumnRef> columns, uint32_t length, Column::Parts& parts) {
  Values<int32_t> offsets(length + 1);
  std::vector<std::vector<ColumnRef>> pieces(columns[0]->children().size());
  uint32_t row = 0;
  int32_t total = 0;
  offsets[0] = 0;
  for (const auto& column : columns) {
    std::vector<uint32_t> elements;
    for (uint32_t i = 0; i < column->length(); ++i) {
      const auto [begin, end] = column->list_range(i);
      for (int32_t at = begin; at < end; ++at) elements.push_back(static_cast<uint32_t>(at));
      total += end - begin;
      offsets[++row] = total;
    }
    for (size_t child = 0; child < pieces.size(); ++child) {
      pieces[child].push_back(gather_rows(*column->children()[child], elements));
    }
  }
  parts.values = std::move(offsets).take();
  for (const auto& piece : pieces) parts.children.push_back(concat(piece));
}

// A child of a constant struct has one row; as a column of as many as its parent.
ColumnRef expand_child(const Column& parent, size_t child) {
  const auto& column = parent.children()[child];
  return parent.is_constant() ? as_constant(*column, parent.length()) : column;
}

}  // namespace

ColumnRef gather_rows(const Column& column, Rows rows) {
  const auto length = static_cast<uint32_t>(rows.size());
  if (column.is_constant()) return column.with_length(length);
  Column::Parts parts;
  parts.type = column.type();
  parts.length = length;
  parts.validity = gather_validity(column, rows);
  parts.pinned = column.parts().pinned;
  const Physical physical = column.type().physical();
  if (physical == Physical::kList) {
    gather_list(column, rows, parts);
  } else if (physical == Physical::kStruct) {
    for (const auto& child : column.children()) parts.children.push_back(gather_rows(*child, rows));
  } else {
    with_width(physical, [&]<typename T>(T) {
      Values<T> values(length);
      const T* from = column.values<T>().data();
      for (size_t at = 0; at < rows.size(); ++at) values[at] = from[rows[at]];
      parts.values = std::move(values).take();
    });
  }
  return Column::make(std::move(parts));
}

ColumnRef gather(const Column& column, const Selection& selection) {
  if (column.is_constant()) return column.with_length(selection.size());
  const Physical physical = column.type().physical();
  const bool flat = physical != Physical::kList && physical != Physical::kStruct;
  if (!flat || selection.is_all()) return gather_rows(column, rows_of(selection));
  Column::Parts parts;
  parts.type = column.type();
  parts.length = selection.size();
  parts.pinned = column.parts().pinned;
  const auto rows = selection.indices();
  with_width(physical, [&]<typename T>(T) {
    Values<T> values(selection.size());
    const T* from = column.values<T>().data();
    for (size_t at = 0; at < rows.size(); ++at) values[at] = from[rows[at]];
    parts.values = std::move(values).take();
  });
  if (column.may_have_nulls()) {
    ValidityBuilder validity(selection.size());
    for (size_t at = 0; at < rows.size(); ++at) {
      if (!bit_is_set(column.validity(), rows[at])) validity.set_null(at);
    }
    parts.validity = std::move(validity).take();
  }
  return Column::make(std::move(parts));
}

BatchRef compact(const BatchRef& batch) {
  const auto& from = batch->parts();
  if (!from.selection) return batch;
  const Selection selection = batch->selection();
  Batch::Parts parts;
  parts.rows = selection.size();
  parts.columns.reserve(from.columns.size());
  for (const auto& column : from.columns) parts.columns.push_back(gather(*column, selection));
  parts.row_kinds = gather_buffer<RowKind>(from.row_kinds, selection);
  parts.row_watermarks = gather_buffer<int64_t>(from.row_watermarks, selection);
  if (from.origin) {
    auto origin = std::make_shared<Origin>();
    origin->split = from.origin->split;
    origin->offsets = gather_buffer<int64_t>(from.origin->offsets, selection);
    if (from.origin->raw) origin->raw = gather(*from.origin->raw, selection);
    parts.origin = std::move(origin);
  }
  return Batch::make(std::move(parts));
}

ColumnRef slice(const Column& column, uint32_t from, uint32_t count) {
  WEIR_CHECK(from <= column.length() && count <= column.length() - from, "a slice lies inside");
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), from);
  return gather_rows(column, rows);
}

ColumnRef concat(std::span<const ColumnRef> columns) {
  WEIR_CHECK(!columns.empty(), "the type comes from a column");
  if (columns.size() == 1) return columns[0];
  uint32_t length = 0;
  for (const auto& column : columns) length += column->length();
  Column::Parts parts;
  parts.type = columns[0]->type();
  parts.length = length;
  parts.validity = concat_validity(columns, length);
  for (const auto& column : columns) add_pinned(*column, parts.pinned);
  const Physical physical = parts.type.physical();
  if (physical == Physical::kList) {
    concat_list(columns, length, parts);
  } else if (physical == Physical::kStruct) {
    for (size_t child = 0; child < columns[0]->children().size(); ++child) {
      std::vector<ColumnRef> pieces;
      for (const auto& column : columns) pieces.push_back(expand_child(*column, child));
      parts.children.push_back(concat(pieces));
    }
  } else {
    with_width(physical, [&]<typename T>(T) {
      Values<T> values(length);
      T* to = values.data();
      for (const auto& column : columns) {
        const T* source = column->values<T>().data();
        if (column->is_constant()) {
          std::fill_n(to, column->length(), source[0]);
        } else {
          std::copy_n(source, column->length(), to);
        }
        to += column->length();
      }
      parts.values = std::move(values).take();
    });
  }
  return Column::make(std::move(parts));
}

}  // namespace weir::types
