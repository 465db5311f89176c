// JsonObject: one JSON object as a line of text, member by member in the order of the calls.
//
// For log lines, --json output and notes to people; data of tables is written by formats/. Names
// must not repeat (it is not checked). Bytes that are no UTF-8 become U+FFFD. A value; one thread.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view text);
  JsonObject& add(std::string_view name, const char* text) {
    return add(name, std::string_view(text));
  }
  template <std::integral T>
  JsonObject& add(std::string_view name, T number) {
    if constexpr (std::same_as<T, bool>) {
      return add_raw(name, number ? "true" : "false");
    } else {
      return add_raw(name, std::to_string(number));
    }
  }
  JsonObject& add_null(std::string_view name) { return add_raw(name, "null"); }
  JsonObject& add(std::string_view name, const JsonObject& object) {
    return add_raw(name, object.text());
  }
  JsonObject& add(std::string_view name, std::span<const JsonObject> objects);
  JsonObject& add(std::string_view name, const std::vector<std::string>& texts);

  // On one line, without a line end.
  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  JsonObject& add_raw(std::string_view name, std::string_view json);

  std::string members_;
};

}  // namespace weir
