// Pipeline: a folder of plain files, read.
//
// pipeline.sql is required; clickhouse.sql, generate.sql and weir.yaml are read when they are
// there; other .sql files are noted, so that nobody waits for them. A plain value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/env.h"
#include "server/config.h"

namespace weir::server {

struct ScriptFile {
  std::string path;  // as messages name it
  std::string text;
};

struct Pipeline {
  std::string name;  // the folder's
  std::string folder;
  ScriptFile pipeline_sql;
  std::optional<ScriptFile> clickhouse_sql;
  std::optional<ScriptFile> generate_sql;
  Config config;
  std::vector<std::string> unread_sql;  // other .sql files of the folder, by name
};

// kNotFound when the folder or its pipeline.sql is missing, with what there is as the hint.
[[nodiscard]] Result<Pipeline> load_pipeline(Env& env, const std::string& folder);

}  // namespace weir::server
