// KeyFields: which columns of a table lie in the key of its records.
//
// 'key.format', 'key.fields', 'key.fields-prefix', 'value.fields-include', with Flink's rules and
// words. Plain values; the option table must have the four keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/table_options.h"

namespace weir::connectors {

struct KeyFields {
  std::vector<std::string> columns;  // of the table, in the order of 'key.fields'
  std::string prefix;                // of the columns' names, not of the fields in the key
  bool in_value = true;              // the value holds these columns too (ALL)

  [[nodiscard]] bool has(std::string_view column) const;
  [[nodiscard]] std::string field_name(std::string_view column) const {
    return std::string(column.substr(prefix.size()));
  }
};

// Nothing: the table has no 'key.format'. kInvalid when the options do not fit together.
[[nodiscard]] Result<std::optional<KeyFields>> parse_key_fields(const TableOptions& options);

}  // namespace weir::connectors
