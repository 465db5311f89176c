// Settings: what SET has set in a session, checked against the table of known keys.
//
// A plain value; a plan holds a copy of what was set when it was made. Keys are Flink's, or weir's
// own (`weir.*`). A key that neither knows is refused with the nearest name, unless it belongs to
// a family that a script for a cluster may carry (taskmanager.*, kubernetes.*, ...), which is
// accepted and does nothing. Old spellings (execution.savepoint.path) are stored under the new
// one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/connector_info.h"

namespace weir::sql {

struct SettingInfo {
  enum class Use : uint8_t {
    kHonoured,  // it does what it says
    kAccepted,  // valid, and without effect here
  };
  std::string_view key;
  OptionType type = OptionType::kString;
  std::string_view default_value;  // empty: none
  Use use = Use::kHonoured;
  std::vector<std::string_view> choices;
  std::string_view doc;
};

// All keys that are known by name, in order (setting_keys.cc).
[[nodiscard]] const std::vector<SettingInfo>& all_settings();
// Null when there is none.
[[nodiscard]] const SettingInfo* find_setting(std::string_view key);

class Settings {
 public:
  // What the user should be told, if anything ("accepted, but has no effect here").
  Result<std::optional<std::string>> set(std::string_view key, std::string_view value);
  // Back to the default; an unknown key is no error.
  void reset(std::string_view key);
  void reset_all() { values_.clear(); }

  // What was set, else the default, else an empty text.
  [[nodiscard]] std::string text(std::string_view key) const;
  // The same, parsed; the key must be in all_settings() with that type.
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] int64_t integer(std::string_view key) const;
  [[nodiscard]] int64_t duration_ms(std::string_view key) const;
  [[nodiscard]] int64_t memory_bytes(std::string_view key) const;
  [[nodiscard]] bool is_set(std::string_view key) const;
  // In order of key.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& values() const {
    return values_;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace weir::sql
