// Evaluation of bound expressions over batches.
//
// An Evaluator is compiled from the expressions of one operator (a projection's list) and owned by
// one lane. Equal sub-expressions are evaluated once per batch, also across the list; what is
// constant stays a constant column. NULLs and laziness are the evaluator's: kernels see only rows
// that count (functions/function.h), and branches of AND, OR, CASE and COALESCE are evaluated only
// for the rows that reach them, so an error in an untaken branch does not count.
//
// Rows whose expression fails are added to context.errors (several entries a row are possible, the
// first is the reason; failed_rows() sorts them out); their values are unspecified and the caller
// takes the rows out. An Error ends the job. Rows outside the selection are unspecified.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sql/expression.h"
#include "types/batch.h"
#include "types/selection.h"

namespace weir::exec {

class Evaluator {
 public:
  explicit Evaluator(std::vector<sql::ExpressionRef> expressions);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  // One column an expression, each of batch.rows() rows, right for the rows of `selection`.
  Result<std::vector<types::ColumnRef>> evaluate(const types::Batch& batch,
                                                 const types::Selection& selection,
                                                 functions::EvaluationContext& context);
  // Under the batch's own selection.
  Result<std::vector<types::ColumnRef>> evaluate(const types::Batch& batch,
                                                 functions::EvaluationContext& context) {
    return evaluate(batch, batch.selection(), context);
  }

 private:
  class Program;
  friend class Predicate;
  std::unique_ptr<Program> program_;
};

// A BOOLEAN expression as a filter: conjuncts narrow the selection one after the other.
class Predicate {
 public:
  explicit Predicate(const sql::ExpressionRef& condition);
  ~Predicate();
  Predicate(Predicate&&) noexcept;
  Predicate& operator=(Predicate&&) noexcept;

  // The rows of `selection` for which the condition is TRUE and did not fail. The view is valid
  // until the next call.
  Result<types::Selection> evaluate(const types::Batch& batch, const types::Selection& selection,
                                    functions::EvaluationContext& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The failed rows, ascending, each once, with its first reason.
[[nodiscard]] std::vector<functions::RowErrors::Entry> failed_rows(
    const functions::RowErrors& errors);

}  // namespace weir::exec
