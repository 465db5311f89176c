#include "types/column.h"

namespace weir::types {

ColumnRef Column::null_constant(LogicalType type, uint32_t length) {
  Parts parts;
  auto validity = Buffer::allocate(1);
  *validity->mutable_data() = std::byte{0};
  const size_t width = std::max<size_t>(physical_width(type.physical()), 2 * sizeof(int32_t));
  auto values = Buffer::allocate(width);
  std::memset(values->mutable_data(), 0, width);
  for (const auto& child : type.children()) {
    parts.children.push_back(null_constant(child.type, type.kind() == TypeKind::kRow ? 1 : 0));
  }
  parts.type = std::move(type);
  parts.length = length;
  parts.constant = true;
  parts.values = std::move(values);
  parts.validity = std::move(validity);
  return make(std::move(parts));
}

size_t Column::pinned_bytes() const {
  size_t bytes = 0;
  if (parts_.values) bytes += parts_.values->size();
  if (parts_.validity) bytes += parts_.validity->size();
  for (const auto& buffer : parts_.pinned) bytes += buffer->size();
  for (const auto& child : parts_.children) bytes += child->pinned_bytes();
  return bytes;
}

ColumnRef Column::with_type(LogicalType type) const {
  WEIR_DCHECK(type.physical() == parts_.type.physical(), "the layout stays");
  Parts parts = parts_;
  parts.type = std::move(type);
  return make(std::move(parts));
}

ColumnRef Column::with_length(uint32_t length) const {
  WEIR_CHECK(parts_.constant, "only a constant has any length");
  Parts parts = parts_;
  parts.length = length;
  return make(std::move(parts));
}

}  // namespace weir::types
