#include "base/json_object.h"

#include <nlohmann/json.hpp>

namespace weir {
namespace {

std::string quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

JsonObject& JsonObject::add_raw(std::string_view name, std::string_view json) {
  if (!members_.empty()) members_ += ',';
  members_ += quoted(name);
  members_ += ':';
  members_ += json;
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::string_view text) {
  return add_raw(name, quoted(text));
}

JsonObject& JsonObject::add(std::string_view name, std::span<const JsonObject> objects) {
  std::string list = "[";
  for (const JsonObject& object : objects) {
    if (list.size() > 1) list += ',';
    list += object.text();
  }
  return add_raw(name, list + "]");
}

JsonObject& JsonObject::add(std::string_view name, const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ',';
    list += quoted(std::string_view(text));
  }
  return add_raw(name, list + "]");
}

}  // namespace weir
