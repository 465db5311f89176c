#include "connectors/key_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"

namespace weir::connectors {

namespace {

constexpr std::string_view kFormat = "key.format";
constexpr std::string_view kFields = "key.fields";
constexpr std::string_view kPrefix = "key.fields-prefix";
constexpr std::string_view kInclude = "value.fields-include";

Status check_column(const TableOptions& options, const KeyFields& key, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& column : options.table().columns) {
    if (column.kind == sql::TableColumn::Kind::kPhysical) names.push_back(column.name);
  }
  if (std::ranges::find(names, name) == names.end()) {
    return options
        .bad(kFields, fmt::format("Could not find the field '{}' in the table schema; a key field "
                                  "must be a regular, physical column",
                                  name))
        .hint(nearest_hint(name, names));
  }
  if (!name.starts_with(key.prefix) || name.size() == key.prefix.size()) {
    return options.bad(kFields, fmt::format("All fields in 'key.fields' must be prefixed with '{}' "
                                            "when option 'key.fields-prefix' is set but field '{}' "
                                            "is not prefixed",
                                            key.prefix, name));
  }
  return ok();
}

}  // namespace

bool KeyFields::has(std::string_view column) const {
  return std::ranges::find(columns, column) != columns.end();
}

Result<std::optional<KeyFields>> parse_key_fields(const TableOptions& options) {
  KeyFields key;
  key.columns = options.list(kFields);
  key.prefix = options.text(kPrefix);
  key.in_value = options.text(kInclude) != "EXCEPT_KEY";
  if (!options.has(kFormat)) {
    if (!key.columns.empty()) {
      return options.bad(kFields,
                         "can only be declared if a key format is defined using "
                         "'key.format'");
    }
    if (!key.in_value) return options.bad(kInclude, "EXCEPT_KEY needs a 'key.format'");
    return std::optional<KeyFields>();
  }
  if (key.columns.empty()) {
    return options.bad(kFormat,
                       "requires the declaration of one or more of key fields using "
                       "'key.fields'");
  }
  if (!key.prefix.empty() && key.in_value) {
    return options.bad(kPrefix,
                       "a key prefix is not allowed when option 'value.fields-include' is "
                       "set to 'ALL'; set it to 'EXCEPT_KEY' instead to avoid field "
                       "overlaps");
  }
  for (const auto& name : key.columns) WEIR_TRY(check_column(options, key, name));
  return std::optional(std::move(key));
}

}  // namespace weir::connectors
