#include "sql/binder/scope.h"

#include "base/nearest.h"

namespace weir::sql {

bool Scope::has_qualifier(std::span<const ast::Identifier> parts) const {
  if (parts.size() > qualifier.size()) return false;
  const size_t skip = qualifier.size() - parts.size();
  for (size_t i = 0; i < parts.size(); ++i) {
    if (qualifier[skip + i] != parts[i].name) return false;
  }
  return true;
}

Result<uint32_t> Scope::resolve(const ast::QualifiedName& name, const SourceText& source) const {
  const auto& parts = name.parts;
  const std::span<const ast::Identifier> before(parts.data(), parts.size() - 1);
  const ast::Identifier& last = parts.back();
  if (!before.empty() && !has_qualifier(before)) {
    if (schema.find(parts.front().name) >= 0 || has_qualifier(before.first(1))) {
      return unsupported("not offered yet: a field of a ROW").at(source.position(name.span));
    }
    return invalid(fmt::format("Table '{}' not found", before.back().name))
        .hint(qualifier.empty() ? ""
                                : nearest_hint(before.back().name, std::array{qualifier.back()}))
        .at(source.position(before.back().span));
  }
  const int found = schema.find(last.name);
  if (found < 0) {
    auto error = invalid(qualifier.empty() ? fmt::format("Column '{}' not found", last.name)
                                           : fmt::format("Column '{}' not found in '{}'", last.name,
                                                         qualifier.back()));
    std::string hint = nearest_hint(last.name, schema.names());
    if (hint.empty() && schema.size() > 0 && schema.size() <= 12) {
      hint = fmt::format("there are {}", fmt::join(schema.names(), ", "));
    }
    return std::move(error).hint(std::move(hint)).at(source.position(last.span));
  }
  return static_cast<uint32_t>(found);
}

}  // namespace weir::sql
