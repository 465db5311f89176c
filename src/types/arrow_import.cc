// Columns come in through Arrow's C data interface.
#include <charconv>

#include "types/arrow_c.h"
#include "types/builder.h"

namespace weir::types {
namespace {

// ---- types ----

Error no_type(const ArrowSchema& schema) {
  return unsupported(fmt::format("column \"{}\" has the Arrow format '{}'",
                                 schema.name != nullptr ? schema.name : "", schema.format))
      .hint(
          "cast it to a signed, 128-bit decimal, millisecond, utf8, binary, list, map or struct "
          "type first");
}

// "10,2" or "10,2,128"
std::optional<LogicalType> parse_decimal_format(std::string_view text) {
  int precision = 0;
  int scale = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, precision);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ',') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, scale);
  const std::string_view rest(second.ptr, static_cast<size_t>(end - second.ptr));
  const bool good = second.ec == std::errc{} && (rest.empty() || rest == ",128") &&
                    precision >= 1 && precision <= LogicalType::kMaxDecimalPrecision &&
                    scale >= 0 && scale <= precision;
  if (!good) return std::nullopt;
  return LogicalType::decimal(precision, scale);
}

std::optional<LogicalType> parse_timestamp_format(std::string_view format) {
  if (format.size() < 4 || format[3] != ':') return std::nullopt;
  const int precision = format[2] == 'm' ? 3 : (format[2] == 'u' ? 6 : (format[2] == 'n' ? 9 : -1));
  if (precision < 0) return std::nullopt;
  return format.size() == 4 ? LogicalType::timestamp(precision)
                            : LogicalType::timestamp_ltz(precision);
}

std::optional<LogicalType> scalar_type(std::string_view format) {
  if (format == "n") return LogicalType();
  if (format == "b") return LogicalType::boolean();
  if (format == "c") return LogicalType::tinyint();
  if (format == "s") return LogicalType::simple(TypeKind::kSmallint);
  if (format == "i") return LogicalType::integer();
  if (format == "l") return LogicalType::bigint();
  if (format == "f") return LogicalType::float32();
  if (format == "g") return LogicalType::float64();
  if (format == "u" || format == "U") return LogicalType::string();
  if (format == "z" || format == "Z") return LogicalType::bytes();
  if (format == "tdD") return LogicalType::date();
  if (format == "ttm") return LogicalType::time(3);
  if (format == "tiM") return LogicalType::interval_year_month();
  if (format == "tDm") return LogicalType::interval_day_time();
  if (format.starts_with("d:")) return parse_decimal_format(format.substr(2));
  if (format.starts_with("ts")) return parse_timestamp_format(format);
  return std::nullopt;
}

Result<LogicalType> type_of(const ArrowSchema& schema) {
  if (schema.dictionary != nullptr) return no_type(schema);
  const std::string_view format(schema.format);
  std::optional<LogicalType> type = scalar_type(format);
  std::vector<Field> fields;
  for (int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema& child = *schema.children[i];
    fields.push_back({child.name != nullptr ? child.name : "", WEIR_TRY(type_of(child))});
  }
  if (format == "+s") {
    type = LogicalType::row(std::move(fields));
  } else if (format == "+l" && fields.size() == 1) {
    type = LogicalType::array(fields[0].type);
  } else if (format == "+m" && fields.size() == 1 && fields[0].type.children().size() == 2) {
    const auto& entry = fields[0].type.children();
    type = LogicalType::map(entry[0].type, entry[1].type);
  }
  if (!type) return no_type(schema);
  return type->with_nullable((schema.flags & ARROW_FLAG_NULLABLE) != 0);
}

// ---- values ----

// A part of the foreign array: rows [from, from + length) of `array`'s buffers.
struct Part {
  const ArrowArray& array;
  size_t from;
  uint32_t length;
  const std::shared_ptr<const void>& owner;

  template <typename T>
  [[nodiscard]] const T* buffer(size_t index) const {
    return static_cast<const T*>(array.buffers[index]);
  }
  [[nodiscard]] BufferRef wrap(const void* data, size_t size) const {
    return Buffer::wrap({static_cast<const std::byte*>(data), size}, owner);
  }
};

Status check_shape(const Part& part, int64_t buffers, int64_t children) {
  const ArrowArray& array = part.array;
  if (array.n_buffers < buffers || array.n_children != children || array.offset < 0 ||
      array.length < 0 || array.dictionary != nullptr) {
    return invalid("an Arrow array does not fit its schema");
  }
  return ok();
}

BufferRef import_validity(const Part& part) {
  const auto* bits = part.buffer<uint8_t>(0);
  if (bits == nullptr || part.array.null_count == 0 || part.length == 0) return nullptr;
  if (part.from % 8 == 0) return part.wrap(bits + part.from / 8, bitmap_bytes(part.length));
  auto copy = Buffer::allocate(bitmap_bytes(part.length));
  std::memset(copy->mutable_data(), 0, copy->size());
  for (size_t row = 0; row < part.length; ++row) {
    if (bit_is_set(bits, part.from + row)) set_bit(copy->mutable_as<uint8_t>(), row);
  }
  return copy;
}

BufferRef import_fixed(const Part& part, size_t width, uint32_t count) {
  const auto* data = part.buffer<std::byte>(1);
  if (data == nullptr || count == 0) {
    auto zeros = Buffer::allocate(count * width);
    std::memset(zeros->mutable_data(), 0, zeros->size());
    return zeros;
  }
  data += part.from * width;
  if (reinterpret_cast<uintptr_t>(data) % width == 0) return part.wrap(data, count * width);
  return Buffer::copy_of({data, count * width});
}

Error no_buffer() { return invalid("an Arrow array with rows lacks a buffer"); }

Result<BufferRef> import_bools(const Part& part) {
  Values<uint8_t> values(part.length, Fill::kZero);
  const auto* bits = part.buffer<uint8_t>(1);
  if (bits == nullptr && part.length > 0) return no_buffer();
  for (size_t row = 0; row < part.length; ++row) {
    values[row] = bit_is_set(bits, part.from + row) ? 1 : 0;
  }
  return BufferRef(std::move(values).take());
}

template <typename Offset>
Status import_text(const Part& part, Column::Parts& out) {
  Values<StringRef> refs(part.length, Fill::kZero);
  const auto* const bytes = part.buffer<char>(2);
  const Offset* offsets = part.buffer<Offset>(1);
  if (part.length > 0) {
    if (offsets == nullptr) return no_buffer();
    offsets += part.from;
  }
  for (size_t row = 0; row < part.length; ++row) {
    const Offset size = offsets[row + 1] - offsets[row];
    if (offsets[row] < 0 || size < 0 || size > LogicalType::kMaxLength) {
      return invalid("offsets of an Arrow array run backwards or beyond 2 GiB");
    }
    if (size > 0 && bytes == nullptr) return no_buffer();
    if (size > 0) refs[row] = StringRef(bytes + offsets[row], static_cast<uint32_t>(size));
  }
  if (part.length > 0 && offsets[part.length] > offsets[0]) {
    out.pinned.push_back(
        part.wrap(bytes + offsets[0], static_cast<size_t>(offsets[part.length] - offsets[0])));
  }
  out.values = std::move(refs).take();
  return ok();
}

Result<ColumnRef> import_part(const LogicalType& type, const ArrowSchema& schema, const Part& part);

// All rows of a child that offsets address, or those below a struct's.
Result<ColumnRef> import_child(const LogicalType& type, const ArrowSchema& schema,
                               const ArrowArray& array, size_t skip, size_t length,
                               const std::shared_ptr<const void>& owner) {
  const auto rows = static_cast<size_t>(std::max<int64_t>(array.length, 0));
  if (length > UINT32_MAX || array.offset < 0 || skip > rows || length > rows - skip) {
    return invalid("a child of an Arrow array is too short or too long");
  }
  const Part part{array, static_cast<size_t>(array.offset) + skip, static_cast<uint32_t>(length),
                  owner};
  return import_part(type, schema, part);
}

Status import_list(const LogicalType& type, const ArrowSchema& schema, const Part& part,
                   Column::Parts& out) {
  WEIR_TRY(check_shape(part, 2, 1));
  const ArrowArray& child = *part.array.children[0];
  out.values = import_fixed(part, sizeof(int32_t), part.length == 0 ? 0 : part.length + 1);
  if (part.length == 0) {
    auto zero = Buffer::allocate(sizeof(int32_t));
    *zero->mutable_as<int32_t>() = 0;
    out.values = std::move(zero);
  }
  const auto* offsets = out.values->as<int32_t>();
  bool ascending = offsets[0] >= 0 && offsets[part.length] <= child.length;
  for (size_t row = 0; row < part.length; ++row) ascending &= offsets[row] <= offsets[row + 1];
  if (!ascending) return invalid("offsets of an Arrow list run backwards or beyond its elements");
  const auto length = static_cast<size_t>(child.length);
  if (type.kind() == TypeKind::kArray) {
    out.children.push_back(WEIR_TRY(
        import_child(type.children()[0].type, *schema.children[0], child, 0, length, part.owner)));
    return ok();
  }
  if (child.n_children != 2 || child.offset < 0) return invalid("an Arrow map without entries");
  for (size_t i = 0; i < 2; ++i) {
    out.children.push_back(WEIR_TRY(
        import_child(type.children()[i].type, *schema.children[0]->children[i], *child.children[i],
                     static_cast<size_t>(child.offset), length, part.owner)));
  }
  return ok();
}

Status import_struct(const LogicalType& type, const ArrowSchema& schema, const Part& part,
                     Column::Parts& out) {
  const auto& fields = type.children();
  WEIR_TRY(check_shape(part, 1, static_cast<int64_t>(fields.size())));
  for (size_t i = 0; i < fields.size(); ++i) {
    out.children.push_back(
        WEIR_TRY(import_child(fields[i].type, *schema.children[i], *part.array.children[i],
                              part.from, part.length, part.owner)));
  }
  return ok();
}

Result<ColumnRef> import_part(const LogicalType& type, const ArrowSchema& schema,
                              const Part& part) {
  const Physical physical = type.physical();
  if (physical == Physical::kNone) return Column::null_constant(type, part.length);
  const bool nested = physical == Physical::kList || physical == Physical::kStruct;
  if (!nested) WEIR_TRY(check_shape(part, physical == Physical::kString ? 3 : 2, 0));
  Column::Parts out;
  out.type = type;
  out.length = part.length;
  if (physical == Physical::kList) {
    WEIR_TRY(import_list(type, schema, part, out));
  } else if (physical == Physical::kStruct) {
    WEIR_TRY(import_struct(type, schema, part, out));
  } else if (physical == Physical::kBool8) {
    out.values = WEIR_TRY(import_bools(part));
  } else if (physical == Physical::kString) {
    const bool large = schema.format[0] == 'U' || schema.format[0] == 'Z';
    WEIR_TRY(large ? import_text<int64_t>(part, out) : import_text<int32_t>(part, out));
  } else {
    out.values = import_fixed(part, physical_width(physical), part.length);
  }
  out.validity = import_validity(part);
  return Column::make(std::move(out));
}

// Takes the array over: what is left behind is marked as released.
std::shared_ptr<const ArrowArray> take(ArrowArray* array) {
  auto* moved = new ArrowArray(*array);
  array->release = nullptr;
  return {moved, [](ArrowArray* last) {
            if (last->release != nullptr) last->release(last);
            delete last;
          }};
}

}  // namespace

Result<ColumnRef> import_arrow_column(ArrowSchema* schema, ArrowArray* array) {
  const auto owned = take(array);
  const std::unique_ptr<ArrowSchema, void (*)(ArrowSchema*)> guard(schema, [](ArrowSchema* s) {
    if (s->release != nullptr) s->release(s);
  });
  const LogicalType type = WEIR_TRY(type_of(*schema));
  const std::shared_ptr<const void> owner = owned;
  return import_child(type, *schema, *owned, 0, static_cast<size_t>(owned->length), owner);
}

Result<ImportedColumns> import_arrow_batch(ArrowSchema* schema, ArrowArray* array) {
  const ColumnRef column = WEIR_TRY(import_arrow_column(schema, array));
  if (column->type().kind() != TypeKind::kRow || column->may_have_nulls()) {
    return invalid("a batch must be an Arrow struct without NULLs");
  }
  return ImportedColumns{Schema(column->type().children()), column->length(), column->children()};
}

}  // namespace weir::types
