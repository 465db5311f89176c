#include "types/value.h"

namespace weir::types {
namespace {

template <typename T>
BufferRef one(T value) {
  auto buffer = Buffer::allocate(sizeof(T));
  *buffer->mutable_as<T>() = value;
  return buffer;
}

}  // namespace

ColumnRef make_constant(const LogicalType& type, const Value& value, uint32_t length) {
  if (is_null(value)) return Column::null_constant(type, length);
  Column::Parts parts;
  parts.type = type;
  parts.length = length;
  parts.constant = true;
  switch (type.physical()) {
    case Physical::kBool8: parts.values = one<uint8_t>(std::get<bool>(value) ? 1 : 0); break;
    case Physical::kInt8: parts.values = one(static_cast<int8_t>(std::get<int64_t>(value))); break;
    case Physical::kInt16:
      parts.values = one(static_cast<int16_t>(std::get<int64_t>(value)));
      break;
    case Physical::kInt32:
      parts.values = one(static_cast<int32_t>(std::get<int64_t>(value)));
      break;
    case Physical::kInt64: parts.values = one(std::get<int64_t>(value)); break;
    case Physical::kFloat32: parts.values = one(static_cast<float>(std::get<double>(value))); break;
    case Physical::kFloat64: parts.values = one(std::get<double>(value)); break;
    case Physical::kInt128: parts.values = one(std::get<int128_t>(value)); break;
    case Physical::kString: {
      const auto& text = std::get<std::string>(value);
      auto bytes = Buffer::copy_of(std::as_bytes(std::span(text)));
      parts.values = one(StringRef(bytes->text()));
      parts.pinned.push_back(std::move(bytes));
      break;
    }
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: WEIR_CHECK(false, "a literal of a nested type is an expression");
  }
  return Column::make(std::move(parts));
}

Value value_at(const Column& column, size_t row) {
  if (column.is_null(row)) return std::monostate{};
  switch (column.type().physical()) {
    case Physical::kBool8: return column.value<uint8_t>(row) != 0;
    case Physical::kInt8: return static_cast<int64_t>(column.value<int8_t>(row));
    case Physical::kInt16: return static_cast<int64_t>(column.value<int16_t>(row));
    case Physical::kInt32: return static_cast<int64_t>(column.value<int32_t>(row));
    case Physical::kInt64: return column.value<int64_t>(row);
    case Physical::kFloat32: return static_cast<double>(column.value<float>(row));
    case Physical::kFloat64: return column.value<double>(row);
    case Physical::kInt128: return column.value<int128_t>(row);
    case Physical::kString: return std::string(column.text(row));
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: break;
  }
  return std::monostate{};
}

}  // namespace weir::types
