#include "base/system_time_zone.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <string_view>

namespace weir {

std::string system_time_zone() {
  const char* variable = std::getenv("TZ");
  if (variable != nullptr && *variable != '\0') {
    return variable + (*variable == ':' ? 1 : 0);  // as tzset(3) has it
  }
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink("/etc/localtime", target.data(), target.size());
  const std::string_view link(target.data(), size < 0 ? 0 : static_cast<size_t>(size));
  constexpr std::string_view kFolder = "zoneinfo/";
  const size_t at = link.find(kFolder);
  return at == std::string_view::npos ? "UTC" : std::string(link.substr(at + kFolder.size()));
}

}  // namespace weir
