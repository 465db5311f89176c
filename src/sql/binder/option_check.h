// OptionCheck: a table's options against what its connector and format know.
//
// Internal to sql/; borrows the registry and the text. Every message names the option, stands at
// it, and says what would do: the nearest key, the expected type, what is missing.
#pragma once

#include <span>

#include "sql/ast/query.h"
#include "sql/catalog.h"
#include "sql/connector_info.h"
#include "sql/settings.h"

namespace weir::sql {

class OptionCheck {
 public:
  OptionCheck(const Registry& registry, const SourceText& source)
      : registry_(registry), source_(source) {}

  // All of a WITH clause. `span` is where a missing option is reported.
  [[nodiscard]] Status check(const OptionMap& options, std::span<const ast::OptionEntry> written,
                             Span span) const;
  // A metadata column's key: its type and whether it can be written.
  [[nodiscard]] Result<MetadataInfo> metadata(const OptionMap& options, std::string_view key,
                                              Span span) const;
  // The table with the options of a hint over its own.
  [[nodiscard]] Result<TableRef> with_hints(TableRef table, std::span<const ast::OptionEntry> hints,
                                            const Settings& settings) const;
  [[nodiscard]] Status readable(const Table& table, Span span) const;
  [[nodiscard]] Status writable(const Table& table, Span span) const;

 private:
  struct Known {
    std::string key;
    const OptionInfo* info;
  };
  [[nodiscard]] Result<const ConnectorInfo*> connector(const OptionMap& options,
                                                       std::span<const ast::OptionEntry> written,
                                                       Span span) const;
  // Options of the connector and of its formats, with their prefixes.
  [[nodiscard]] Result<std::vector<Known>> known(const ConnectorInfo& connector,
                                                 const OptionMap& options,
                                                 std::span<const ast::OptionEntry> written,
                                                 Span span) const;
  [[nodiscard]] SourcePosition position_of(std::string_view key, bool value,
                                           std::span<const ast::OptionEntry> written,
                                           Span otherwise) const;

  const Registry& registry_;
  const SourceText& source_;
};

}  // namespace weir::sql
