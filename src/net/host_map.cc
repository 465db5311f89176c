#include "net/host_map.h"

#include <dlfcn.h>
#include <netdb.h>

#include <charconv>

namespace weir::net {
namespace {

std::vector<HostMapping>& host_map() {
  static std::vector<HostMapping> map;
  return map;
}

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool parse_port(std::string_view text, uint16_t& port) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  return code == std::errc() && end == text.data() + text.size() && port != 0;
}

// What no host name and no address holds. Colons stand inside brackets only.
bool is_host(std::string_view host, bool in_brackets) {
  return !host.empty() && std::ranges::all_of(host, [in_brackets](char c) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
    return !blank && c != '[' && c != ']' && (c != ':' || in_brackets);
  });
}

// "host" or "host:port"; an IPv6 address stands in brackets.
bool parse_authority(std::string_view text, std::string& host, uint16_t& port) {
  size_t colon = text.rfind(':');
  const bool in_brackets = text.starts_with('[');
  if (in_brackets) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    colon = end + 1 < text.size() ? end + 1 : std::string_view::npos;
    if (colon != std::string_view::npos && text[colon] != ':') return false;
  } else {
    host = text.substr(0, colon);
  }
  if (!is_host(host, in_brackets)) return false;
  return colon == std::string_view::npos || parse_port(text.substr(colon + 1), port);
}

}  // namespace

Result<HostMapping> parse_host_mapping(std::string_view text) {
  HostMapping mapping;
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos ||
      !parse_authority(text.substr(0, equals), mapping.host, mapping.port) ||
      !parse_authority(text.substr(equals + 1), mapping.target_host, mapping.target_port)) {
    return invalid(fmt::format("not an endpoint: {}", text))
        .hint("write host:port=address:port, for example kafka:9092=127.0.0.1:41234");
  }
  return mapping;
}

std::string to_string(const HostMapping& mapping) {
  const auto authority = [](const std::string& host, uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    const std::string name = v6 ? "[" + host + "]" : host;
    return port == 0 ? name : fmt::format("{}:{}", name, port);
  };
  return authority(mapping.host, mapping.port) + "=" +
         authority(mapping.target_host, mapping.target_port);
}

void set_host_map(std::vector<HostMapping> mappings) { host_map() = std::move(mappings); }

const HostMapping* find_host_mapping(std::string_view host, uint16_t port) {
  const HostMapping* best = nullptr;
  for (const auto& mapping : host_map()) {
    if (!equal_without_case(mapping.host, host)) continue;
    if (mapping.port == port && port != 0) return &mapping;
    if (mapping.port == 0 && best == nullptr) best = &mapping;
  }
  return best;
}

}  // namespace weir::net

// Resolves as the C library does, after the host map.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node,
                                                                  const char* service,
                                                                  const struct addrinfo* hints,
                                                                  struct addrinfo** result) {
  using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto next = reinterpret_cast<Resolve>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (next == nullptr) return EAI_SYSTEM;
  if (node == nullptr) return next(node, service, hints, result);
  uint16_t port = 0;
  const std::string_view asked = service == nullptr ? "" : service;
  static_cast<void>(std::from_chars(asked.data(), asked.data() + asked.size(), port));
  const auto* mapping = weir::net::find_host_mapping(node, port);
  if (mapping == nullptr) return next(node, service, hints, result);
  const uint16_t target_port = mapping->target_port != 0 ? mapping->target_port : port;
  const std::string target_service = std::to_string(target_port);
  return next(mapping->target_host.c_str(), target_port == 0 ? nullptr : target_service.c_str(),
              hints, result);
}
