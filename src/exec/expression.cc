#include "exec/expression.h"

#include <algorithm>

#include "exec/expression_program.h"

namespace weir::exec {

Evaluator::Evaluator(std::vector<sql::ExpressionRef> expressions)
    : program_(std::make_unique<Program>()) {
  for (const auto& expression : expressions) program_->roots.push_back(program_->add(*expression));
}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

Result<std::vector<types::ColumnRef>> Evaluator::evaluate(const types::Batch& batch,
                                                          const types::Selection& selection,
                                                          functions::EvaluationContext& context) {
  program_->begin(batch, selection, context);
  std::vector<types::ColumnRef> columns;
  columns.reserve(program_->roots.size());
  for (const auto root : program_->roots) {
    auto column = program_->evaluate(root, 0);
    if (!column) {
      program_->end();
      return Error(std::move(column).error());
    }
    columns.push_back(*std::move(column));
  }
  program_->end();
  return columns;
}

struct Predicate::State {
  Evaluator::Program program;
  types::OwnedSelection rows;

  // Conjuncts on their own, so that each narrows for the next.
  void add(const sql::Expression& condition) {
    if (condition.kind == sql::Expression::Kind::kAnd) {
      for (const auto& argument : condition.arguments) add(*argument);
    } else {
      program.roots.push_back(program.add(condition));
    }
  }

  Result<types::Selection> narrow(const types::Selection& selection,
                                  functions::EvaluationContext& context) {
    const size_t errors_before = context.errors->entries().size();
    uint32_t scope = 0;
    for (const auto root : program.roots) {
      scope = WEIR_TRY(program.narrow(root, scope));
      if (program.selection(scope).size() == 0) break;
    }
    const auto& errors = context.errors->entries();
    if (errors.size() == errors_before) {
      // Nothing failed, and often nothing was filtered: then the input's selection is the answer.
      return scope == 0 ? selection : program.selection(scope);
    }
    std::vector<uint16_t> failed;
    for (size_t i = errors_before; i < errors.size(); ++i) failed.push_back(errors[i].row);
    std::ranges::sort(failed);
    failed.erase(std::ranges::unique(failed).begin(), failed.end());
    types::select_without(program.selection(scope), failed, rows);
    return rows.view();
  }
};

Predicate::Predicate(const sql::ExpressionRef& condition) : state_(std::make_unique<State>()) {
  state_->add(*condition);
}
Predicate::~Predicate() = default;
Predicate::Predicate(Predicate&&) noexcept = default;
Predicate& Predicate::operator=(Predicate&&) noexcept = default;

Result<types::Selection> Predicate::evaluate(const types::Batch& batch,
                                             const types::Selection& selection,
                                             functions::EvaluationContext& context) {
  state_->program.begin(batch, selection, context);
  auto narrowed = state_->narrow(selection, context);
  state_->program.end();
  return narrowed;
}

std::vector<functions::RowErrors::Entry> failed_rows(const functions::RowErrors& errors) {
  auto entries = errors.entries();
  std::ranges::stable_sort(entries, {}, &functions::RowErrors::Entry::row);
  const auto repeated = std::ranges::unique(entries, {}, &functions::RowErrors::Entry::row);
  entries.erase(repeated.begin(), repeated.end());
  return entries;
}

}  // namespace weir::exec
