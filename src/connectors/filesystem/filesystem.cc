#include "connectors/filesystem/filesystem.h"

#include <fmt/format.h>

#include "connectors/filesystem/file_sink.h"
#include "connectors/filesystem/file_source.h"
#include "connectors/option_rows.h"

namespace weir::connectors {

using sql::OptionType;
using types::LogicalType;

Result<std::string> local_path(std::string_view path) {
  const size_t colon = path.find("://");
  if (path.starts_with("file:")) {
    path.remove_prefix(std::string_view("file:").size());
    if (path.starts_with("//")) path.remove_prefix(2);
  } else if (colon != std::string_view::npos) {
    return unsupported(fmt::format("'{}' is not on this machine", path))
        .hint("give a local path, or one that begins with file://");
  }
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return invalid("the path is empty");
  return std::string(path);
}

const Connector& filesystem_connector() {
  static const Connector connector = {
      .info = {.name = "filesystem",
               .doc = "Reads files of records by line; writes part files, exactly once.",
               .source = true,
               .sink = true,
               .bounded_by_default = true,
               .needs_format = true,
               .options = {required_option("path", "A file or a folder."), format_option(),
                           option(
                               "source.monitor-interval", OptionType::kDuration,
                               "How often new files are looked for; without it the source ends."),
                           option("source.path.regex-pattern", OptionType::kString,
                                  "Only files whose whole path matches are read."),
                           option("sink.rolling-policy.file-size", OptionType::kMemorySize,
                                  "Accepted; a part file ends with every checkpoint.", "128MB"),
                           option("sink.rolling-policy.rollover-interval", OptionType::kDuration,
                                  "Accepted; a part file ends with every checkpoint.", "30 min"),
                           option("sink.rolling-policy.inactivity-interval", OptionType::kDuration,
                                  "Accepted; a part file ends with every checkpoint.", "30 min"),
                           option("sink.rolling-policy.check-interval", OptionType::kDuration,
                                  "Accepted; a part file ends with every checkpoint.", "1 min"),
                           scan_parallelism_option(), sink_parallelism_option(),
                           idle_timeout_option()},
               .metadata = {{"file.path", LogicalType::string().with_nullable(false)},
                            {"file.name", LogicalType::string().with_nullable(false)},
                            {"file.size", LogicalType::bigint().with_nullable(false)}}},
      .make_source = make_file_source,
      .make_sink = make_file_sink,
  };
  return connector;
}

}  // namespace weir::connectors
