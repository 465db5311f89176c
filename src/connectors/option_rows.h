// Options that several connectors share, each with one meaning and one text.
#pragma once

#include <utility>

#include "sql/connector_info.h"

namespace weir::connectors {

// One row of an option table that is not required.
[[nodiscard]] inline sql::OptionInfo option(
    std::string_view key, sql::OptionType type, std::string_view doc,
    std::optional<std::string_view> default_value = std::nullopt,
    std::vector<std::string_view> choices = {}) {
  return {key, type, false, default_value, std::move(choices), doc};
}
[[nodiscard]] inline sql::OptionInfo required_option(std::string_view key, std::string_view doc) {
  return {key, sql::OptionType::kString, true, std::nullopt, {}, doc};
}

[[nodiscard]] inline sql::OptionInfo format_option() {
  return option("format", sql::OptionType::kString,
                "How records are read and written; see the formats.");
}
[[nodiscard]] inline sql::OptionInfo sink_parallelism_option() {
  return option("sink.parallelism", sql::OptionType::kInteger,
                "Accepted; every lane writes what it has.");
}
[[nodiscard]] inline sql::OptionInfo scan_parallelism_option() {
  return option("scan.parallelism", sql::OptionType::kInteger,
                "Accepted; lanes share the splits of a source.");
}
[[nodiscard]] inline sql::OptionInfo emit_strategy_option() {
  return option("scan.watermark.emit.strategy", sql::OptionType::kEnum,
                "Whether the watermark moves by a timer or with every row.", "on-periodic",
                {"on-periodic", "on-event"});
}
[[nodiscard]] inline sql::OptionInfo idle_timeout_option() {
  return option("scan.watermark.idle-timeout", sql::OptionType::kDuration,
                "After this long at its end a split no longer holds the watermark back.");
}

}  // namespace weir::connectors
