// All formats, a line each.
#include "formats/format.h"
#include "formats/json.h"

namespace weir::formats {

std::span<const Format* const> all_formats() {
  static const std::vector<const Format*> formats{
      &json_format(),
  };
  return formats;
}

const Format* find_format(std::string_view name) {
  for (const Format* format : all_formats()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

}  // namespace weir::formats
