#include "exec/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "types/builder.h"
#include "types/value.h"

namespace weir::exec {
namespace {

using sql::Expression;
using sql::ExpressionRef;
using types::LogicalType;
using types::Value;

ExpressionRef literal(LogicalType type, Value value) {
  return sql::make_literal(std::move(type), std::move(value));
}
ExpressionRef number(int64_t value) {
  return literal(LogicalType::integer().with_nullable(false), value);
}

ExpressionRef make(Expression::Kind kind, LogicalType type, std::vector<ExpressionRef> arguments) {
  auto expression = std::make_shared<Expression>();
  expression->kind = kind;
  expression->type = std::move(type);
  expression->arguments = std::move(arguments);
  return expression;
}

ExpressionRef call(std::string_view name, std::vector<ExpressionRef> arguments) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kCall;
  expression->function = functions::find_function(name);
  std::vector<LogicalType> given;
  for (const auto& argument : arguments) given.push_back(argument->type);
  expression->resolution = *expression->function->resolve(given);
  expression->type = expression->resolution.result;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto& wanted = expression->resolution.arguments[i];
    if (!(wanted.kind() == given[i].kind() && wanted.same_ignoring_nulls(given[i]))) {
      arguments[i] = make(Expression::Kind::kCast, wanted, {arguments[i]});
    }
  }
  expression->arguments = std::move(arguments);
  return expression;
}

types::ColumnRef ints(const std::vector<std::optional<int32_t>>& values) {
  const auto rows = static_cast<uint32_t>(values.size());
  types::Values<int32_t> out(rows, types::Fill::kZero);
  types::ValidityBuilder validity(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (values[row]) {
      out[row] = *values[row];
    } else {
      validity.set_null(row);
    }
  }
  return types::finish_column(LogicalType::integer(), rows, std::move(out).take(),
                              std::move(validity).take());
}

const ExpressionRef kA = sql::make_input(0, LogicalType::integer());
const ExpressionRef kB = sql::make_input(1, LogicalType::integer());

struct Outcome {
  std::vector<Value> values;
  std::vector<uint16_t> failed;
};

types::BatchRef batch_of(std::vector<types::ColumnRef> columns) {
  types::Batch::Parts parts;
  parts.rows = columns[0]->length();
  parts.columns = std::move(columns);
  return types::Batch::make(std::move(parts));
}

Outcome evaluate(const ExpressionRef& expression, const types::BatchRef& batch) {
  Evaluator evaluator({expression});
  functions::RowErrors errors;
  functions::EvaluationContext context;
  context.errors = &errors;
  const auto columns = evaluator.evaluate(*batch, context);
  EXPECT_TRUE(columns.has_value());
  Outcome outcome;
  for (uint32_t row = 0; row < batch->rows(); ++row) {
    outcome.values.push_back(types::value_at(*(*columns)[0], row));
  }
  for (const auto& failure : failed_rows(errors)) outcome.failed.push_back(failure.row);
  return outcome;
}

const Value kNull = std::monostate{};
Value whole(int64_t value) { return value; }

TEST(Expression, NullsPropagateAndConstantsStayConstant) {
  const auto batch = batch_of({ints({1, std::nullopt, 2147483647}), ints({5, 6, 1})});
  EXPECT_THAT(evaluate(call("+", {kA, kB}), batch).values,
              testing::ElementsAre(whole(6), kNull, whole(-2147483648LL)));
  Evaluator evaluator({call("+", {number(1), number(2)}), call("+", {kA, number(2)})});
  functions::RowErrors errors;
  functions::EvaluationContext context;
  context.errors = &errors;
  const auto columns = *evaluator.evaluate(*batch, context);
  EXPECT_TRUE(columns[0]->is_constant());
  EXPECT_EQ(columns[0]->length(), 3U);
  EXPECT_EQ(types::value_at(*columns[0], 2), whole(3));
  EXPECT_EQ(types::value_at(*columns[1], 0), whole(3));
}

TEST(Expression, AFailingRowIsReportedAndTheOthersGoOn) {
  const auto batch = batch_of({ints({10, 11, std::nullopt, 13}), ints({2, 0, 0, 3})});
  const auto outcome = evaluate(call("/", {kA, kB}), batch);
  EXPECT_THAT(outcome.failed, testing::ElementsAre(1));  // NULL / 0 is NULL
  EXPECT_EQ(outcome.values[0], whole(5));
  EXPECT_EQ(outcome.values[2], kNull);
  EXPECT_EQ(outcome.values[3], whole(4));
}

TEST(Expression, BranchesThatAreNotTakenDoNotFail) {
  const auto batch = batch_of({ints({10, 11, 12, std::nullopt}), ints({2, 0, 3, 0})});
  const auto division = call("/", {kA, kB});
  const auto nonzero = call("<>", {kB, number(0)});
  const auto guarded =
      make(Expression::Kind::kCase, LogicalType::integer(), {nonzero, division, number(-1)});
  auto outcome = evaluate(guarded, batch);
  EXPECT_TRUE(outcome.failed.empty());
  EXPECT_THAT(outcome.values, testing::ElementsAre(whole(5), whole(-1), whole(4), whole(-1)));

  const auto both = make(Expression::Kind::kAnd, LogicalType::boolean(),
                         {nonzero, call(">", {division, number(4)})});
  outcome = evaluate(both, batch);
  EXPECT_TRUE(outcome.failed.empty());
  EXPECT_THAT(outcome.values,
              testing::ElementsAre(Value(true), Value(false), Value(false), Value(false)));

  const auto either =
      make(Expression::Kind::kCoalesce, LogicalType::integer(), {kA, call("/", {number(7), kB})});
  outcome = evaluate(either, batch);
  EXPECT_THAT(outcome.failed, testing::ElementsAre(3));
}

TEST(Expression, ThreeValuedLogic) {
  const auto null = literal(LogicalType::boolean(), std::monostate{});
  const auto yes = literal(LogicalType::boolean(), true);
  const auto no = literal(LogicalType::boolean(), false);
  const auto batch = batch_of({ints({1})});
  const auto logic = [&](Expression::Kind kind, ExpressionRef a, ExpressionRef b) {
    return evaluate(make(kind, LogicalType::boolean(), {a, b}), batch).values[0];
  };
  EXPECT_EQ(logic(Expression::Kind::kAnd, null, no), Value(false));
  EXPECT_EQ(logic(Expression::Kind::kAnd, null, yes), kNull);
  EXPECT_EQ(logic(Expression::Kind::kAnd, yes, yes), Value(true));
  EXPECT_EQ(logic(Expression::Kind::kOr, null, yes), Value(true));
  EXPECT_EQ(logic(Expression::Kind::kOr, null, no), kNull);
  EXPECT_EQ(logic(Expression::Kind::kOr, no, no), Value(false));
}

TEST(Expression, TryCastGivesNullWhereCastFails) {
  const auto text = LogicalType::string();
  const auto bad = literal(text, std::string("x1"));
  const auto batch = batch_of({ints({1, 2})});
  auto outcome = evaluate(make(Expression::Kind::kCast, LogicalType::integer(), {bad}), batch);
  EXPECT_THAT(outcome.failed, testing::ElementsAre(0, 1));
  outcome = evaluate(make(Expression::Kind::kTryCast, LogicalType::integer(), {bad}), batch);
  EXPECT_TRUE(outcome.failed.empty());
  EXPECT_EQ(outcome.values[1], kNull);
}

// A pattern that is constant has short cuts; one that comes in a column has none.
TEST(Expression, LikeIsTheSameForAConstantPatternAndOneInAColumn) {
  const std::vector<std::string> texts{"", "a", "ab", "aba", "bab", "%", "a%", "é", "aéb", "abab"};
  const auto column = [](const std::vector<std::string>& values) {
    types::Values<types::StringRef> views(static_cast<uint32_t>(values.size()));
    types::StringHeap heap;
    for (size_t i = 0; i < values.size(); ++i) views[i] = heap.add(values[i]);
    return types::finish_column(LogicalType::string(), static_cast<uint32_t>(values.size()),
                                std::move(views).take(), nullptr, heap.take());
  };
  const auto text = sql::make_input(0, LogicalType::string());
  const auto pattern = sql::make_input(1, LogicalType::string());
  int matches = 0;
  for (const std::string like :
       {"", "%", "%%", "ab", "ab%", "%ab", "%ab%", "a_", "%b_", "a%b", "é", "%é%", "_", "a%%"}) {
    const auto batch = batch_of({column(texts), column(std::vector(texts.size(), like))});
    const auto constant =
        evaluate(call("LIKE", {text, literal(LogicalType::string(), like)}), batch).values;
    EXPECT_EQ(constant, evaluate(call("LIKE", {text, pattern}), batch).values) << like;
    matches += static_cast<int>(std::ranges::count(constant, Value(true)));
  }
  EXPECT_GT(matches, 40);
}

TEST(Predicate, ConjunctsNarrowAndFailedRowsAreOut) {
  const auto batch = batch_of({ints({10, 11, 12, std::nullopt, 20}), ints({2, 0, 3, 1, 4})});
  const auto condition =
      make(Expression::Kind::kAnd, LogicalType::boolean(),
           {call(">", {kA, number(10)}), call("<", {call("/", {kA, kB}), number(6)})});
  Predicate predicate(condition);
  functions::RowErrors errors;
  functions::EvaluationContext context;
  context.errors = &errors;
  const auto selection = *predicate.evaluate(*batch, batch->selection(), context);
  ASSERT_EQ(selection.size(), 2U);
  EXPECT_EQ(selection[0], 2U);
  EXPECT_EQ(selection[1], 4U);
  ASSERT_EQ(failed_rows(errors).size(), 1U);
  EXPECT_EQ(failed_rows(errors)[0].reason, "division by zero");
}

}  // namespace
}  // namespace weir::exec
