// SELECT <any text> over a table with a column of every scalar type: what binds is evaluated, and
// no value, however extreme, may bring a kernel down. Behind the first zero byte stand texts for
// the rows, one a line.
#include <cmath>
#include <limits>

#include "base/check.h"
#include "exec/expression.h"
#include "functions/function.h"
#include "plan/nodes.h"
#include "plan/registry_for_test.h"
#include "plan/session.h"
#include "types/decimal.h"
#include "types/time_zone.h"
#include "types/utf8.h"
#include "types/value.h"
#include "types/value_text.h"

namespace weir::exec {
namespace {

using types::int128_t;
using types::LogicalType;
using types::Physical;
using types::Value;

constexpr const char* kTable =
    "CREATE TABLE t (b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INT, i8 BIGINT, f4 FLOAT, f8 DOUBLE, "
    "d9 DECIMAL(9, 2), d38 DECIMAL(38, 18), s STRING, c CHAR(3), y BYTES, dt DATE, tm TIME(0), "
    "t3 TIMESTAMP(3), t6 TIMESTAMP(6), z3 TIMESTAMP_LTZ(3), z6 TIMESTAMP_LTZ(6)) "
    "WITH ('connector' = 'datagen')";
// A text that would bind to a longer statement costs time and finds nothing new.
constexpr size_t kMaxText = 400;
constexpr int64_t kMsPerDay = 86'400'000;

std::vector<Value> whole_numbers(int64_t low, int64_t high) {
  return {Value{}, int64_t{0}, low, high, int64_t{1}, int64_t{-1}, int64_t{59}, low + 1};
}

std::vector<Value> fractions() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {Value{}, 0.0, -0.0, 1.5, -1e300, kInfinity, std::nan(""), 1e-310};
}

std::vector<Value> decimals(int precision) {
  const int128_t nines = types::power_of_ten(precision) - 1;
  return {Value{}, int128_t{0}, nines, -nines, int128_t{1}, int128_t{-1}, int128_t{150}, nines / 7};
}

std::vector<Value> texts(std::string_view lines) {
  std::vector<Value> values = {Value{},
                               std::string(),
                               std::string("caf\xC3\xA9 \xF0\x9F\x98\x80"),
                               std::string("2024-02-30 23:59:59.9"),
                               std::string("-12.5e3"),
                               std::string(40, 'a')};
  while (!lines.empty() && values.size() < 8) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    values.emplace_back(types::is_valid_utf8(line) ? std::string(line) : std::string("?"));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return values;
}

// NULL, zero, the ends of the type's range and what lies between them; not more than 8.
std::vector<Value> values_of(const LogicalType& type, std::string_view lines) {
  if (type.kind() == types::TypeKind::kTime) return whole_numbers(0, kMsPerDay - 1);
  switch (type.physical()) {
    case Physical::kBool8: return {Value{}, true, false};
    case Physical::kInt8: return whole_numbers(INT8_MIN, INT8_MAX);
    case Physical::kInt16: return whole_numbers(INT16_MIN, INT16_MAX);
    case Physical::kInt32: return whole_numbers(INT32_MIN, INT32_MAX);
    case Physical::kInt64: return whole_numbers(INT64_MIN, INT64_MAX);
    case Physical::kFloat32: {
      auto values = fractions();
      values[4] = static_cast<double>(std::numeric_limits<float>::max());
      return values;
    }
    case Physical::kFloat64: return fractions();
    case Physical::kInt128: return decimals(type.precision());
    case Physical::kString: return texts(lines);
    case Physical::kNone:
    case Physical::kList:
    case Physical::kStruct: break;
  }
  return {Value{}};
}

// Row r of column c has value (r + c) of its list, so that ends meet ends of other kinds as well.
types::BatchRef make_batch(const types::Schema& schema, std::string_view lines) {
  constexpr uint32_t kRows = 24;
  types::Batch::Parts parts;
  parts.rows = kRows;
  size_t shift = 0;
  for (const auto& field : schema.fields()) {
    const auto values = values_of(field.type, lines);
    std::vector<types::ColumnRef> pieces;
    for (size_t row = 0; row < kRows; ++row) {
      const size_t turn = row / values.size() * shift;
      pieces.push_back(types::make_constant(field.type, values[(row + turn) % values.size()], 1));
    }
    pieces.push_back(pieces[0]->with_length(0));
    parts.columns.push_back(types::concat(pieces));
    ++shift;
  }
  return types::Batch::make(std::move(parts));
}

void find(const plan::Node& node, std::vector<const plan::Node*>& out) {
  out.push_back(&node);
  for (const auto& input : node.inputs) find(*input, out);
}

void evaluate(const std::vector<sql::ExpressionRef>& expressions, const types::Schema& schema,
              std::string_view lines) {
  const auto batch = make_batch(schema, lines);
  Evaluator evaluator(expressions);
  functions::RowErrors errors;
  functions::EvaluationContext context;
  context.now_us = 1'700'000'000'000'000;
  context.time_zone = "Europe/Berlin";
  context.errors = &errors;
  const auto columns = evaluator.evaluate(*batch, context);
  if (!columns.has_value()) {
    WEIR_CHECK(columns.error().code() != ErrorCode::kInternal, "no internal error");
    return;
  }
  const auto failed = failed_rows(errors);
  auto bad = failed.begin();
  for (uint32_t row = 0; row < batch->rows(); ++row) {
    if (bad != failed.end() && bad->row == row) {
      ++bad;
      continue;
    }
    for (const auto& column : *columns) {
      std::string text;
      types::append_text(*column, row, types::TextStyle::kPrint, types::time_zone("UTC"), text);
    }
  }
}

void run(std::string_view input) {
  const size_t zero = std::min(input.find('\0'), input.size());
  if (zero > kMaxText) return;
  const std::string_view lines = input.substr(std::min(zero + 1, input.size()));
  plan::Session session(plan::registry_for_test());
  const auto table = plan::Session::parse_script(kTable);
  WEIR_CHECK(session.execute(table->at(0)).has_value(), "the table is right");
  const std::string sql = fmt::format("SELECT {} FROM t", input.substr(0, zero));
  const auto script = plan::Session::parse_script(sql);
  if (!script.has_value() || script->empty()) return;
  const auto outcome = session.execute(script->at(0));
  if (!outcome.has_value() || !std::holds_alternative<plan::Query>(*outcome)) return;
  std::vector<const plan::Node*> nodes;
  find(*std::get<plan::Query>(*outcome).plan.sinks[0], nodes);
  for (const plan::Node* node : nodes) {
    if (const auto* project = std::get_if<plan::ProjectNode>(&node->body)) {
      evaluate(project->expressions, node->inputs[0]->schema, lines);
    } else if (const auto* filter = std::get_if<plan::FilterNode>(&node->body)) {
      evaluate({filter->condition}, node->inputs[0]->schema, lines);
    }
  }
}

}  // namespace
}  // namespace weir::exec

// The examples of every function, and each function over columns of each kind.
std::vector<std::string> weir_fuzz_corpus() {
  std::vector<std::string> corpus = {
      "CAST(s AS INT), TRY_CAST(s AS DECIMAL(10, 2)), CAST(d38 AS INT), CAST(f8 AS BIGINT)",
      "CASE WHEN i4 > 1 THEN s ELSE c END, COALESCE(s, 'x'), NULLIF(i8, 0), b AND i4 > 3",
      "s LIKE '%a_b', s SIMILAR TO 'a|b', i4 BETWEEN 1 AND 5, s IN ('a', 'b') FROM t WHERE b --",
      "t3 + INTERVAL '1' MONTH, dt - INTERVAL '1' DAY, CAST(t6 AS DATE), EXTRACT(YEAR FROM z3)",
      std::string("CAST(s AS TIMESTAMP(3)), DATE_FORMAT(t3, s)") + '\0' + "yyyy-MM-dd\nHH:mm"};
  for (const char* sign : {"+", "-", "*", "/", "%", "=", "<", "||"}) {
    for (const char* sides : {"i1 {} i1", "i4 {} i4", "i8 {} i8", "i8 {} d38", "d38 {} d38",
                              "d9 {} f8", "f4 {} f4", "s {} c", "t3 {} t6", "z3 {} z6"}) {
      corpus.push_back(fmt::format(fmt::runtime(sides), sign));
    }
  }
  for (const auto* function : weir::functions::all_functions()) {
    for (const auto& example : function->examples) corpus.emplace_back(example.first);
    for (const char* arguments :
         {"i4", "i8", "f8", "d38", "s", "z3", "t3", "i8, i8", "d38, d38", "s, s", "s, i4", "t3, s",
          "d38, i4", "s, i4, i4", "s, s, s", "s, i4, s"}) {
      corpus.push_back(fmt::format("{}({})", function->name, arguments));
    }
  }
  return corpus;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::exec::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
