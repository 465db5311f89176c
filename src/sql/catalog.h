// Catalog: the catalogs, databases, tables and views that a session knows, by name.
//
// Tables and views are immutable once in here and shared (TableRef), so a running plan keeps the
// table that it was made from whatever happens to the name. The Catalog itself belongs to one
// session and is used by one thread at a time. Names are case sensitive. A temporary object
// shadows a permanent one of the same name, as in Flink. Failures are the user's (kNotFound,
// kExists) with Flink's words; the caller adds the position.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "sql/expression.h"
#include "types/logical_type.h"

namespace weir::sql {

namespace ast {
struct Query;
}
class SourceText;

struct ObjectName {
  std::string catalog;
  std::string database;
  std::string object;

  // `default_catalog`.`default_database`.`t`, as Flink writes it in messages and EXPLAIN.
  [[nodiscard]] std::string to_string() const;
  // default_catalog.default_database.t
  [[nodiscard]] std::string dotted() const;
  auto operator<=>(const ObjectName&) const = default;
};

// A WITH clause or a set of hints, in the order in which it was written.
class OptionMap {
 public:
  using Entry = std::pair<std::string, std::string>;

  // Null when there is none.
  [[nodiscard]] const std::string* find(std::string_view key) const;
  [[nodiscard]] std::string value_or(std::string_view key, std::string_view otherwise) const;
  // Adds or replaces.
  void set(std::string_view key, std::string value);
  void erase(std::string_view key);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  std::vector<Entry> entries_;
};

struct TableColumn {
  enum class Kind : uint8_t { kPhysical, kMetadata, kComputed };

  Kind kind = Kind::kPhysical;
  std::string name;
  // As declared (inferred for a computed one); the watermark's column carries the rowtime
  // attribute.
  types::LogicalType type;
  std::string comment;
  // kMetadata: the connector's key and type (the scan casts from it), and whether it is read only.
  std::string metadata_key;
  types::LogicalType metadata_type;
  bool is_virtual = false;
  // kComputed: over Table::base_schema(); `expression_text` is what was written.
  ExpressionRef expression;
  std::string expression_text;
};

struct Watermark {
  uint32_t column = 0;       // in Table::columns
  ExpressionRef expression;  // over Table::schema(); the column's type
  std::string expression_text;
};

struct Table {
  ObjectName name;
  bool temporary = false;
  std::vector<TableColumn> columns;  // as declared
  std::optional<Watermark> watermark;
  std::vector<std::string> primary_key;  // empty: none; NOT ENFORCED
  std::string primary_key_name;          // of the constraint; may be made up, as Flink does
  std::vector<std::string> partition_keys;
  OptionMap options;  // with those of an OPTIONS hint merged in, in a scan or a sink
  std::string comment;

  // The 'connector' option; checked at creation, so never absent from a stored table.
  [[nodiscard]] const std::string& connector() const;
  // Every column, as a query that reads the table sees it.
  [[nodiscard]] types::Schema schema() const;
  // Physical and metadata columns in their order: what computed columns are made of.
  [[nodiscard]] types::Schema base_schema() const;
  // The physical columns: what a format decodes and encodes.
  [[nodiscard]] types::Schema physical_schema() const;
  // What an INSERT fills, in order: physical columns and metadata columns that are not VIRTUAL.
  // The input of a sink has exactly these.
  [[nodiscard]] std::vector<const TableColumn*> sink_columns() const;
  [[nodiscard]] types::Schema sink_schema() const;
  // The index in `columns`, or -1.
  [[nodiscard]] int find_column(std::string_view column) const;
};

using TableRef = std::shared_ptr<const Table>;

// A view keeps its query's syntax tree; it is bound again where it is used, with the names as they
// resolved where it was created.
struct View {
  ObjectName name;
  bool temporary = false;
  std::string comment;
  types::Schema schema;    // with the names of the column list, if there was one
  std::string query_text;  // what was written after AS
  std::shared_ptr<const ast::Query> query;
  std::shared_ptr<const SourceText> source;
  std::string current_catalog;  // when it was created
  std::string current_database;
};

using ViewRef = std::shared_ptr<const View>;
using CatalogObject = std::variant<TableRef, ViewRef>;

class Catalog {
 public:
  static constexpr std::string_view kDefaultCatalog = "default_catalog";
  static constexpr std::string_view kDefaultDatabase = "default_database";

  // With `default_catalog`.`default_database`, which is current.
  Catalog();

  [[nodiscard]] const std::string& current_catalog() const { return current_catalog_; }
  [[nodiscard]] const std::string& current_database() const { return current_database_; }
  Status use_catalog(std::string_view catalog);
  Status use_database(std::string_view catalog, std::string_view database);

  Status create_catalog(const std::string& catalog, bool if_not_exists);
  Status drop_catalog(const std::string& catalog, bool if_exists);
  Status create_database(const std::string& catalog, const std::string& database,
                         bool if_not_exists);
  Status drop_database(const std::string& catalog, const std::string& database, bool if_exists,
                       bool cascade);

  // One to three parts, completed by what is current. More parts are kInvalid.
  [[nodiscard]] Result<ObjectName> resolve(const std::vector<std::string>& parts) const;

  // False: there was one already and `if_not_exists` holds.
  Result<bool> create_table(TableRef table, bool if_not_exists);
  Result<bool> create_view(ViewRef view, bool if_not_exists);
  // `temporary`: DROP TEMPORARY ...; false: there was none and `if_exists` holds.
  Result<bool> drop_table(const ObjectName& name, bool temporary, bool if_exists);
  Result<bool> drop_view(const ObjectName& name, bool temporary, bool if_exists);

  // Nothing when there is none of that name.
  [[nodiscard]] std::optional<CatalogObject> find(const ObjectName& name) const;

  // All in order of name.
  [[nodiscard]] std::vector<std::string> catalogs() const;
  [[nodiscard]] Result<std::vector<std::string>> databases(std::string_view catalog) const;
  // Tables and views (SHOW TABLES lists both, as Flink does), without their path.
  [[nodiscard]] Result<std::vector<std::string>> tables(std::string_view catalog,
                                                        std::string_view database) const;
  [[nodiscard]] Result<std::vector<std::string>> views(std::string_view catalog,
                                                       std::string_view database) const;

 private:
  using Objects = std::map<std::string, CatalogObject>;
  struct Database {
    Objects permanent;
    Objects temporary;
  };
  using Databases = std::map<std::string, Database>;

  [[nodiscard]] Result<const Database*> database(std::string_view catalog,
                                                 std::string_view database) const;
  Result<bool> create(const ObjectName& name, CatalogObject object, bool temporary,
                      bool if_not_exists);
  template <typename Kind>
  Result<bool> drop(const ObjectName& name, bool temporary, bool if_exists, std::string_view what);

  std::map<std::string, Databases> catalogs_;
  std::string current_catalog_;
  std::string current_database_;
};

}  // namespace weir::sql
