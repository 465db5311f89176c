#include "formats/column_sink.h"

namespace weir::formats {

using types::Physical;

ColumnSink::ColumnSink(types::LogicalType type)
    : type_(std::move(type)),
      width_(types::physical_width(type_.physical())),
      list_(type_.physical() == Physical::kList) {
  if (list_) width_ = sizeof(int32_t);
  for (const auto& child : type_.children()) children_.emplace_back(child.type);
  // A MULTISET is a MAP to how often an element occurs.
  if (type_.kind() == types::TypeKind::kMultiset) {
    children_.emplace_back(types::LogicalType::integer());
  }
}

void ColumnSink::grow(uint32_t rows) {
  const uint32_t capacity = std::max({rows, capacity_ * 2, 64U});
  // One more for the last offset of a list.
  auto larger = Buffer::allocate((size_t{capacity} + 1) * width_);
  if (values_) {
    std::memcpy(larger->mutable_data(), values_->data(), (size_t{capacity_} + 1) * width_);
  } else if (list_) {
    *larger->mutable_as<int32_t>() = 0;
  }
  values_ = std::move(larger);
  if (!validity_.empty()) validity_.resize(types::bitmap_bytes(capacity), 0xFF);
  capacity_ = capacity;
  if (type_.physical() == Physical::kStruct) {
    for (auto& child : children_) child.reserve(capacity);
  }
}

void ColumnSink::set_null(uint32_t row) {
  if (validity_.empty()) [[unlikely]]
    validity_.assign(types::bitmap_bytes(capacity_), 0xFF);
  types::clear_bit(validity_.data(), row);
  if (list_) {
    begin_list(row);
    end_list(row);
  } else if (width_ > 0) {
    std::memset(values_->mutable_data() + row * width_, 0, width_);
  } else {
    for (auto& child : children_) child.set_null(row);
  }
}

void ColumnSink::reset(uint32_t row) {
  if (row >= capacity_) return;
  if (!validity_.empty()) types::set_bit(validity_.data(), row);
  if (list_) {
    truncate_elements(static_cast<uint32_t>(values_->as<int32_t>()[row]));
  } else {
    for (auto& child : children_) child.reset(row);
  }
}

void ColumnSink::truncate_elements(uint32_t count) {
  for (auto& child : children_) {
    for (uint32_t row = elements_; row > count; --row) child.reset(row - 1);
  }
  elements_ = std::min(elements_, count);
}

void ColumnSink::begin_list(uint32_t row) {
  truncate_elements(static_cast<uint32_t>(values_->as<int32_t>()[row]));
}

uint32_t ColumnSink::next_element() {
  for (auto& child : children_) child.reserve(elements_ + 1);
  return elements_++;
}

void ColumnSink::end_list(uint32_t row) {
  values_->mutable_as<int32_t>()[row + 1] = static_cast<int32_t>(elements_);
}

types::ColumnRef ColumnSink::finish(uint32_t rows, std::span<const BufferRef> buffers) {
  reserve(std::max(rows, 1U));
  types::Column::Parts parts;
  parts.type = type_;
  parts.length = rows;
  if (width_ > 0) {
    values_->shrink((size_t{rows} + (list_ ? 1 : 0)) * width_);
    parts.values = std::move(values_);
  }
  values_ = nullptr;
  if (!validity_.empty()) {
    const auto used = std::span(validity_).first(types::bitmap_bytes(rows));
    parts.validity = Buffer::copy_of(std::as_bytes(used));
    validity_.clear();
  }
  if (type_.physical() == Physical::kString) {
    parts.pinned = heap_.take();
    parts.pinned.insert(parts.pinned.end(), buffers.begin(), buffers.end());
  }
  const uint32_t child_rows = list_ ? elements_ : rows;
  for (auto& child : children_) parts.children.push_back(child.finish(child_rows, buffers));
  capacity_ = 0;
  elements_ = 0;
  return types::Column::make(std::move(parts));
}

}  // namespace weir::formats
