// system_time_zone(): where this machine says it is.
//
// The variable TZ, else what /etc/localtime links to, else UTC: a name such as "Europe/Berlin".
// Whether the name is a zone is the caller's to check. Any thread.
#pragma once

#include <string>

namespace weir {

[[nodiscard]] std::string system_time_zone();

}  // namespace weir
