#include "server/pipeline.h"

#include <algorithm>
#include <array>

namespace weir::server {
namespace {

constexpr uint64_t kMaxScriptBytes = 16U << 20U;

constexpr std::array<std::string_view, 3> kScripts = {"pipeline.sql", "clickhouse.sql",
                                                      "generate.sql"};

std::vector<std::string> other_scripts(Env& env, const std::string& folder) {
  std::vector<std::string> names;
  const auto entries = env.list(folder);
  if (!entries.has_value()) return names;
  for (const auto& entry : *entries) {
    const bool is_script = !entry.is_directory && entry.name.ends_with(".sql");
    if (is_script && std::ranges::find(kScripts, entry.name) == kScripts.end()) {
      names.push_back(entry.name);
    }
  }
  std::ranges::sort(names);
  return names;
}

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
    const auto others = other_scripts(env, folder);
    std::string hint = others.empty() ? pipelines_in(env, env.exists(folder) ? folder : "pipelines")
                                      : fmt::format("its Flink SQL must be named so; there is {}",
                                                    fmt::join(others, ", "));
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
  pipeline.unread_sql = other_scripts(env, folder);
  const auto config = WEIR_TRY(read_optional(env, folder, "weir.yaml"));
  if (config.has_value()) pipeline.config = WEIR_TRY(parse_config(config->text, config->path));
  return pipeline;
}

}  // namespace weir::server
