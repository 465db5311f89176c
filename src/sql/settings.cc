#include "sql/settings.h"

#include <array>

#include "base/check.h"
#include "base/nearest.h"
#include "sql/option_value.h"

namespace weir::sql {
namespace {

// Keys of a cluster's deployment and of the JVM: valid anywhere, without effect here.
constexpr std::array<std::string_view, 38> kAcceptedFamilies{
    "jobmanager.",
    "taskmanager.",
    "yarn.",
    "kubernetes.",
    "rest.",
    "$internal.",
    "high-availability",
    "security.",
    "metrics.",
    "env.",
    "akka.",
    "pekko.",
    "blob.",
    "cluster.",
    "classloader.",
    "slot.",
    "slotmanager.",
    "resourcemanager.",
    "historyserver.",
    "web.",
    "heartbeat.",
    "io.",
    "client.",
    "state.backend",
    "table.plan.",
    "table.generated-code.",
    "table.optimizer.",
    "table.exec.async-",
    "table.exec.spill-",
    "table.exec.deduplicate.",
    "table.exec.window-agg.",
    "table.exec.sort.",
    "table.exec.shuffle-",
    "table.exec.simplify-",
    "pipeline.",
    "execution.",
    "sql-client.",
    "sql-gateway.",
};

// What the engine cannot do and must not pretend to.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRefusedFamilies{{
    {"table.exec.emit.early-fire.", "windows fire once, when the watermark passes their end"},
    {"table.exec.emit.late-fire.", "windows fire once, when the watermark passes their end"},
    {"table.exec.emit.allow-lateness", "late rows are kept in weir.late_rows"},
    {"execution.state-recovery.claim-mode", "savepoints are never claimed"},
    {"python.", "Python functions cannot run here"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOldSpellings{{
    {"state.checkpoints.dir", "execution.checkpointing.dir"},
    {"state.savepoints.dir", "execution.checkpointing.savepoint-dir"},
    {"execution.savepoint.path", "execution.state-recovery.path"},
    {"restart-strategy", "restart-strategy.type"},
}};

// Least and greatest values of the settings that are counts.
struct Range {
  std::string_view key;
  int64_t least;
  int64_t greatest;
};
constexpr std::array<Range, 4> kRanges{{
    {"parallelism.default", 1, 1024},
    {"table.exec.resource.default-parallelism", -1, 1024},
    {"pipeline.max-parallelism", 1, 32'768},
    {"weir.batch-size", 1, 4'096},
}};

Status check_range(std::string_view key, std::string_view value) {
  for (const auto& range : kRanges) {
    if (range.key != key) continue;
    const int64_t number = WEIR_TRY(parse_integer(value));
    if (number >= range.least && number <= range.greatest) return ok();
    return invalid(fmt::format("expected {} to {}, not '{}'", range.least, range.greatest, value));
  }
  return ok();
}

std::string_view current_spelling(std::string_view key) {
  for (const auto& [old_key, new_key] : kOldSpellings) {
    if (key == old_key) return new_key;
  }
  return key;
}

}  // namespace

const SettingInfo* find_setting(std::string_view key) {
  for (const auto& setting : all_settings()) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

Result<std::optional<std::string>> Settings::set(std::string_view key, std::string_view value) {
  key = current_spelling(key);
  if (const SettingInfo* setting = find_setting(key)) {
    auto checked = check_option_value(value, setting->type, setting->choices);
    if (checked.has_value()) checked = check_range(key, value);
    if (!checked.has_value()) {
      return std::move(checked).error().in(fmt::format("Invalid value for setting '{}'", key));
    }
    values_.insert_or_assign(std::string(key), std::string(value));
    if (setting->use == SettingInfo::Use::kHonoured) return std::nullopt;
    return fmt::format("'{}' is accepted and has no effect here.", key);
  }
  for (const auto& [family, why] : kRefusedFamilies) {
    if (key.starts_with(family)) {
      return unsupported(fmt::format("the setting '{}' is not offered", key))
          .hint(std::string(why));
    }
  }
  for (const auto family : kAcceptedFamilies) {
    if (!key.starts_with(family)) continue;
    values_.insert_or_assign(std::string(key), std::string(value));
    return fmt::format("'{}' is accepted and has no effect here.", key);
  }
  std::vector<std::string> keys;
  for (const auto& setting : all_settings()) keys.emplace_back(setting.key);
  return invalid(fmt::format("unknown setting '{}'", key)).hint(nearest_hint(key, keys));
}

void Settings::reset(std::string_view key) {
  const auto found = values_.find(current_spelling(key));
  if (found != values_.end()) values_.erase(found);
}

bool Settings::is_set(std::string_view key) const { return values_.contains(key); }

std::string Settings::text(std::string_view key) const {
  const auto found = values_.find(key);
  if (found != values_.end()) return found->second;
  const SettingInfo* setting = find_setting(key);
  return setting != nullptr ? std::string(setting->default_value) : std::string{};
}

bool Settings::boolean(std::string_view key) const {
  const auto value = parse_boolean(text(key));
  WEIR_CHECK(value.has_value(), "a stored setting was checked");
  return *value;
}

int64_t Settings::integer(std::string_view key) const {
  const auto value = parse_integer(text(key));
  WEIR_CHECK(value.has_value(), "a stored setting was checked");
  return *value;
}

int64_t Settings::duration_ms(std::string_view key) const {
  const auto value = parse_duration_ms(text(key));
  WEIR_CHECK(value.has_value(), "a stored setting was checked");
  return *value;
}

int64_t Settings::memory_bytes(std::string_view key) const {
  const auto value = parse_memory_size(text(key));
  WEIR_CHECK(value.has_value(), "a stored setting was checked");
  return *value;
}

}  // namespace weir::sql
