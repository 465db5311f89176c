// What the SQL layer must know of a connector and of a format to check CREATE TABLE.
//
// connectors/ and formats/ own the implementations and hand rows of this shape down through
// server/; option checks, error texts, docs and the web form all come from the option table.
// Constants that live for the whole program; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "types/logical_type.h"

namespace weir::sql {

enum class OptionType : uint8_t {
  kString,
  kBoolean,
  kInteger,
  kDouble,
  kDuration,    // Flink's: "5 s", "1min", "200 ms"
  kMemorySize,  // "128 mb"
  kEnum,        // one of `choices`
  kStringList,  // ';' between
};

struct OptionInfo {
  std::string_view key;  // ends in ".*" for a family of keys (properties.*, fields.*)
  OptionType type = OptionType::kString;
  bool required = false;
  std::optional<std::string_view> default_value;
  std::vector<std::string_view> choices;  // only kEnum
  std::string_view doc;                   // one sentence
};

struct MetadataInfo {
  std::string_view key;  // "topic", "timestamp"
  types::LogicalType type;
  bool writable = false;
};

struct ConnectorInfo {
  std::string_view name;
  std::string_view doc;
  bool source = false;
  bool sink = false;
  bool bounded_by_default = false;  // a source that ends by itself (filesystem without monitoring)
  bool needs_format = false;        // 'format' (or value.format) is required
  std::vector<OptionInfo> options;  // without the format's own
  std::vector<MetadataInfo> metadata;
};

struct FormatInfo {
  std::string_view name;
  std::string_view doc;
  bool decodes = false;
  bool encodes = false;
  std::vector<OptionInfo> options;  // without the "<name>." prefix
  std::vector<MetadataInfo> metadata;
};

// The registered rows, handed in by the top.
struct Registry {
  std::span<const ConnectorInfo* const> connectors;
  std::span<const FormatInfo* const> formats;
};

}  // namespace weir::sql
