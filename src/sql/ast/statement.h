// The syntax of statements, as written. See ast/expression.h for the rules.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sql/ast/query.h"

namespace weir::sql::ast {

struct ColumnDefinition {
  enum class Kind : uint8_t { kPhysical, kMetadata, kComputed };
  Kind kind = Kind::kPhysical;
  Identifier name;
  types::LogicalType type;
  Span type_span;
  std::optional<std::string> metadata_key;
  Span metadata_span;
  bool is_virtual = false;
  ExpressionPtr expression;
  std::string comment;
  bool primary_key = false;
};

struct WatermarkDefinition {
  QualifiedName column;
  ExpressionPtr expression;
};

struct PrimaryKey {
  std::string name;
  std::vector<Identifier> columns;
  Span span;
};

// LIKE t (INCLUDING ALL EXCLUDING OPTIONS ...)
struct LikeClause {
  QualifiedName table;
  struct Choice {
    std::string merge;    // INCLUDING, EXCLUDING, OVERWRITING
    std::string feature;  // ALL, OPTIONS, ...
    Span span;
  };
  std::vector<Choice> choices;
};

struct CreateTable {
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<ColumnDefinition> columns;
  std::optional<WatermarkDefinition> watermark;
  std::optional<PrimaryKey> primary_key;
  std::string comment;
  std::vector<Identifier> partition_keys;
  std::vector<OptionEntry> options;
  Span options_span;
  std::optional<LikeClause> like;
};

struct CreateView {
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<Identifier> columns;
  std::string comment;
  QueryPtr query;
};

struct CreateDatabase {
  bool if_not_exists = false;
  QualifiedName name;
  std::string comment;
  std::vector<OptionEntry> options;
};

struct CreateCatalog {
  bool if_not_exists = false;
  Identifier name;
  std::vector<OptionEntry> options;
};

struct Drop {
  enum class Kind : uint8_t { kTable, kView, kDatabase, kCatalog };
  Kind kind = Kind::kTable;
  bool temporary = false;
  bool if_exists = false;
  bool cascade = false;
  QualifiedName name;
};

struct Insert {
  QualifiedName table;
  std::vector<OptionEntry> option_hints;
  std::vector<Identifier> columns;  // empty: all of them
  QueryPtr query;
};

struct StatementSet {
  std::vector<Insert> inserts;
};

struct Set {
  std::string key;  // empty: list what is set
  std::string value;
  Span key_span;
  Span value_span;
};

struct Reset {
  std::string key;  // empty: everything
};

struct Use {
  enum class Kind : uint8_t { kCatalog, kDatabase, kModules };
  Kind kind = Kind::kDatabase;
  QualifiedName name;
};

struct Show {
  enum class Kind : uint8_t {
    kCatalogs,
    kDatabases,
    kTables,
    kViews,
    kFunctions,
    kColumns,
    kModules,
    kJars,
    kCurrentCatalog,
    kCurrentDatabase,
    kCreateTable,
    kCreateView,
  };
  Kind kind = Kind::kTables;
  QualifiedName
      name;  // the table of SHOW COLUMNS and SHOW CREATE, the database of SHOW TABLES FROM
  std::optional<std::string> like;
  bool not_like = false;
  bool ignore_case = false;  // ILIKE
};

struct Describe {
  QualifiedName name;
};

struct Explain {
  bool changelog_mode = false;
  std::optional<Insert> insert;  // one of the three
  std::optional<StatementSet> set;
  QueryPtr query;
};

struct AddJar {
  std::string path;
  bool remove = false;
};

// EXECUTE SELECT and EXECUTE INSERT are the statements that they execute.
struct QueryStatement {
  QueryPtr query;
};

struct Statement {
  using Body =
      std::variant<QueryStatement, Insert, StatementSet, CreateTable, CreateView, CreateDatabase,
                   CreateCatalog, Drop, Set, Reset, Use, Show, Describe, Explain, AddJar>;
  Body body;
  Span span;
};

}  // namespace weir::sql::ast
