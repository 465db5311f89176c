// TableOptions: a table's WITH clause, read with types and the connector's defaults.
//
// The binder has checked keys and values against the same option table before; what is read here is
// what it accepted. Still nothing is taken for granted: a value that does not parse is kInvalid and
// names the key. A view: the table and the row must outlive it. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sql/catalog.h"
#include "sql/connector_info.h"

namespace weir::connectors {

class TableOptions {
 public:
  TableOptions(const sql::Table& table, const sql::ConnectorInfo& info)
      : table_(table), info_(info) {}

  // What was written, else the option's default, else nothing.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return table_.options.find(key) != nullptr; }
  // As find(); an empty text when there is nothing.
  [[nodiscard]] std::string_view text(std::string_view key) const;
  // kInvalid when there is nothing: the key is named as one that the connector needs.
  [[nodiscard]] Result<std::string_view> required(std::string_view key) const;
  // Nothing when there is neither a value nor a default.
  [[nodiscard]] Result<std::optional<int64_t>> integer(std::string_view key) const;
  [[nodiscard]] Result<std::optional<int64_t>> duration_ms(std::string_view key) const;
  [[nodiscard]] Result<std::optional<int64_t>> memory_size(std::string_view key) const;
  // False when there is nothing.
  [[nodiscard]] Result<bool> boolean(std::string_view key) const;
  // ';' between, trimmed.
  [[nodiscard]] std::vector<std::string> list(std::string_view key) const;
  // Keys that begin with `prefix`, without it: properties.*.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> family(
      std::string_view prefix) const;

  // kInvalid about one option of this table, in one sentence.
  [[nodiscard]] Error bad(std::string_view key, std::string_view what) const;
  [[nodiscard]] const sql::Table& table() const { return table_; }

 private:
  const sql::Table& table_;
  const sql::ConnectorInfo& info_;
};

}  // namespace weir::connectors
