#include "server/generator_rate.h"

#include "plan/session.h"

namespace weir::server {
namespace {

constexpr double kDefaultRowsPerSecond = 10'000;  // Flink's

}  // namespace

Result<double> planned_rate(const sql::Registry& registry, const ScriptFile& script) {
  plan::Session session(registry);
  for (const auto& statement : WEIR_TRY(plan::Session::parse_script(script.text, script.path))) {
    WEIR_TRY(session.execute(statement));
  }
  const auto& catalog = session.catalog();
  double rate = 0;
  for (const auto& name :
       WEIR_TRY(catalog.tables(catalog.current_catalog(), catalog.current_database()))) {
    const auto found = catalog.find(WEIR_TRY(catalog.resolve({name})));
    const auto* table = found.has_value() ? std::get_if<sql::TableRef>(&*found) : nullptr;
    if (table == nullptr || (*table)->connector() != "datagen") continue;
    const std::string* rows = (*table)->options.find("rows-per-second");
    rate += rows == nullptr ? kDefaultRowsPerSecond : std::strtod(rows->c_str(), nullptr);
  }
  if (rate <= 0) {
    return invalid(script.path + " has no datagen table whose rate --rate could change");
  }
  return rate;
}

}  // namespace weir::server
