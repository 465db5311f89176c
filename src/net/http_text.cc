#include "net/http_text.h"

namespace weir::net {
namespace {

constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool is_ipv4_loopback(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  int dots = 0;
  for (const char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
    } else if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4U]);
    out.push_back(kHex[byte & 15U]);
  }
  return out;
}

QueryParams parse_query(std::string_view text) {
  QueryParams params;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    params.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
  }
  return params;
}

void parse_target(std::string_view target, std::string& path, QueryParams& query) {
  if (!target.starts_with('/')) {
    const size_t scheme = target.find("://");
    if (scheme != std::string_view::npos) {
      target.remove_prefix(scheme + 3);
      target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    }
  }
  target = target.substr(0, target.find('#'));
  const size_t question = std::min(target.find('?'), target.size());
  path = percent_decode(target.substr(0, question), false);
  if (path.empty()) path = "/";
  query = parse_query(target.substr(std::min(question + 1, target.size())));
}

Result<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return invalid("base64 text has a length that is no multiple of 4");
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    uint32_t group = 0;
    size_t padding = 0;
    for (size_t k = 0; k < 4; ++k) {
      const char c = text[i + k];
      group <<= 6U;
      if (c == '=' && last && k >= 2) {
        ++padding;
        continue;
      }
      const size_t digit = kBase64Alphabet.find(c);
      if (digit == std::string_view::npos || padding > 0) {
        return invalid("base64 text holds a character that does not belong there");
      }
      group |= static_cast<uint32_t>(digit);
    }
    out.push_back(static_cast<char>(group >> 16U));
    if (padding < 2) out.push_back(static_cast<char>(group >> 8U));
    if (padding < 1) out.push_back(static_cast<char>(group));
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group =
          (group << 8U) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      const bool padded = i + k > bytes.size();
      out.push_back(padded ? '=' : kBase64Alphabet[(group >> (18U - 6U * k)) & 63U]);
    }
  }
  return out;
}

Result<std::pair<std::string, std::string>> parse_basic_authorization(std::string_view header) {
  constexpr std::string_view kScheme = "basic ";
  if (lower_case(header.substr(0, kScheme.size())) != kScheme) {
    return invalid("the Authorization header is not of the Basic scheme");
  }
  header.remove_prefix(kScheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  while (header.ends_with(' ')) header.remove_suffix(1);
  const std::string decoded = WEIR_TRY(base64_decode(header));
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) return invalid("Basic credentials without a colon");
  return std::pair(decoded.substr(0, colon), decoded.substr(colon + 1));
}

std::string host_of_authority(std::string_view authority) {
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return {};
    const auto rest = authority.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return {};
    return lower_case(authority.substr(1, end - 1));
  }
  const size_t colon = authority.find(':');
  if (colon != authority.rfind(':')) return {};
  const auto host = authority.substr(0, colon);
  if (host.find_first_of("/@ \\") != std::string_view::npos) return {};
  return lower_case(host);
}

bool host_is_allowed(std::string_view host, const std::vector<std::string>& allowed) {
  if (host.empty()) return false;
  const std::string name = lower_case(host);
  if (name == "localhost" || name == "::1" || is_ipv4_loopback(name)) return true;
  return std::ranges::any_of(
      allowed, [&](const auto& other) { return other == "*" || lower_case(other) == name; });
}

bool origin_is_allowed(std::string_view origin, const std::vector<std::string>& allowed) {
  const size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  return host_is_allowed(host_of_authority(origin.substr(scheme + 3)), allowed);
}

}  // namespace weir::net
