// Executes the examples of every function's row: SQL in, the answer as CAST text out.
#include <gtest/gtest.h>

#include "exec/expression.h"
#include "plan/nodes.h"
#include "plan/session.h"
#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::exec {
namespace {

const plan::ProjectNode* find_projection(const plan::Node& node) {
  if (const auto* project = std::get_if<plan::ProjectNode>(&node.body)) return project;
  for (const auto& input : node.inputs) {
    if (const auto* found = find_projection(*input)) return found;
  }
  return nullptr;
}

std::string evaluate(const std::string& sql) {
  plan::Session session{sql::Registry{}};
  auto script = plan::Session::parse_script("SELECT " + sql);
  if (!script) return script.error().to_string();
  auto outcome = session.execute(script->at(0));
  if (!outcome) return outcome.error().to_string();
  const auto* project = find_projection(*std::get<plan::Query>(*outcome).plan.sinks[0]);
  if (project == nullptr) return "<no projection>";
  Evaluator evaluator(project->expressions);
  functions::RowErrors errors;
  functions::EvaluationContext context;
  context.time_zone = "UTC";
  context.errors = &errors;
  types::Batch::Parts parts;
  parts.rows = 1;
  const types::Batch batch(std::move(parts));
  const auto columns = evaluator.evaluate(batch, context);
  if (!columns) return columns.error().to_string();
  if (!errors.empty()) return "<" + errors.entries()[0].reason + ">";
  std::string text;
  types::append_text(*columns->at(0), 0, types::TextStyle::kCast, types::time_zone("UTC"), text);
  return text;
}

TEST(FunctionExamples, GiveTheAnswersThatTheRowsSay) {
  for (const auto* function : functions::all_functions()) {
    EXPECT_FALSE(function->doc.empty()) << function->name;
    EXPECT_FALSE(function->signature.empty()) << function->name;
    EXPECT_TRUE(!function->examples.empty() || !function->deterministic ||
                function->name == "CURRENT_WATERMARK")
        << function->name << " has no example";
    for (const auto& [sql, answer] : function->examples) {
      EXPECT_EQ(evaluate(std::string(sql)), answer) << sql;
    }
  }
}

}  // namespace
}  // namespace weir::exec
