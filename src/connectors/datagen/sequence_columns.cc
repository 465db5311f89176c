#include "connectors/datagen/sequence_columns.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::connectors {

namespace {

using types::Column;
using types::ColumnRef;
using types::LogicalType;
using types::StringRef;

template <typename T>
class Numbers final : public ColumnGenerator {
 public:
  // Row n has (start + n) * factor.
  Numbers(LogicalType type, int64_t start, T factor)
      : type_(std::move(type)), start_(start), factor_(factor) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    auto values = Buffer::allocate(std::max<size_t>(rows.size(), 1) * sizeof(T));
    T* out = values->mutable_as<T>();
    for (size_t at = 0; at < rows.size(); ++at) {
      out[at] = static_cast<T>(static_cast<T>(start_ + rows[at]) * factor_);
    }
    Column::Parts parts;
    parts.type = type_;
    parts.length = static_cast<uint32_t>(rows.size());
    parts.values = std::move(values);
    return Column::make(std::move(parts));
  }

 private:
  LogicalType type_;
  int64_t start_;
  T factor_;
};

class Texts final : public ColumnGenerator {
 public:
  Texts(LogicalType type, int64_t start) : type_(std::move(type)), start_(start) {}

  ColumnRef generate(std::span<const int64_t> rows, int64_t) const override {
    constexpr size_t kMaxDigits = 20;  // of a BIGINT with its sign
    auto bytes = Buffer::allocate(std::max<size_t>(rows.size() * kMaxDigits, 1));
    auto views = Buffer::allocate(std::max<size_t>(rows.size(), 1) * sizeof(StringRef));
    auto* out = views->mutable_as<StringRef>();
    char* cursor = bytes->mutable_as<char>();
    for (size_t at = 0; at < rows.size(); ++at) {
      char* end = fmt::format_to(cursor, "{}", start_ + rows[at]);
      out[at] = StringRef(cursor, static_cast<uint32_t>(end - cursor));
      cursor = end;
    }
    Column::Parts parts;
    parts.type = type_;
    parts.length = static_cast<uint32_t>(rows.size());
    parts.values = std::move(views);
    parts.pinned.push_back(std::move(bytes));
    return Column::make(std::move(parts));
  }

 private:
  LogicalType type_;
  int64_t start_;
};

}  // namespace

Result<std::unique_ptr<ColumnGenerator>> sequence_column(LogicalType type, int64_t start) {
  using Made = std::unique_ptr<ColumnGenerator>;
  if (type.is_integer()) {
    switch (types::physical_width(type.physical())) {
      case 1: return Made(new Numbers<int8_t>(std::move(type), start, 1));
      case 2: return Made(new Numbers<int16_t>(std::move(type), start, 1));
      case 4: return Made(new Numbers<int32_t>(std::move(type), start, 1));
      default: return Made(new Numbers<int64_t>(std::move(type), start, 1));
    }
  }
  if (type.kind() == types::TypeKind::kFloat) {
    return Made(new Numbers<float>(std::move(type), start, 1));
  }
  if (type.kind() == types::TypeKind::kDouble) {
    return Made(new Numbers<double>(std::move(type), start, 1));
  }
  if (type.kind() == types::TypeKind::kDecimal) {
    types::int128_t factor = 1;
    for (int digit = 0; digit < type.scale(); ++digit) factor *= 10;
    return Made(new Numbers<types::int128_t>(std::move(type), start, factor));
  }
  if (type.is_character() || type.is_binary()) return Made(new Texts(std::move(type), start));
  return unsupported(fmt::format("there is no sequence of {}", type.to_string()));
}

}  // namespace weir::connectors
