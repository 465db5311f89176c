#include "plan/session.h"

#include <algorithm>

#include "base/nearest.h"
#include "functions/aggregate/aggregate.h"
#include "functions/function.h"
#include "plan/explain.h"
#include "plan/planner.h"
#include "sql/binder/table_binder.h"
#include "sql/show.h"

namespace weir::plan {
namespace {

namespace ast = sql::ast;

ResultRows to_rows(sql::TextRows text) { return {std::move(text.schema), std::move(text.rows)}; }

ResultRows one_text(std::string column, std::string text) {
  ResultRows out;
  out.schema = types::Schema({{std::move(column), types::LogicalType::string()}});
  out.rows.push_back({std::move(text)});
  return out;
}

// What one statement does to a session. One overload a statement.
class Executor {
 public:
  Executor(const sql::Registry& registry, sql::Catalog& catalog, sql::Settings& settings,
           const sql::ParsedStatement& statement)
      : registry_(registry),
        catalog_(catalog),
        settings_(settings),
        source_(statement.source),
        span_(statement.statement->span) {}

  Result<Outcome> operator()(const ast::QueryStatement& statement) {
    auto query = WEIR_TRY(sql::QueryBinder(context(), *source_).bind(*statement.query));
    return Query{WEIR_TRY(plan_query(query, settings_))};
  }

  Result<Outcome> operator()(const ast::Insert& insert) {
    const auto bound = WEIR_TRY(bind_all({&insert, 1}));
    return Job{WEIR_TRY(plan_inserts(bound, settings_))};
  }

  Result<Outcome> operator()(const ast::StatementSet& set) {
    const auto bound = WEIR_TRY(bind_all(set.inserts));
    return Job{WEIR_TRY(plan_inserts(bound, settings_))};
  }

  Result<Outcome> operator()(const ast::CreateTable& definition) {
    auto table = WEIR_TRY(sql::bind_table(context(), *source_, definition));
    return done(catalog_.create_table(std::move(table), definition.if_not_exists),
                definition.name.span);
  }

  Result<Outcome> operator()(const ast::CreateView& definition) {
    auto view = WEIR_TRY(sql::bind_view(context(), source_, definition));
    return done(catalog_.create_view(std::move(view), definition.if_not_exists),
                definition.name.span);
  }

  Result<Outcome> operator()(const ast::CreateDatabase& definition) {
    const auto path = WEIR_TRY(database_path(definition.name));
    return done(catalog_.create_database(path.first, path.second, definition.if_not_exists),
                definition.name.span);
  }

  Result<Outcome> operator()(const ast::CreateCatalog& definition) {
    std::string type;
    sql::Span type_span = definition.name.span;
    for (const auto& option : definition.options) {
      if (option.key != "type") continue;
      type = option.value;
      type_span = option.value_span;
    }
    if (type != "generic_in_memory") {
      return unsupported(type.empty() ? "a catalog needs a 'type'"
                                      : fmt::format("not offered yet: catalogs of type '{}'", type))
          .hint("there is 'generic_in_memory'")
          .at(source_->position(type_span));
    }
    return done(catalog_.create_catalog(definition.name.name, definition.if_not_exists),
                definition.name.span);
  }

  Result<Outcome> operator()(const ast::Drop& drop) {
    switch (drop.kind) {
      case ast::Drop::Kind::kTable:
        return done(
            catalog_.drop_table(WEIR_TRY(resolve(drop.name)), drop.temporary, drop.if_exists),
            drop.name.span);
      case ast::Drop::Kind::kView:
        return done(
            catalog_.drop_view(WEIR_TRY(resolve(drop.name)), drop.temporary, drop.if_exists),
            drop.name.span);
      case ast::Drop::Kind::kDatabase: {
        const auto path = WEIR_TRY(database_path(drop.name));
        return done(catalog_.drop_database(path.first, path.second, drop.if_exists, drop.cascade),
                    drop.name.span);
      }
      case ast::Drop::Kind::kCatalog:
        return done(catalog_.drop_catalog(drop.name.parts[0].name, drop.if_exists), drop.name.span);
    }
    return Done{};
  }

  Result<Outcome> operator()(const ast::Set& set) {
    if (set.key.empty()) {
      ResultRows out;
      out.schema = types::Schema(
          {{"key", types::LogicalType::string()}, {"value", types::LogicalType::string()}});
      for (const auto& [key, value] : settings_.values()) out.rows.push_back({key, value});
      return out;
    }
    auto notice = settings_.set(set.key, set.value);
    if (!notice.has_value()) {
      const bool bad_value = notice.error().message().starts_with("Invalid value");
      return std::move(notice).error().at(
          source_->position(bad_value ? set.value_span : set.key_span));
    }
    return Done{notice->value_or("")};
  }

  Result<Outcome> operator()(const ast::Reset& reset) {
    if (reset.key.empty()) {
      settings_.reset_all();
    } else {
      settings_.reset(reset.key);
    }
    return Done{};
  }

  Result<Outcome> operator()(const ast::Use& use) {
    switch (use.kind) {
      case ast::Use::Kind::kCatalog:
        return done(catalog_.use_catalog(use.name.parts[0].name), use.name.span);
      case ast::Use::Kind::kDatabase: {
        const auto path = WEIR_TRY(database_path(use.name));
        return done(catalog_.use_database(path.first, path.second), use.name.span);
      }
      case ast::Use::Kind::kModules:
        for (const auto& module : use.name.parts) {
          if (module.name == "core") continue;
          return not_found(fmt::format("No module with name '{}' exists", module.name))
              .hint("there is one: core")
              .at(source_->position(module.span));
        }
        return Done{};
    }
    return Done{};
  }

  Result<Outcome> operator()(const ast::Show& show) {
    using Kind = ast::Show::Kind;
    switch (show.kind) {
      case Kind::kCatalogs: return names("catalog name", catalog_.catalogs(), show);
      case Kind::kDatabases: {
        const auto& parts = show.name.parts;
        return names("database name",
                     catalog_.databases(parts.empty() ? catalog_.current_catalog() : parts[0].name),
                     show);
      }
      case Kind::kTables:
      case Kind::kViews: {
        std::pair path(catalog_.current_catalog(), catalog_.current_database());
        if (!show.name.parts.empty()) path = WEIR_TRY(database_path(show.name));
        if (show.kind == Kind::kTables) {
          return names("table name", catalog_.tables(path.first, path.second), show);
        }
        return names("view name", catalog_.views(path.first, path.second), show);
      }
      case Kind::kFunctions: return names("function name", function_names(), show);
      case Kind::kModules: return names("module name", std::vector<std::string>{"core"}, show);
      case Kind::kJars: return names("jars", std::vector<std::string>{}, show);
      case Kind::kCurrentCatalog:
        return one_text("current catalog name", catalog_.current_catalog());
      case Kind::kCurrentDatabase:
        return one_text("current database name", catalog_.current_database());
      case Kind::kColumns: return columns(show);
      case Kind::kCreateTable:
      case Kind::kCreateView: return show_create(show);
    }
    return Done{};
  }

  Result<Outcome> operator()(const ast::Describe& statement) {
    return to_rows(sql::describe(WEIR_TRY(find(statement.name))));
  }

  Result<Outcome> operator()(const ast::Explain& explain) {
    if (explain.query) {
      auto query = WEIR_TRY(sql::QueryBinder(context(), *source_).bind(*explain.query));
      const auto plan = WEIR_TRY(plan_query(query, settings_));
      return one_text("result", explain_query(query, plan, explain.changelog_mode));
    }
    const auto bound = explain.insert.has_value() ? WEIR_TRY(bind_all({&*explain.insert, 1}))
                                                  : WEIR_TRY(bind_all(explain.set->inserts));
    const auto plan = WEIR_TRY(plan_inserts(bound, settings_));
    return one_text("result", explain_inserts(bound, plan, explain.changelog_mode));
  }

  Result<Outcome> operator()(const ast::AddJar& jar) {
    return Done{
        fmt::format("{} JAR '{}' is accepted and does nothing: connectors and formats are "
                    "built in.",
                    jar.remove ? "REMOVE" : "ADD", jar.path)};
  }

 private:
  [[nodiscard]] sql::BindContext context() const { return {catalog_, registry_, settings_}; }

  Error here(Error error, sql::Span span) const {
    return error.position().has_value() ? error : std::move(error).at(source_->position(span));
  }

  template <typename T>
  Result<Outcome> done(const Result<T>& result, sql::Span span) const {
    if (!result.has_value()) return here(result.error(), span);
    return Done{};
  }

  Result<sql::ObjectName> resolve(const ast::QualifiedName& name) const {
    auto resolved = catalog_.resolve(name.names());
    if (!resolved.has_value()) return here(std::move(resolved).error(), name.span);
    return resolved;
  }

  Result<std::pair<std::string, std::string>> database_path(const ast::QualifiedName& name) const {
    const auto& parts = name.parts;
    if (parts.size() == 1) return std::pair(catalog_.current_catalog(), parts[0].name);
    if (parts.size() == 2) return std::pair(parts[0].name, parts[1].name);
    return here(invalid("a database's name has at most two parts: catalog.database"), name.span);
  }

  Result<sql::CatalogObject> find(const ast::QualifiedName& name) const {
    const auto resolved = WEIR_TRY(resolve(name));
    auto found = catalog_.find(resolved);
    if (found.has_value()) return std::move(*found);
    const auto known = catalog_.tables(resolved.catalog, resolved.database);
    return not_found(fmt::format("Tables or views with the identifier '{}' doesn't exist.",
                                 resolved.dotted()))
        .hint(known.has_value() ? nearest_hint(resolved.object, *known) : "")
        .at(source_->position(name.span));
  }

  Result<std::vector<sql::BoundInsert>> bind_all(std::span<const ast::Insert> inserts) const {
    std::vector<sql::BoundInsert> bound;
    for (const auto& insert : inserts) {
      bound.push_back(WEIR_TRY(sql::bind_insert(context(), *source_, insert)));
    }
    return bound;
  }

  Result<Outcome> names(std::string column, Result<std::vector<std::string>> found,
                        const ast::Show& show) const {
    if (!found.has_value()) return here(std::move(found).error(), span_);
    return to_rows(sql::name_rows(std::move(column), std::move(*found), show));
  }

  static std::vector<std::string> function_names() {
    std::vector<std::string> names;
    const auto is_name = [](std::string_view name) {
      return name.front() >= 'A' && name.front() <= 'Z';
    };
    for (const auto* function : functions::all_functions()) {
      if (is_name(function->name)) names.emplace_back(function->name);
    }
    for (const auto* function : functions::all_aggregates()) names.emplace_back(function->name);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<Outcome> columns(const ast::Show& show) const {
    auto described = sql::describe(WEIR_TRY(find(show.name)));
    if (show.like.has_value()) {
      std::erase_if(described.rows, [&](const auto& row) {
        return sql::like_matches(*row[0], *show.like) == show.not_like;
      });
    }
    return to_rows(std::move(described));
  }

  Result<Outcome> show_create(const ast::Show& show) const {
    const auto object = WEIR_TRY(find(show.name));
    const bool is_view = std::holds_alternative<sql::ViewRef>(object);
    if (is_view != (show.kind == ast::Show::Kind::kCreateView)) {
      return here(invalid(is_view ? "SHOW CREATE TABLE is only supported for tables, but this is a "
                                    "view. Please use SHOW CREATE VIEW instead."
                                  : "SHOW CREATE VIEW is only supported for views, but this is a "
                                    "table. Please use SHOW CREATE TABLE instead."),
                  show.name.span);
    }
    return one_text("result", sql::create_statement(object));
  }

  const sql::Registry& registry_;
  sql::Catalog& catalog_;
  sql::Settings& settings_;
  std::shared_ptr<const sql::SourceText> source_;
  sql::Span span_;
};

}  // namespace

Session::Session(sql::Registry registry) : registry_(registry) {}

Result<std::vector<sql::ParsedStatement>> Session::parse_script(std::string_view text,
                                                                std::string_view file) {
  return sql::parse_script(text, file);
}

Result<Outcome> Session::execute(const sql::ParsedStatement& statement) {
  return std::visit(Executor(registry_, catalog_, settings_, statement), statement.statement->body);
}

}  // namespace weir::plan
