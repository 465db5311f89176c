#include "connectors/kafka/kafka_target.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/broker.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr std::string_view kServers = "properties.bootstrap.servers";
constexpr std::string_view kEmbedded = "embedded";
constexpr int64_t kMaxPort = 65535;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

struct Server {
  std::string_view host;  // an IPv6 address keeps its brackets
  uint16_t port = 0;      // 0: none given
};

Server split_server(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return {text, 0};
  const auto port = types::parse_integer(text.substr(colon + 1));
  if (!port || *port < 1 || *port > kMaxPort) return {text, 0};
  return {text.substr(0, colon), static_cast<uint16_t>(*port)};
}

bool is_own_address(const broker::Broker& broker, const Server& server) {
  if (server.port == 0 || server.port != broker.port()) return false;
  return server.host == "localhost" || server.host == "127.0.0.1" || server.host == "[::1]";
}

// Where one server really is: an address or "embedded".
std::string resolve(const Environment& environment, std::string_view server) {
  const auto parts = split_server(server);
  const auto& endpoints = environment.endpoints;
  if (const auto found = endpoints.find(std::string(server)); found != endpoints.end()) {
    return found->second;
  }
  if (const auto found = endpoints.find(std::string(parts.host)); found != endpoints.end()) {
    const bool keeps_port = found->second != kEmbedded && parts.port != 0 &&
                            found->second.find(':') == std::string::npos;
    return keeps_port ? fmt::format("{}:{}", found->second, parts.port) : found->second;
  }
  if (environment.broker != nullptr) {
    const bool known = std::ranges::find(kEmbeddedHosts, parts.host) != kEmbeddedHosts.end();
    if (known && parts.port == kEmbeddedPort) return std::string(kEmbedded);
    if (is_own_address(*environment.broker, parts)) return std::string(kEmbedded);
  }
  return std::string(server);
}

}  // namespace

Result<KafkaTarget> find_target(const Environment& environment, const TableOptions& options) {
  std::string_view rest = WEIR_TRY(options.required(kServers));
  KafkaTarget target;
  bool first = true;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view server = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (server.empty()) continue;
    const std::string resolved = resolve(environment, server);
    if (first && resolved == kEmbedded) {
      if (environment.broker != nullptr) return KafkaTarget{true, {}};
      return unsupported(fmt::format("no broker runs here that could stand for {}", server))
          .hint("run the pipeline with `weir run`, which brings a broker");
    }
    first = false;
    if (resolved == kEmbedded) continue;
    if (split_server(resolved).port == 0) {
      return options.bad(kServers, fmt::format("'{}' is not host:port", resolved));
    }
    if (!target.servers.empty()) target.servers += ',';
    target.servers += resolved;
  }
  if (target.servers.empty()) return options.bad(kServers, "names no server");
  return target;
}

}  // namespace weir::connectors
