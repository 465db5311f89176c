#include "types/cast.h"

#include "types/cast_kernels.h"

namespace weir::types {
namespace {

CastKernel find_kernel(const LogicalType& from, const LogicalType& to) {
  for (const auto family : {&number_cast, &parse_cast, &text_cast, &time_cast}) {
    if (const CastKernel kernel = family(from, to)) return kernel;
  }
  return nullptr;
}

bool is_nested(const LogicalType& type) { return !type.children().empty(); }

bool same_layout(const LogicalType& from, const LogicalType& to) {
  if (from.kind() != to.kind()) return false;
  if (from.same_ignoring_nulls(to)) return true;
  if (from.is_timestamp()) return from.precision() == to.precision();
  return from.kind() == TypeKind::kTime;
}

// A ROW, ARRAY or MAP casts child by child.
bool nested_castable(const LogicalType& from, const LogicalType& to) {
  if (from.kind() != to.kind() || from.children().size() != to.children().size()) return false;
  for (size_t i = 0; i < from.children().size(); ++i) {
    if (!is_castable(from.children()[i].type, to.children()[i].type)) return false;
  }
  return true;
}

ColumnRef cast_flat(const ColumnRef& column, const LogicalType& to, const Selection& selection,
                    const CastContext& context);

ColumnRef cast_nested(const ColumnRef& column, const LogicalType& to, const Selection& selection,
                      const CastContext& context) {
  Column::Parts parts = column->parts();
  const bool list = to.physical() == Physical::kList;
  for (size_t i = 0; i < parts.children.size(); ++i) {
    const auto& child = parts.children[i];
    const auto& type = to.children()[i].type;
    // Elements of lists are not rows: a failing one is NULL.
    const CastContext inner{context.time_zone, list ? nullptr : context.failures};
    const Selection all(child->length());
    parts.children[i] = cast_flat(child, type, list ? all : selection, inner);
  }
  parts.type = to;
  return Column::make(std::move(parts));
}

ColumnRef cast_flat(const ColumnRef& column, const LogicalType& to, const Selection& selection,
                    const CastContext& context) {
  const LogicalType& from = column->type();
  if (same_layout(from, to)) return column->with_type(to);
  if (from.physical() == Physical::kNone) return Column::null_constant(to, column->length());
  if (is_nested(from) && is_nested(to)) return cast_nested(column, to, selection, context);
  const CastKernel kernel = find_kernel(from, to);
  WEIR_CHECK(kernel != nullptr, "the binder checked that the cast exists");
  return kernel({*column, to, selection, context});
}

}  // namespace

bool is_castable(const LogicalType& from, const LogicalType& to) {
  if (same_layout(from, to) || from.kind() == TypeKind::kNull) return true;
  if (is_nested(from) && is_nested(to)) return nested_castable(from, to);
  return find_kernel(from, to) != nullptr;
}

bool cast_is_total(const LogicalType& from, const LogicalType& to) {
  if (same_layout(from, to)) return true;
  if (is_nested(from) || from.is_character() || from.is_binary()) return false;
  return from.is_numeric() && !from.is_approximate() && to.is_numeric();
}

ColumnRef cast_column(const ColumnRef& column, const LogicalType& to, const Selection& selection,
                      const CastContext& context) {
  if (!column->is_constant()) return cast_flat(column, to, selection, context);
  // One value: cast it once, as a flat column of one row.
  Column::Parts parts = column->parts();
  parts.constant = false;
  parts.length = 1;
  std::vector<CastFailure> failures;
  const CastContext inner{context.time_zone, context.failures == nullptr ? nullptr : &failures};
  const auto one = cast_flat(Column::make(std::move(parts)), to, Selection(1), inner);
  if (!failures.empty()) {
    selection.for_each(
        [&](uint32_t row) { context.failures->push_back({row, failures[0].reason}); });
  }
  return as_constant(*one, column->length());
}

}  // namespace weir::types
