#include "types/batch.h"

#include <algorithm>

namespace weir::types {
namespace {

void collect(const Column& column, std::vector<const Buffer*>& buffers) {
  const auto& parts = column.parts();
  if (parts.values) buffers.push_back(parts.values.get());
  if (parts.validity) buffers.push_back(parts.validity.get());
  for (const auto& buffer : parts.pinned) buffers.push_back(buffer.get());
  for (const auto& child : parts.children) collect(*child, buffers);
}

}  // namespace

Batch::Batch(Parts parts) : parts_(std::move(parts)) {}
Batch::~Batch() = default;

BatchRef Batch::make(Parts parts) { return std::make_shared<const Batch>(std::move(parts)); }

BatchRef Batch::with_columns(std::vector<ColumnRef> columns) const {
  Parts parts;
  parts.rows = parts_.rows;
  parts.columns = std::move(columns);
  parts.selection = parts_.selection;
  parts.selected = parts_.selected;
  parts.row_kinds = parts_.row_kinds;
  parts.origin = parts_.origin;
  parts.row_watermarks = parts_.row_watermarks;
  return make(std::move(parts));
}

BatchRef Batch::with_selection(BufferRef selection, uint32_t selected) const {
  Parts parts = parts_;
  parts.selection = std::move(selection);
  parts.selected = selected;
  return make(std::move(parts));
}

size_t Batch::pinned_bytes() const {
  std::vector<const Buffer*> buffers;
  for (const auto& column : parts_.columns) collect(*column, buffers);
  if (parts_.selection) buffers.push_back(parts_.selection.get());
  if (parts_.row_kinds) buffers.push_back(parts_.row_kinds.get());
  if (parts_.row_watermarks) buffers.push_back(parts_.row_watermarks.get());
  if (parts_.origin) {
    if (parts_.origin->offsets) buffers.push_back(parts_.origin->offsets.get());
    if (parts_.origin->raw) collect(*parts_.origin->raw, buffers);
  }
  std::ranges::sort(buffers);
  const auto repeated = std::ranges::unique(buffers);
  size_t bytes = 0;
  for (auto it = buffers.begin(); it != repeated.begin(); ++it) bytes += (*it)->size();
  return bytes;
}

}  // namespace weir::types
