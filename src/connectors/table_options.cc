#include "connectors/table_options.h"

#include <fmt/format.h>

#include "sql/option_value.h"

namespace weir::connectors {

namespace {

template <typename T>
Result<std::optional<T>> present(Result<T> parsed, const TableOptions& options,
                                 std::string_view key) {
  if (!parsed.has_value()) return options.bad(key, parsed.error().message());
  return std::optional<T>(*parsed);
}

}  // namespace

std::optional<std::string_view> TableOptions::find(std::string_view key) const {
  if (const auto* value = table_.options.find(key)) return *value;
  for (const auto& option : info_.options) {
    if (option.key == key) return option.default_value;
  }
  return std::nullopt;
}

std::string_view TableOptions::text(std::string_view key) const {
  return find(key).value_or(std::string_view{});
}

Result<std::string_view> TableOptions::required(std::string_view key) const {
  const auto value = find(key);
  if (value.has_value() && !value->empty()) return *value;
  return bad(key, "is required and has no value");
}

Result<std::optional<int64_t>> TableOptions::integer(std::string_view key) const {
  const auto value = find(key);
  if (!value.has_value()) return std::optional<int64_t>{};
  return present(sql::parse_integer(*value), *this, key);
}

Result<std::optional<int64_t>> TableOptions::duration_ms(std::string_view key) const {
  const auto value = find(key);
  if (!value.has_value()) return std::optional<int64_t>{};
  return present(sql::parse_duration_ms(*value), *this, key);
}

Result<std::optional<int64_t>> TableOptions::memory_size(std::string_view key) const {
  const auto value = find(key);
  if (!value.has_value()) return std::optional<int64_t>{};
  return present(sql::parse_memory_size(*value), *this, key);
}

Result<bool> TableOptions::boolean(std::string_view key) const {
  const auto value = find(key);
  if (!value.has_value()) return false;
  auto parsed = sql::parse_boolean(*value);
  if (!parsed.has_value()) return bad(key, parsed.error().message());
  return *parsed;
}

std::vector<std::string> TableOptions::list(std::string_view key) const {
  return sql::parse_list(text(key));
}

std::vector<std::pair<std::string, std::string>> TableOptions::family(
    std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [key, value] : table_.options.entries()) {
    if (std::string_view(key).starts_with(prefix)) {
      found.emplace_back(key.substr(prefix.size()), value);
    }
  }
  return found;
}

Error TableOptions::bad(std::string_view key, std::string_view what) const {
  return invalid(fmt::format("option '{}' of table {}: {}", key, table_.name.object, what));
}

}  // namespace weir::connectors
