#include "server/pipeline.h"

namespace weir::server {
namespace {

constexpr uint64_t kMaxScriptBytes = 16U << 20U;

Result<std::optional<ScriptFile>> read_optional(Env& env, const std::string& folder,
                                                const std::string& name) {
  const std::string path = join_path(folder, name);
  if (!env.exists(path)) return std::optional<ScriptFile>{};
  return std::optional(ScriptFile{path, WEIR_TRY(read_file(env, path, kMaxScriptBytes))});
}

std::string pipelines_in(Env& env, const std::string& folder) {
  std::vector<std::string> found;
  const auto entries = env.list(folder);
  if (!entries.has_value()) return {};
  for (const auto& entry : *entries) {
    const std::string inside = join_path(folder, entry.name);
    if (entry.is_directory && env.exists(join_path(inside, "pipeline.sql"))) {
      found.push_back(inside);
    }
  }
  return found.empty() ? std::string{}
                       : fmt::format("there are pipelines in {}", fmt::join(found, ", "));
}

}  // namespace

Result<Pipeline> load_pipeline(Env& env, const std::string& folder) {
  auto main = WEIR_TRY(read_optional(env, folder, "pipeline.sql"));
  if (!main.has_value()) {
    std::string hint = pipelines_in(env, env.exists(folder) ? folder : "pipelines");
    if (hint.empty()) hint = "a pipeline is a folder with a pipeline.sql in it";
    return not_found(fmt::format("{} is no pipeline: it has no pipeline.sql", folder))
        .hint(std::move(hint));
  }
  Pipeline pipeline;
  pipeline.folder = folder;
  pipeline.name = file_name(folder);
  pipeline.pipeline_sql = *std::move(main);
  pipeline.clickhouse_sql = WEIR_TRY(read_optional(env, folder, "clickhouse.sql"));
  pipeline.generate_sql = WEIR_TRY(read_optional(env, folder, "generate.sql"));
  const auto config = WEIR_TRY(read_optional(env, folder, "weir.yaml"));
  if (config.has_value()) pipeline.config = WEIR_TRY(parse_config(config->text, config->path));
  return pipeline;
}

}  // namespace weir::server
