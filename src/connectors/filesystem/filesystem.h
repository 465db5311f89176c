// filesystem: files of a folder as a source of records by line, and an exact sink of part files.
#pragma once

#include "connectors/connector.h"

namespace weir::connectors {

[[nodiscard]] const Connector& filesystem_connector();

// The local path of a 'path' option: a plain path, or file:/..., file:///....
[[nodiscard]] Result<std::string> local_path(std::string_view path);

}  // namespace weir::connectors
