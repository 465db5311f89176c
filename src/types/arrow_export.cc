// Columns leave through Arrow's C data interface.
#include <array>

#include "types/arrow_c.h"
#include "types/builder.h"
#include "types/selection.h"

namespace weir::types {
namespace {

// ---- types ----

struct SchemaHolder {
  std::string format;
  std::string name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

void release_schema(ArrowSchema* schema) {
  auto* holder = static_cast<SchemaHolder*>(schema->private_data);
  // A child that was moved away has no release() any more.
  for (auto& child : holder->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete holder;
  schema->release = nullptr;
}

void fill_schema(std::string format, std::string name, bool nullable,
                 std::vector<ArrowSchema> children, ArrowSchema* out) {
  auto* holder = new SchemaHolder{std::move(format), std::move(name), std::move(children), {}};
  for (auto& child : holder->children) holder->pointers.push_back(&child);
  *out = {};
  out->format = holder->format.c_str();
  out->name = holder->name.c_str();
  out->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out->n_children = static_cast<int64_t>(holder->pointers.size());
  out->children = holder->pointers.empty() ? nullptr : holder->pointers.data();
  out->release = release_schema;
  out->private_data = holder;
}

// Schemas made so far, released when a later one fails.
class Schemas {
 public:
  Schemas() = default;
  Schemas(const Schemas&) = delete;
  Schemas& operator=(const Schemas&) = delete;
  ~Schemas() {
    for (auto& schema : list_) schema.release(&schema);
  }
  Status add(const LogicalType& type, const std::string& name, const ArrowOptions& options) {
    ArrowSchema child;
    WEIR_TRY(export_arrow_type(type, name, options, &child));
    list_.push_back(child);
    return ok();
  }
  void add(ArrowSchema child) { list_.push_back(child); }
  std::vector<ArrowSchema> take() { return std::exchange(list_, {}); }

 private:
  std::vector<ArrowSchema> list_;
};

// 's', 'ms', 'us' and 'ns' as the interface's letters.
char unit_of(const LogicalType& type) {
  if (type.units_per_second() == 1000) return 'm';
  return type.units_per_second() == 1'000'000 ? 'u' : 'n';
}

// Empty: nested, or Arrow has no layout for it.
std::string format_of(const LogicalType& type, const ArrowOptions& options) {
  switch (type.kind()) {
    case TypeKind::kNull: return "n";
    case TypeKind::kBoolean: return "b";
    case TypeKind::kTinyint: return "c";
    case TypeKind::kSmallint: return "s";
    case TypeKind::kInt: return "i";
    case TypeKind::kBigint: return "l";
    case TypeKind::kFloat: return "f";
    case TypeKind::kDouble: return "g";
    case TypeKind::kDecimal: return fmt::format("d:{},{}", type.precision(), type.scale());
    case TypeKind::kChar:
    case TypeKind::kVarchar: return options.large_strings ? "U" : "u";
    case TypeKind::kBinary:
    case TypeKind::kVarbinary: return options.large_strings ? "Z" : "z";
    case TypeKind::kDate: return "tdD";
    case TypeKind::kTime: return "ttm";
    case TypeKind::kTimestamp: return fmt::format("ts{}:", unit_of(type));
    case TypeKind::kTimestampLtz: return fmt::format("ts{}:UTC", unit_of(type));
    case TypeKind::kIntervalYearMonth: return "tiM";
    case TypeKind::kIntervalDayTime: return "tDm";
    case TypeKind::kArray:
    case TypeKind::kMultiset:
    case TypeKind::kMap:
    case TypeKind::kRow:
    case TypeKind::kVariant:
    case TypeKind::kBitmap:
    case TypeKind::kRaw:
    case TypeKind::kStructured:
    case TypeKind::kDescriptor: return {};
  }
  return {};
}

Status export_struct_type(const std::vector<Field>& fields, bool nullable, const std::string& name,
                          const ArrowOptions& options, ArrowSchema* out) {
  Schemas children;
  for (const auto& field : fields) WEIR_TRY(children.add(field.type, field.name, options));
  fill_schema("+s", name, nullable, children.take(), out);
  return ok();
}

bool is_map(const LogicalType& type) {
  return type.kind() == TypeKind::kMap || type.kind() == TypeKind::kMultiset;
}

// ---- values ----

struct ArrayHolder {
  std::vector<BufferRef> held;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

void release_array(ArrowArray* array) {
  auto* holder = static_cast<ArrayHolder*>(array->private_data);
  for (auto& child : holder->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete holder;
  array->release = nullptr;
}

// An array in the making; released unless it is handed over.
class ArrayBuilder {
 public:
  ArrayBuilder() : holder_(std::make_unique<ArrayHolder>()) {}
  ArrayBuilder(const ArrayBuilder&) = delete;
  ArrayBuilder& operator=(const ArrayBuilder&) = delete;
  ~ArrayBuilder() {
    if (!holder_) return;
    for (auto& child : holder_->children) child.release(&child);
  }
  void add_buffer(BufferRef buffer) {
    holder_->buffers.push_back(buffer ? buffer->data() : nullptr);
    holder_->held.push_back(std::move(buffer));
  }
  Status add_child(const ColumnRef& column, const ArrowOptions& options) {
    ArrowArray child;
    WEIR_TRY(export_arrow_column(column, options, &child));
    holder_->children.push_back(child);
    return ok();
  }
  void add_child(ArrowArray child) { holder_->children.push_back(child); }
  void finish(uint32_t length, int64_t null_count, ArrowArray* out) {
    for (auto& child : holder_->children) holder_->pointers.push_back(&child);
    *out = {};
    out->length = length;
    out->null_count = null_count;
    out->n_buffers = static_cast<int64_t>(holder_->buffers.size());
    out->n_children = static_cast<int64_t>(holder_->pointers.size());
    out->buffers = holder_->buffers.empty() ? nullptr : holder_->buffers.data();
    out->children = holder_->pointers.empty() ? nullptr : holder_->pointers.data();
    out->release = release_array;
    out->private_data = holder_.release();
  }

 private:
  std::unique_ptr<ArrayHolder> holder_;
};

BufferRef pack_bits(const Column& column) {
  auto bits = Buffer::allocate(bitmap_bytes(column.length()));
  std::memset(bits->mutable_data(), 0, bits->size());
  const auto values = column.values<uint8_t>();
  auto* to = bits->mutable_as<uint8_t>();
  for (size_t row = 0; row < values.size(); ++row) {
    to[row / 8] = static_cast<uint8_t>(to[row / 8] | (values[row] != 0 ? 1U : 0U) << (row % 8));
  }
  return bits;
}

// Offsets and bytes; NULL rows have none.
template <typename Offset>
Status add_text(const Column& column, ArrayBuilder& array) {
  const uint32_t rows = column.length();
  const auto refs = column.values<StringRef>();
  Values<Offset> offsets(rows + 1);
  uint64_t size = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    offsets[row] = static_cast<Offset>(size);
    size += column.is_null(row) ? 0 : refs[row].size();
  }
  if (size > static_cast<uint64_t>(std::numeric_limits<Offset>::max())) {
    return invalid("a column has more than 2 GiB of text").hint("export with 64-bit offsets");
  }
  offsets[rows] = static_cast<Offset>(size);
  auto bytes = Buffer::allocate(size);
  for (uint32_t row = 0; row < rows; ++row) {
    const auto from = static_cast<size_t>(offsets[row]);
    if (static_cast<size_t>(offsets[row + 1]) == from) continue;
    std::memcpy(bytes->mutable_data() + from, refs[row].data(), refs[row].size());
  }
  array.add_buffer(std::move(offsets).take());
  array.add_buffer(std::move(bytes));
  return ok();
}

Status add_entries(const Column& map, const ArrowOptions& options, ArrayBuilder& array) {
  const ColumnRef& keys = map.children()[0];
  for (uint32_t row = 0; row < keys->length(); ++row) {
    if (keys->is_null(row)) return invalid("Arrow has no maps with a NULL key");
  }
  ArrayBuilder entries;
  entries.add_buffer(nullptr);
  for (const auto& child : map.children()) WEIR_TRY(entries.add_child(child, options));
  ArrowArray made;
  entries.finish(keys->length(), 0, &made);
  array.add_child(made);
  return ok();
}

}  // namespace

Status export_arrow_type(const LogicalType& type, const std::string& name,
                         const ArrowOptions& options, ArrowSchema* out) {
  std::string format = format_of(type, options);
  if (!format.empty()) {
    fill_schema(std::move(format), name, type.nullable(), {}, out);
    return ok();
  }
  if (type.kind() == TypeKind::kRow) {
    return export_struct_type(type.children(), type.nullable(), name, options, out);
  }
  Schemas children;
  if (type.kind() == TypeKind::kArray) {
    WEIR_TRY(children.add(type.children()[0].type, "item", options));
    fill_schema("+l", name, type.nullable(), children.take(), out);
    return ok();
  }
  if (is_map(type)) {
    const LogicalType value = type.kind() == TypeKind::kMap
                                  ? type.children()[1].type
                                  : LogicalType::integer().with_nullable(false);
    ArrowSchema entries;
    WEIR_TRY(export_struct_type(
        {{"key", type.children()[0].type.with_nullable(false)}, {"value", value}}, false, "entries",
        options, &entries));
    children.add(entries);
    fill_schema("+m", name, type.nullable(), children.take(), out);
    return ok();
  }
  return unsupported(
      fmt::format("Arrow has no layout for \"{}\" of type {}", name, type.to_summary()));
}

Status export_arrow_schema(const Schema& schema, const ArrowOptions& options, ArrowSchema* out) {
  return export_struct_type(schema.fields(), false, "", options, out);
}

Status export_arrow_column(const ColumnRef& column, const ArrowOptions& options, ArrowArray* out) {
  if (column->is_constant()) {
    // Two pieces, one of them empty, are written one below the other.
    const std::array<ColumnRef, 2> pieces{column, column->with_length(0)};
    if (column->type().physical() != Physical::kNone) {
      return export_arrow_column(concat(pieces), options, out);
    }
  }
  ArrayBuilder array;
  const LogicalType& type = column->type();
  if (type.physical() == Physical::kNone) {
    array.finish(column->length(), column->length(), out);
    return ok();
  }
  array.add_buffer(column->parts().validity);
  switch (type.physical()) {
    case Physical::kNone: break;
    case Physical::kBool8: array.add_buffer(pack_bits(*column)); break;
    case Physical::kString:
      WEIR_TRY(options.large_strings ? add_text<int64_t>(*column, array)
                                     : add_text<int32_t>(*column, array));
      break;
    case Physical::kInt8:
    case Physical::kInt16:
    case Physical::kInt32:
    case Physical::kInt64:
    case Physical::kFloat32:
    case Physical::kFloat64:
    case Physical::kInt128: array.add_buffer(column->parts().values); break;
    case Physical::kList:
      array.add_buffer(column->parts().values);
      if (is_map(type)) {
        WEIR_TRY(add_entries(*column, options, array));
      } else {
        WEIR_TRY(array.add_child(column->children()[0], options));
      }
      break;
    case Physical::kStruct:
      for (const auto& child : column->children()) WEIR_TRY(array.add_child(child, options));
      break;
  }
  // -1: not counted.
  array.finish(column->length(), column->may_have_nulls() ? -1 : 0, out);
  return ok();
}

Status export_arrow_batch(const BatchRef& batch, const ArrowOptions& options, ArrowArray* out) {
  const BatchRef compacted = compact(batch);
  ArrayBuilder array;
  array.add_buffer(nullptr);
  for (const auto& column : compacted->columns()) WEIR_TRY(array.add_child(column, options));
  array.finish(compacted->rows(), 0, out);
  return ok();
}

}  // namespace weir::types
