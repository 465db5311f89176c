#include "sql/catalog.h"

#include "base/check.h"
#include "base/nearest.h"

namespace weir::sql {
namespace {

std::string in_backticks(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out.push_back('`');
    out.push_back(c);
  }
  return out + "`";
}

template <typename Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace

std::string ObjectName::to_string() const {
  return in_backticks(catalog) + "." + in_backticks(database) + "." + in_backticks(object);
}

std::string ObjectName::dotted() const { return catalog + "." + database + "." + object; }

const std::string* OptionMap::find(std::string_view key) const {
  for (const auto& entry : entries_) {
    if (entry.first == key) return &entry.second;
  }
  return nullptr;
}

std::string OptionMap::value_or(std::string_view key, std::string_view otherwise) const {
  const auto* value = find(key);
  return value != nullptr ? *value : std::string(otherwise);
}

void OptionMap::set(std::string_view key, std::string value) {
  for (auto& entry : entries_) {
    if (entry.first == key) {
      entry.second = std::move(value);
      return;
    }
  }
  entries_.emplace_back(key, std::move(value));
}

void OptionMap::erase(std::string_view key) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == key; });
}

const std::string& Table::connector() const {
  const auto* connector = options.find("connector");
  WEIR_CHECK(connector != nullptr, "a stored table has a connector");
  return *connector;
}

types::Schema Table::schema() const {
  std::vector<types::Field> fields;
  for (const auto& column : columns) fields.push_back({column.name, column.type});
  return types::Schema(std::move(fields));
}

types::Schema Table::base_schema() const {
  std::vector<types::Field> fields;
  for (const auto& column : columns) {
    if (column.kind == TableColumn::Kind::kComputed) continue;
    fields.push_back({column.name, column.type.with_time_attribute(types::TimeAttribute::kNone)});
  }
  return types::Schema(std::move(fields));
}

types::Schema Table::physical_schema() const {
  std::vector<types::Field> fields;
  for (const auto& column : columns) {
    if (column.kind != TableColumn::Kind::kPhysical) continue;
    fields.push_back({column.name, column.type.with_time_attribute(types::TimeAttribute::kNone)});
  }
  return types::Schema(std::move(fields));
}

std::vector<const TableColumn*> Table::sink_columns() const {
  std::vector<const TableColumn*> out;
  for (const auto& column : columns) {
    if (column.kind == TableColumn::Kind::kComputed || column.is_virtual) continue;
    out.push_back(&column);
  }
  return out;
}

types::Schema Table::sink_schema() const {
  std::vector<types::Field> fields;
  for (const auto* column : sink_columns()) {
    fields.push_back({column->name, column->type.with_time_attribute(types::TimeAttribute::kNone)});
  }
  return types::Schema(std::move(fields));
}

int Table::find_column(std::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return static_cast<int>(i);
  }
  return -1;
}

Catalog::Catalog() : current_catalog_(kDefaultCatalog), current_database_(kDefaultDatabase) {
  catalogs_[current_catalog_][current_database_] = {};
}

Status Catalog::use_catalog(std::string_view catalog) {
  const auto found = catalogs_.find(std::string(catalog));
  if (found == catalogs_.end()) {
    return not_found(fmt::format("A catalog with name [{}] does not exist.", catalog))
        .hint(nearest_hint(catalog, keys_of(catalogs_)));
  }
  current_catalog_ = catalog;
  current_database_ = found->second.empty() || found->second.contains(std::string(kDefaultDatabase))
                          ? std::string(kDefaultDatabase)
                          : found->second.begin()->first;
  return ok();
}

Status Catalog::use_database(std::string_view catalog, std::string_view database) {
  (void)WEIR_TRY(this->database(catalog, database));
  current_catalog_ = catalog;
  current_database_ = database;
  return ok();
}

Status Catalog::create_catalog(const std::string& catalog, bool if_not_exists) {
  if (catalogs_.contains(catalog)) {
    if (if_not_exists) return ok();
    return already_exists(fmt::format("Catalog {} already exists.", catalog));
  }
  catalogs_[catalog][std::string("default")] = {};
  return ok();
}

Status Catalog::drop_catalog(const std::string& catalog, bool if_exists) {
  if (!catalogs_.contains(catalog)) {
    if (if_exists) return ok();
    return not_found(fmt::format("A catalog with name [{}] does not exist.", catalog))
        .hint(nearest_hint(catalog, keys_of(catalogs_)));
  }
  if (catalog == current_catalog_)
    return invalid("Cannot drop a catalog which is currently in use.");
  catalogs_.erase(catalog);
  return ok();
}

Status Catalog::create_database(const std::string& catalog, const std::string& database,
                                bool if_not_exists) {
  const auto found = catalogs_.find(catalog);
  if (found == catalogs_.end()) {
    return not_found(fmt::format("A catalog with name [{}] does not exist.", catalog))
        .hint(nearest_hint(catalog, keys_of(catalogs_)));
  }
  if (found->second.contains(database)) {
    if (if_not_exists) return ok();
    return already_exists(
        fmt::format("Database {} already exists in Catalog {}.", database, catalog));
  }
  found->second[database] = {};
  return ok();
}

Status Catalog::drop_database(const std::string& catalog, const std::string& database,
                              bool if_exists, bool cascade) {
  const auto found = this->database(catalog, database);
  if (!found.has_value()) {
    if (if_exists) return ok();
    return found.error();
  }
  if (catalog == current_catalog_ && database == current_database_) {
    return invalid("Cannot drop a database which is currently in use.");
  }
  if (!cascade && !((*found)->permanent.empty() && (*found)->temporary.empty())) {
    return invalid(fmt::format("Database {} in catalog {} is not empty.", database, catalog))
        .hint("DROP DATABASE ... CASCADE drops what is in it as well");
  }
  catalogs_[catalog].erase(database);
  return ok();
}

Result<ObjectName> Catalog::resolve(const std::vector<std::string>& parts) const {
  switch (parts.size()) {
    case 1: return ObjectName{current_catalog_, current_database_, parts[0]};
    case 2: return ObjectName{current_catalog_, parts[0], parts[1]};
    case 3: return ObjectName{parts[0], parts[1], parts[2]};
    default: return invalid("a name has at most three parts: catalog.database.table");
  }
}

Result<const Catalog::Database*> Catalog::database(std::string_view catalog,
                                                   std::string_view database) const {
  const auto found = catalogs_.find(std::string(catalog));
  if (found == catalogs_.end()) {
    return not_found(fmt::format("A catalog with name [{}] does not exist.", catalog))
        .hint(nearest_hint(catalog, keys_of(catalogs_)));
  }
  const auto inside = found->second.find(std::string(database));
  if (inside == found->second.end()) {
    return not_found(fmt::format("Database {} does not exist in Catalog {}.", database, catalog))
        .hint(nearest_hint(database, keys_of(found->second)));
  }
  return &inside->second;
}

Result<bool> Catalog::create(const ObjectName& name, CatalogObject object, bool temporary,
                             bool if_not_exists) {
  (void)WEIR_TRY(database(name.catalog, name.database));
  Database& database = catalogs_[name.catalog][name.database];
  Objects& objects = temporary ? database.temporary : database.permanent;
  if (objects.contains(name.object)) {
    if (if_not_exists) return false;
    return already_exists(fmt::format("{} with identifier '{}' already exists.",
                                      temporary ? "Temporary table" : "Table", name.to_string()));
  }
  objects[name.object] = std::move(object);
  return true;
}

Result<bool> Catalog::create_table(TableRef table, bool if_not_exists) {
  const ObjectName name = table->name;
  const bool temporary = table->temporary;
  return create(name, std::move(table), temporary, if_not_exists);
}

Result<bool> Catalog::create_view(ViewRef view, bool if_not_exists) {
  const ObjectName name = view->name;
  const bool temporary = view->temporary;
  return create(name, std::move(view), temporary, if_not_exists);
}

template <typename Kind>
Result<bool> Catalog::drop(const ObjectName& name, bool temporary, bool if_exists,
                           std::string_view what) {
  const auto found_database = database(name.catalog, name.database);
  if (!found_database.has_value()) {
    if (if_exists) return false;
    return found_database.error();
  }
  Database& database = catalogs_[name.catalog][name.database];
  Objects& objects = temporary ? database.temporary : database.permanent;
  const auto found = objects.find(name.object);
  if (found == objects.end() || !std::holds_alternative<Kind>(found->second)) {
    if (if_exists) return false;
    return not_found(fmt::format("{}{} with identifier '{}' does not exist.",
                                 temporary ? "Temporary " : "", what, name.dotted()))
        .hint(nearest_hint(name.object, keys_of(objects)));
  }
  if (!temporary && database.temporary.contains(name.object)) {
    return invalid(
        fmt::format("Temporary {} with identifier '{}' exists. Drop it first before "
                    "removing the permanent one.",
                    what == "Table" ? "table" : "view", name.to_string()));
  }
  objects.erase(found);
  return true;
}

Result<bool> Catalog::drop_table(const ObjectName& name, bool temporary, bool if_exists) {
  return drop<TableRef>(name, temporary, if_exists, "Table");
}

Result<bool> Catalog::drop_view(const ObjectName& name, bool temporary, bool if_exists) {
  return drop<ViewRef>(name, temporary, if_exists, "View");
}

std::optional<CatalogObject> Catalog::find(const ObjectName& name) const {
  const auto database = this->database(name.catalog, name.database);
  if (!database.has_value()) return std::nullopt;
  for (const Objects* objects : {&(*database)->temporary, &(*database)->permanent}) {
    const auto found = objects->find(name.object);
    if (found != objects->end()) return found->second;
  }
  return std::nullopt;
}

std::vector<std::string> Catalog::catalogs() const { return keys_of(catalogs_); }

Result<std::vector<std::string>> Catalog::databases(std::string_view catalog) const {
  const auto found = catalogs_.find(std::string(catalog));
  if (found == catalogs_.end()) {
    return not_found(fmt::format("A catalog with name [{}] does not exist.", catalog))
        .hint(nearest_hint(catalog, keys_of(catalogs_)));
  }
  return keys_of(found->second);
}

Result<std::vector<std::string>> Catalog::tables(std::string_view catalog,
                                                 std::string_view database) const {
  const Database* found = WEIR_TRY(this->database(catalog, database));
  std::map<std::string, bool> names;
  for (const Objects* objects : {&found->temporary, &found->permanent}) {
    for (const auto& [name, object] : *objects) names[name] = true;
  }
  return keys_of(names);
}

Result<std::vector<std::string>> Catalog::views(std::string_view catalog,
                                                std::string_view database) const {
  const Database* found = WEIR_TRY(this->database(catalog, database));
  std::map<std::string, bool> names;
  for (const Objects* objects : {&found->temporary, &found->permanent}) {
    for (const auto& [name, object] : *objects) {
      if (std::holds_alternative<ViewRef>(object)) names[name] = true;
    }
  }
  return keys_of(names);
}

}  // namespace weir::sql
