// AND, OR, CASE and COALESCE: what is evaluated only for the rows that need it.
#include "exec/expression_program.h"

namespace weir::exec {
namespace {

using types::Column;
using types::ColumnRef;
using types::Selection;

// Assembles a column from the branches that its rows take.
class Merge {
 public:
  Merge(const types::LogicalType& type, uint32_t rows)
      : type_(type), rows_(rows), validity_(rows), source_(rows, 0) {
    // Branch 0 is NULL: for rows that no branch gives a value.
    branches_.push_back(Column::null_constant(type, 1));
  }

  void take(const ColumnRef& column, const Selection& selection) {
    const auto branch = static_cast<uint16_t>(branches_.size());
    branches_.push_back(column);
    selection.for_each([&](uint32_t row) { source_[row] = branch; });
  }

  [[nodiscard]] ColumnRef finish() && {
    const types::Physical physical = type_.physical();
    if (physical == types::Physical::kList || physical == types::Physical::kStruct) {
      return finish_nested();
    }
    switch (types::physical_width(physical)) {
      case 1: return finish_flat<uint8_t>();
      case 2: return finish_flat<uint16_t>();
      case 4: return finish_flat<uint32_t>();
      case 8: return finish_flat<uint64_t>();
      case 16: return finish_flat<types::StringRef>();
      default: return Column::null_constant(type_, rows_);
    }
  }

 private:
  template <typename T>
  ColumnRef finish_flat() {
    std::vector<const T*> values;
    std::vector<size_t> steps;
    std::vector<BufferRef> pinned;
    bool nulls = false;
    for (const auto& branch : branches_) {
      values.push_back(branch->parts().values->as<T>());
      steps.push_back(branch->is_constant() ? 0 : 1);
      types::add_pinned(*branch, pinned);
      nulls = nulls || branch->may_have_nulls();
    }
    types::Values<T> out(rows_);
    for (uint32_t row = 0; row < rows_; ++row) {
      const uint16_t branch = source_[row];
      out[row] = values[branch][row * steps[branch]];
    }
    if (nulls) {
      for (uint32_t row = 0; row < rows_; ++row) {
        if (branches_[source_[row]]->is_null(row)) validity_.set_null(row);
      }
    }
    return types::finish_column(type_, rows_, std::move(out).take(), std::move(validity_).take(),
                                std::move(pinned));
  }

  ColumnRef finish_nested() {
    std::vector<ColumnRef> flat;
    std::vector<uint32_t> bases;
    uint32_t base = 0;
    for (const auto& branch : branches_) {
      bases.push_back(base);
      flat.push_back(branch->with_type(type_));
      base += branch->length();
    }
    std::vector<uint32_t> rows(rows_);
    for (uint32_t row = 0; row < rows_; ++row) {
      rows[row] = bases[source_[row]] + (source_[row] == 0 ? 0 : row);
    }
    return types::gather_rows(*types::concat(flat), rows);
  }

  const types::LogicalType& type_;
  uint32_t rows_;
  types::ValidityBuilder validity_;
  std::vector<uint16_t> source_;  // the branch of each row
  std::vector<ColumnRef> branches_;
};

// The state of a three-valued AND or OR while its arguments come in.
class Truth {
 public:
  Truth(bool neutral, uint32_t rows)
      : neutral_(neutral ? 1 : 0), value_(rows, neutral_), unknown_(rows, 0) {}

  void combine(const Column& column, const Selection& selection) {
    const auto* values = column.parts().values->as<uint8_t>();
    const size_t step = column.is_constant() ? 0 : 1;
    if (!column.may_have_nulls()) {
      selection.for_each([&](uint32_t row) { decide(row, values[row * step]); });
      return;
    }
    selection.for_each([&](uint32_t row) {
      if (column.is_null(row)) {
        unknown_[row] = 1;
      } else {
        decide(row, values[row * step]);
      }
    });
  }

  // Rows that later arguments can still change.
  void undecided(const Selection& in, types::OwnedSelection& out) {
    open_.resize(value_.size() + sizeof(uint64_t));
    for (size_t row = 0; row < value_.size(); ++row) {
      open_[row] = static_cast<uint8_t>(value_[row] == neutral_ ? 1 : 0);
    }
    types::select_bytes(open_.data(), in, out);
  }

  [[nodiscard]] ColumnRef finish(const types::LogicalType& type, const Selection& selection) && {
    const auto rows = static_cast<uint32_t>(value_.size());
    types::Values<uint8_t> out(rows);
    std::memcpy(out.data(), value_.data(), rows);
    types::ValidityBuilder validity(rows);
    selection.for_each([&](uint32_t row) {
      if (unknown_[row] != 0 && value_[row] == neutral_) validity.set_null(row);
    });
    return types::finish_column(type, rows, std::move(out).take(), std::move(validity).take());
  }

 private:
  void decide(uint32_t row, uint8_t value) {
    // AND keeps the smaller, OR the greater.
    value_[row] = neutral_ != 0 ? static_cast<uint8_t>(value_[row] & value)
                                : static_cast<uint8_t>(value_[row] | value);
  }

  uint8_t neutral_;
  std::vector<uint8_t> value_;
  std::vector<uint8_t> unknown_;
  std::vector<uint8_t> open_;
};

}  // namespace

Result<ColumnRef> Evaluator::Program::connective(const Node& node, ScopeId scope) {
  Truth truth(node.kind == Kind::kAnd, batch_->rows());
  ScopeId rest = scope;
  for (size_t i = 0; i < node.arguments.size(); ++i) {
    const NodeId argument = node.arguments[i];
    // What cannot fail is faster evaluated for all rows than for some.
    if (i > 0 && !nodes_[argument].total) {
      auto& rows = next_selection();
      truth.undecided(scopes_[rest].selection, rows);
      if (rows.size() == 0) break;
      rest = open(rest, rows);
    }
    const auto column = WEIR_TRY(evaluate(argument, rest));
    truth.combine(*column, scopes_[rest].selection);
  }
  return std::move(truth).finish(node.type, scopes_[scope].selection);
}

Result<ColumnRef> Evaluator::Program::choose(const Node& node, ScopeId scope) {
  Merge merge(node.type, batch_->rows());
  ScopeId rest = scope;
  for (size_t i = 0; i + 1 < node.arguments.size(); i += 2) {
    const auto condition = WEIR_TRY(evaluate(node.arguments[i], rest));
    auto& taken = next_selection();
    types::select_true(*condition, scopes_[rest].selection, taken);
    if (taken.size() == 0) continue;
    const ScopeId branch = open(rest, taken);
    const auto value = WEIR_TRY(evaluate(node.arguments[i + 1], branch));
    if (branch == scope) return value;  // every row takes it
    merge.take(value, scopes_[branch].selection);
    if (branch == rest) return std::move(merge).finish();
    auto& left = next_selection();
    types::select_without(scopes_[rest].selection, taken.view().indices(), left);
    rest = open(rest, left);
  }
  if (node.arguments.size() % 2 == 1) {
    const auto value = WEIR_TRY(evaluate(node.arguments.back(), rest));
    if (rest == scope) return value;
    merge.take(value, scopes_[rest].selection);
  }
  return std::move(merge).finish();
}

Result<ColumnRef> Evaluator::Program::coalesce(const Node& node, ScopeId scope) {
  Merge merge(node.type, batch_->rows());
  ScopeId rest = scope;
  for (const NodeId argument : node.arguments) {
    const auto value = WEIR_TRY(evaluate(argument, rest));
    if (value->type().physical() == types::Physical::kNone) continue;
    if (value->is_constant() && value->is_null(0)) continue;
    if (value->is_constant() || !value->may_have_nulls()) {
      if (rest == scope) return value;
      merge.take(value, scopes_[rest].selection);
      return std::move(merge).finish();
    }
    const Selection selection = scopes_[rest].selection;
    auto& taken = next_selection();
    types::select_bits(value->validity(), true, selection, taken);
    merge.take(value, taken.view());
    auto& left = next_selection();
    types::select_bits(value->validity(), false, selection, left);
    if (left.size() == 0) return rest == scope ? value : std::move(merge).finish();
    rest = open(rest, left);
  }
  return std::move(merge).finish();
}

}  // namespace weir::exec
