#include "broker/log/segment.h"

#include <fmt/format.h>

#include <charconv>

#include "base/env.h"

namespace weir::broker {
namespace {

constexpr size_t kDigits = 20;

}  // namespace

std::string offset_path(const std::string& dir, int64_t offset, std::string_view suffix) {
  return join_path(dir, fmt::format("{:020}{}", offset, suffix));
}

std::optional<int64_t> parse_offset_name(std::string_view name, std::string_view suffix) {
  if (name.size() != kDigits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  int64_t offset = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + kDigits, offset);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + kDigits || offset < 0) {
    return std::nullopt;
  }
  return offset;
}

}  // namespace weir::broker
