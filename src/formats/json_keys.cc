#include "formats/json_keys.h"

#include <cstring>

#include "types/utf8.h"

namespace weir::formats {

JsonKeys::JsonKeys(const std::vector<types::Field>& fields) : keys_(2) {
  for (size_t i = 0; i < fields.size(); ++i) learn(fields[i].name, static_cast<int>(i));
}

uint32_t JsonKeys::learn(std::string_view name, int field) {
  const auto number = static_cast<uint32_t>(keys_.size());
  Key key;
  key.field = field;
  key.size = static_cast<uint32_t>(name.size()) + 3;
  // A key that does not fit, that is written with escapes, or that must be found to be no UTF-8
  // each time it comes, is looked up each time.
  const bool plain =
      name.find_first_of("\"\\") == std::string_view::npos && types::is_valid_utf8(name);
  if (key.size <= key.quoted.size() && plain) {
    key.quoted[0] = '"';
    std::memcpy(key.quoted.data() + 1, name.data(), name.size());
    key.quoted[name.size() + 1] = '"';
    key.quoted[name.size() + 2] = ':';
    key.mask = key.size == 32 ? 0xFFFFFFFFU : (1U << key.size) - 1;
  }
  keys_.push_back(key);
  index_.emplace(std::string(name), number);
  return number;
}

bool JsonKeys::look_up(JsonCursor& cursor, int& field) {
  ++cursor.at;
  std::string_view name;
  bool escaped = false;
  if (!scan_string(cursor, name, escaped)) return false;
  std::string plain;
  if (escaped) {
    if (!unescape(name, plain)) return cursor.fail("an escape that JSON does not have");
    name = plain;
  }
  const auto found = index_.find(std::string(name));
  uint32_t number = kUnknown;
  if (found != index_.end()) {
    number = found->second;
  } else if (keys_.size() < kMostKeys) {
    number = learn(name, kUnwanted);
  }
  field = keys_[number].field;
  keys_[last_].next = number;
  last_ = number;
  return cursor.expect(':', "a colon must follow a field name");
}

}  // namespace weir::formats
