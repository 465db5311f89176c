#include "server/config.h"

#include <yaml-cpp/yaml.h>

#include <limits>

#include "base/nearest.h"
#include "net/host_map.h"

namespace weir::server {
namespace {

class ConfigReader {
 public:
  explicit ConfigReader(const std::string& file) : file_(file) {}

  [[nodiscard]] SourcePosition position(const YAML::Mark& mark) const {
    return {file_, mark.line + 1, mark.column + 1, {}, 1};
  }

  // Calls `handle(key, value)` for each entry; `handle` returns false for a key it does not know.
  template <typename Handle>
  Status each(const YAML::Node& node, const std::string& what,
              const std::vector<std::string>& known, Handle&& handle) const {
    if (!node.IsMap()) {
      return invalid(what + " must hold `key: value` lines").at(position(node.Mark()));
    }
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>();
      const Result<bool> done = handle(key, entry.second);
      if (!done.has_value()) return done.error();
      if (!*done) {
        return invalid(fmt::format("{} knows no \"{}\"", what, key))
            .at(position(entry.first.Mark()))
            .hint(nearest(key, known).has_value()
                      ? nearest_hint(key, known)
                      : fmt::format("it may hold {}", fmt::join(known, ", ")));
      }
    }
    return ok();
  }

  [[nodiscard]] Result<int64_t> integer(const YAML::Node& node, const std::string& what,
                                        int64_t low, int64_t high) const {
    int64_t value = 0;
    if (!node.IsScalar() || !YAML::convert<int64_t>::decode(node, value) || value < low ||
        value > high) {
      return invalid(fmt::format("{} must be a whole number from {} to {}", what, low, high))
          .at(position(node.Mark()));
    }
    return value;
  }

  [[nodiscard]] Result<std::string> text(const YAML::Node& node, const std::string& what) const {
    if (!node.IsScalar()) {
      return invalid(what + " must be one text").at(position(node.Mark()));
    }
    return node.Scalar();
  }

 private:
  std::string file_;
};

constexpr int64_t kMaxPort = std::numeric_limits<uint16_t>::max();
constexpr int64_t kMaxPartitions = 10'000;

Status read_ports(const ConfigReader& reader, const YAML::Node& node, Config& config) {
  return reader.each(node, "ports", {"kafka", "clickhouse"},
                     [&](const std::string& key, const YAML::Node& value) -> Result<bool> {
                       if (key != "kafka" && key != "clickhouse") return false;
                       const auto port = static_cast<uint16_t>(
                           WEIR_TRY(reader.integer(value, "ports." + key, 0, kMaxPort)));
                       (key == "kafka" ? config.kafka_port : config.clickhouse_port) = port;
                       return true;
                     });
}

Status read_topics(const ConfigReader& reader, const YAML::Node& node, Config& config) {
  return reader.each(
      node, "topics", {}, [&](const std::string& topic, const YAML::Node& value) -> Result<bool> {
        TopicConfig made{config.default_partitions};
        if (!value.IsNull()) {
          WEIR_TRY(
              reader.each(value, "topics." + topic, {"partitions"},
                          [&](const std::string& key, const YAML::Node& setting) -> Result<bool> {
                            if (key != "partitions") return false;
                            made.partitions = static_cast<int32_t>(
                                WEIR_TRY(reader.integer(setting, "partitions", 1, kMaxPartitions)));
                            return true;
                          }));
        }
        config.topics[topic] = made;
        return true;
      });
}

Status read_defaults(const ConfigReader& reader, const YAML::Node& node, Config& config) {
  return reader.each(
      node, "defaults", {"partitions", "durability"},
      [&](const std::string& key, const YAML::Node& value) -> Result<bool> {
        if (key == "partitions") {
          config.default_partitions = static_cast<int32_t>(
              WEIR_TRY(reader.integer(value, "defaults.partitions", 1, kMaxPartitions)));
          return true;
        }
        if (key == "durability") {
          const std::string mode = WEIR_TRY(reader.text(value, "defaults.durability"));
          if (mode != "fsync" && mode != "os") {
            return invalid("defaults.durability must be fsync or os")
                .at(reader.position(value.Mark()));
          }
          config.fsync = mode == "fsync";
          return true;
        }
        return false;
      });
}

Status read_endpoints(const ConfigReader& reader, const YAML::Node& node, Config& config) {
  return reader.each(
      node, "endpoints", {}, [&](const std::string& name, const YAML::Node& value) -> Result<bool> {
        const std::string to = WEIR_TRY(reader.text(value, "endpoints." + name));
        const std::string target = to == kEmbedded ? "127.0.0.1" : to;
        if (!net::parse_host_mapping(name + "=" + target).has_value()) {
          return invalid(fmt::format("cannot map endpoint \"{}\" to \"{}\"", name, to))
              .at(reader.position(value.Mark()))
              .hint("write  host:port: embedded  or  host:port: other-host:port");
        }
        config.endpoints[name] = to;
        return true;
      });
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& file) {
  Config config;
  const ConfigReader reader(file);
  // yaml-cpp reports a broken file by throwing; it ends here.
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return config;
    // Defaults first: topics use them wherever they stand in the file.
    if (root.IsMap() && root["defaults"]) {
      WEIR_TRY(read_defaults(reader, root["defaults"], config));
    }
    WEIR_TRY(reader.each(root, file.empty() ? "the configuration" : file,
                         {"endpoints", "ports", "topics", "defaults"},
                         [&](const std::string& key, const YAML::Node& value) -> Result<bool> {
                           if (key == "endpoints") {
                             WEIR_TRY(read_endpoints(reader, value, config));
                           } else if (key == "ports") {
                             WEIR_TRY(read_ports(reader, value, config));
                           } else if (key == "topics") {
                             WEIR_TRY(read_topics(reader, value, config));
                           } else {
                             return key == "defaults";
                           }
                           return true;
                         }));
  } catch (const YAML::Exception& error) {
    return invalid("not YAML: " + error.msg).at(reader.position(error.mark));
  }
  return config;
}

}  // namespace weir::server
