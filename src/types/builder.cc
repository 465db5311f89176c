#include "types/builder.h"

namespace weir::types {
namespace {

constexpr size_t kFirstBlock = 4UL << 10U;
constexpr size_t kLargestBlock = 256UL << 10U;

}  // namespace

void ValidityBuilder::make_bits() {
  bits_ = Buffer::allocate(bitmap_bytes(rows_));
  std::memset(bits_->mutable_data(), 0xFF, bits_->size());
}

void StringHeap::close_block() {
  if (!open_) return;
  open_->shrink(used_);
  if (used_ > 0) blocks_.push_back(std::move(open_));
  open_ = nullptr;
}

void StringHeap::grow(size_t size) {
  const size_t next = std::clamp(capacity_ * 2, kFirstBlock, kLargestBlock);
  close_block();
  open_ = Buffer::allocate(std::max(next, size));
  base_ = open_->mutable_as<char>();
  used_ = 0;
  capacity_ = open_->size();
}

std::vector<BufferRef> StringHeap::take() {
  close_block();
  base_ = nullptr;
  used_ = 0;
  capacity_ = 0;
  return std::exchange(blocks_, {});
}

ColumnRef finish_column(LogicalType type, uint32_t rows, BufferRef values, BufferRef validity,
                        std::vector<BufferRef> pinned) {
  Column::Parts parts;
  parts.type = std::move(type);
  parts.length = rows;
  parts.values = std::move(values);
  parts.validity = std::move(validity);
  parts.pinned = std::move(pinned);
  return Column::make(std::move(parts));
}

void add_pinned(const Column& column, std::vector<BufferRef>& pinned) {
  for (const auto& buffer : column.parts().pinned) {
    if (std::ranges::find(pinned, buffer) == pinned.end()) pinned.push_back(buffer);
  }
}

ColumnRef as_constant(const Column& single, uint32_t length) {
  WEIR_DCHECK(single.stored() == 1, "one value");
  Column::Parts parts = single.parts();
  parts.constant = true;
  parts.length = length;
  return Column::make(std::move(parts));
}

}  // namespace weir::types
