#include "sql/binder/option_check.h"

#include <algorithm>

#include "base/nearest.h"
#include "sql/option_value.h"

namespace weir::sql {
namespace {

// What every source and sink understands, whatever its connector.
const std::vector<OptionInfo>& common_options() {
  static const std::vector<OptionInfo> options{
      {"connector", OptionType::kString, true, {}, {}, "The connector."},
      {"scan.watermark.emit.strategy",
       OptionType::kEnum,
       false,
       "on-periodic",
       {"on-periodic", "on-event"},
       "When a watermark is sent on."},
      {"scan.watermark.emit.on-event.gap",
       OptionType::kInteger,
       false,
       "1",
       {},
       "Rows between two watermarks."},
      {"scan.watermark.idle-timeout",
       OptionType::kDuration,
       false,
       {},
       {},
       "When a partition stops holding the watermark back."},
      {"scan.watermark.alignment.*", OptionType::kString, false, {}, {}, "Accepted."},
      {"scan.parallelism", OptionType::kInteger, false, {}, {}, "Accepted."},
      {"sink.parallelism", OptionType::kInteger, false, {}, {}, "Accepted."},
  };
  return options;
}

bool matches(std::string_view known, std::string_view key) {
  if (known.ends_with(".*")) {
    return key.starts_with(known.substr(0, known.size() - 1)) && key.size() > known.size() - 1;
  }
  // `fields.#.kind`: the sign stands for a name.
  const size_t sharp = known.find(".#.");
  if (sharp == std::string_view::npos) return known == key;
  return key.starts_with(known.substr(0, sharp + 1)) && key.ends_with(known.substr(sharp + 2)) &&
         key.size() > known.size();
}

}  // namespace

SourcePosition OptionCheck::position_of(std::string_view key, bool value,
                                        std::span<const ast::OptionEntry> written,
                                        Span otherwise) const {
  for (const auto& entry : written) {
    if (entry.key == key) return source_.position(value ? entry.value_span : entry.key_span);
  }
  return source_.position(otherwise);
}

Result<const ConnectorInfo*> OptionCheck::connector(const OptionMap& options,
                                                    std::span<const ast::OptionEntry> written,
                                                    Span span) const {
  const auto* name = options.find("connector");
  std::vector<std::string> names;
  for (const auto* info : registry_.connectors) {
    if (name != nullptr && info->name == *name) return info;
    names.emplace_back(info->name);
  }
  if (name == nullptr) {
    return invalid(
               "Table options do not contain an option key 'connector' for discovering a "
               "connector.")
        .hint(fmt::format("there are {}", fmt::join(names, ", ")))
        .at(source_.position(span));
  }
  std::string hint = nearest_hint(*name, names);
  if (hint.empty()) hint = fmt::format("there are {}", fmt::join(names, ", "));
  return not_found(fmt::format("Could not find any connector for identifier '{}'", *name))
      .hint(std::move(hint))
      .at(position_of("connector", true, written, span));
}

Result<std::vector<OptionCheck::Known>> OptionCheck::known(
    const ConnectorInfo& connector, const OptionMap& options,
    std::span<const ast::OptionEntry> written, Span span) const {
  std::vector<Known> known;
  for (const auto& info : common_options()) known.push_back({std::string(info.key), &info});
  for (const auto& info : connector.options) known.push_back({std::string(info.key), &info});
  bool has_value_format = false;
  for (const auto& [key, prefix] : {std::pair<std::string_view, std::string_view>{"format", ""},
                                    {"value.format", "value."},
                                    {"key.format", "key."}}) {
    const auto* name = options.find(key);
    if (name == nullptr) continue;
    has_value_format = has_value_format || key != "key.format";
    const FormatInfo* format = nullptr;
    std::vector<std::string> names;
    for (const auto* info : registry_.formats) {
      if (info->name == *name) format = info;
      names.emplace_back(info->name);
    }
    if (format == nullptr) {
      std::string hint = nearest_hint(*name, names);
      if (hint.empty()) hint = fmt::format("there are {}", fmt::join(names, ", "));
      return not_found(fmt::format("Could not find any format for identifier '{}'", *name))
          .hint(std::move(hint))
          .at(position_of(key, true, written, span));
    }
    for (const auto& info : format->options) {
      known.push_back({fmt::format("{}{}.{}", prefix, format->name, info.key), &info});
    }
  }
  if (connector.needs_format && !has_value_format) {
    return invalid("One or more required options are missing: 'format'")
        .hint("add 'format' = 'json'")
        .at(source_.position(span));
  }
  return known;
}

Status OptionCheck::check(const OptionMap& options, std::span<const ast::OptionEntry> written,
                          Span span) const {
  const auto* info = WEIR_TRY(connector(options, written, span));
  const auto known = WEIR_TRY(this->known(*info, options, written, span));
  for (const auto& [key, value] : options.entries()) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const Known& candidate) {
      return matches(candidate.key, key);
    });
    const bool is_format = key == "format" || key == "value.format" || key == "key.format";
    if (found == known.end() && !(is_format && info->needs_format)) {
      std::vector<std::string> keys;
      for (const auto& candidate : known) keys.push_back(candidate.key);
      return invalid(fmt::format("Unsupported option '{}' for connector '{}'", key, info->name))
          .hint(nearest_hint(key, keys))
          .at(position_of(key, false, written, span));
    }
    if (found == known.end()) continue;
    auto checked = check_option_value(value, found->info->type, found->info->choices);
    if (!checked.has_value()) {
      return std::move(checked)
          .error()
          .in(fmt::format("Invalid value for option '{}'", key))
          .at(position_of(key, true, written, span));
    }
  }
  for (const auto& candidate : known) {
    if (!candidate.info->required || options.find(candidate.key) != nullptr) continue;
    return invalid(fmt::format("One or more required options are missing: '{}'", candidate.key))
        .hint(std::string(candidate.info->doc))
        .at(source_.position(span));
  }
  return ok();
}

Result<MetadataInfo> OptionCheck::metadata(const OptionMap& options, std::string_view key,
                                           Span span) const {
  const auto* info = WEIR_TRY(connector(options, {}, span));
  std::vector<std::string> names;
  for (const auto& metadata : info->metadata) {
    if (metadata.key == key) return metadata;
    names.emplace_back(metadata.key);
  }
  for (const auto* format : registry_.formats) {
    const bool used = options.value_or("format", "") == format->name ||
                      options.value_or("value.format", "") == format->name;
    for (const auto& metadata : format->metadata) {
      if (!used) break;
      names.push_back(fmt::format("value.{}", metadata.key));
      if (names.back() == key) return metadata;
    }
  }
  std::string hint = nearest_hint(key, names);
  if (hint.empty() && !names.empty()) hint = fmt::format("there are {}", fmt::join(names, ", "));
  return invalid(fmt::format("Invalid metadata key '{}': connector '{}' has no such metadata", key,
                             info->name))
      .hint(std::move(hint))
      .at(source_.position(span));
}

Result<TableRef> OptionCheck::with_hints(TableRef table, std::span<const ast::OptionEntry> hints,
                                         const Settings& settings) const {
  if (hints.empty()) return table;
  const Span span = hints.front().key_span;
  if (!settings.boolean("table.dynamic-table-options.enabled")) {
    return invalid(
               "The 'OPTIONS' hint is allowed only when the config option "
               "'table.dynamic-table-options.enabled' is set to true.")
        .at(source_.position(span));
  }
  auto copy = std::make_shared<Table>(*table);
  for (const auto& hint : hints) {
    if (hint.key == "connector") {
      return invalid("a hint cannot change the connector").at(source_.position(hint.key_span));
    }
    copy->options.set(hint.key, hint.value);
  }
  WEIR_TRY(check(copy->options, hints, span));
  return TableRef(std::move(copy));
}

Status OptionCheck::readable(const Table& table, Span span) const {
  const auto* info = WEIR_TRY(connector(table.options, {}, span));
  if (info->source) return ok();
  return invalid(fmt::format("Connector '{}' can only be used as a sink. It cannot be used as a "
                             "source.",
                             info->name))
      .at(source_.position(span));
}

Status OptionCheck::writable(const Table& table, Span span) const {
  const auto* info = WEIR_TRY(connector(table.options, {}, span));
  if (info->sink) return ok();
  return invalid(fmt::format("Connector '{}' can only be used as a source. It cannot be used as a "
                             "sink.",
                             info->name))
      .at(source_.position(span));
}

}  // namespace weir::sql
