// What kernels are written with: typed arguments, loops over the selected rows, result columns.
//
// Arg<T> reads a flat or constant argument; map_rows() writes one value a selected row and picks
// its loop once per batch (dense without an index, one side constant). StringResult collects
// strings. For functions/ only.
#pragma once

#include <utility>

#include "functions/function.h"
#include "types/builder.h"

namespace weir::functions {

using types::ColumnRef;
using types::LogicalType;
using types::StringRef;
using types::TypeKind;

template <typename T>
struct Flat {
  const T* values;
  const T& operator[](size_t row) const { return values[row]; }
};
template <typename T>
struct Single {
  T value;
  const T& operator[](size_t /*row*/) const { return value; }
};

// Calls body(reader) with a Flat<T> or a Single<T>.
template <typename T, typename Body>
decltype(auto) with_reader(const types::Column& column, Body&& body) {
  const T* values = column.values<T>().data();
  if (column.is_constant()) return body(Single<T>{values[0]});
  return body(Flat<T>{values});
}

// A reader for kernels whose work per row outweighs a predictable branch.
template <typename T>
class Arg {
 public:
  explicit Arg(const types::Column& column)
      : values_(column.values<T>().data()), step_(column.is_constant() ? 0 : 1) {}
  const T& operator[](size_t row) const { return values_[row * step_]; }

 private:
  const T* values_;
  size_t step_;
};
using TextArg = Arg<StringRef>;

// One value a selected row: result[row] = value(row).
template <typename T, typename Value>
ColumnRef map_rows(const KernelCall& call, Value&& value) {
  types::Values<T> out(call.rows, call.selection);
  T* to = out.data();
  call.selection.for_each([&](uint32_t row) { to[row] = value(row); });
  return types::finish_column(call.result_type, call.rows, std::move(out).take());
}

template <typename T, typename R, typename Op>
Result<ColumnRef> map_unary(const KernelCall& call, Op&& op) {
  return with_reader<T>(*call.arguments[0], [&](auto a) {
    return map_rows<R>(call, [&](uint32_t row) { return static_cast<R>(op(a[row])); });
  });
}

template <typename A, typename B, typename R, typename Op>
Result<ColumnRef> map_binary(const KernelCall& call, Op&& op) {
  return with_reader<A>(*call.arguments[0], [&](auto a) {
    return with_reader<B>(*call.arguments[1], [&](auto b) {
      return map_rows<R>(call, [&](uint32_t row) { return static_cast<R>(op(a[row], b[row])); });
    });
  });
}

// A result that may have NULLs of its own.
template <typename T>
class NullableResult {
 public:
  explicit NullableResult(const KernelCall& call)
      : call_(call), values_(call.rows, types::Fill::kZero), validity_(call.rows) {}
  void set(uint32_t row, T value) { values_[row] = value; }
  void set_null(uint32_t row) { validity_.set_null(row); }
  [[nodiscard]] ColumnRef finish() && {
    return types::finish_column(call_.result_type, call_.rows, std::move(values_).take(),
                                std::move(validity_).take());
  }

 private:
  const KernelCall& call_;
  types::Values<T> values_;
  types::ValidityBuilder validity_;
};

// Strings: views into arguments (keep_alive) or bytes of the heap.
class StringResult {
 public:
  explicit StringResult(const KernelCall& call)
      : call_(call), values_(call.rows, types::Fill::kZero), validity_(call.rows) {}
  // Views of this argument's strings may be set.
  void keep_alive(const types::Column& argument) { types::add_pinned(argument, pinned_); }
  void set(uint32_t row, StringRef view) { values_[row] = view; }
  void set_copy(uint32_t row, std::string_view text) { values_[row] = heap_.add(text); }
  void set_null(uint32_t row) { validity_.set_null(row); }
  [[nodiscard]] char* reserve(size_t size) { return heap_.reserve(size); }
  // What was written behind reserve().
  void set_written(uint32_t row, const char* begin, size_t size) {
    values_[row] = heap_.commit_text(begin, size);
  }
  [[nodiscard]] ColumnRef finish() && {
    for (auto& block : heap_.take()) pinned_.push_back(std::move(block));
    return types::finish_column(call_.result_type, call_.rows, std::move(values_).take(),
                                std::move(validity_).take(), std::move(pinned_));
  }

 private:
  const KernelCall& call_;
  types::Values<StringRef> values_;
  types::ValidityBuilder validity_;
  types::StringHeap heap_;
  std::vector<BufferRef> pinned_;
};

// Part of an argument's string as a view of its own; short ones become inline.
[[nodiscard]] inline StringRef part_of(std::string_view part) { return StringRef(part); }

// ---- rows of a family ----

using Examples = std::vector<std::pair<std::string_view, std::string_view>>;
using Resolve = Result<Resolution> (*)(std::span<const LogicalType> arguments);

// A deterministic function; family_of() says of which family.
[[nodiscard]] Function function_row(std::string_view name, std::string_view signature,
                                    std::string_view doc, Examples examples, Resolve resolve,
                                    NullRule rule = NullRule::kPropagate);
[[nodiscard]] std::vector<Function> family_of(std::string_view family, std::vector<Function> rows);

// ---- resolving ----

[[nodiscard]] inline bool any_nullable(std::span<const LogicalType> arguments) {
  for (const auto& argument : arguments) {
    if (argument.nullable()) return true;
  }
  return false;
}
// A NULL literal takes part as any type.
[[nodiscard]] inline bool is_untyped_null(const LogicalType& type) {
  return type.kind() == TypeKind::kNull;
}
// "(INT, STRING)" for messages.
[[nodiscard]] std::string describe(std::span<const LogicalType> arguments);
[[nodiscard]] Error no_such_call(std::string_view name, std::string_view expected,
                                 std::span<const LogicalType> arguments);

// Characters (also from NULL).
[[nodiscard]] inline bool is_text(const LogicalType& type) {
  return type.is_character() || is_untyped_null(type);
}
[[nodiscard]] inline bool is_whole(const LogicalType& type) {
  return type.is_integer() || is_untyped_null(type);
}
[[nodiscard]] LogicalType string_like(const LogicalType& type);   // STRING, nullable as `type`
[[nodiscard]] LogicalType integer_like(const LogicalType& type);  // INT, nullable as `type`

// The common type of operands as Flink widens them; nullopt when there is none. NULL literals take
// the others' type.
[[nodiscard]] std::optional<LogicalType> common_type(std::span<const LogicalType> types);

// A call whose arguments are cast to `arguments` (taken over with the nullability of what is
// given).
[[nodiscard]] Resolution resolved(std::span<const LogicalType> given,
                                  std::vector<LogicalType> arguments, LogicalType result,
                                  Kernel kernel, Prepare prepare = nullptr);

}  // namespace weir::functions
