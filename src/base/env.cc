#include "base/env.h"

#include "base/check.h"

namespace weir {

Result<std::string> read_file(Env& env, const std::string& path, uint64_t limit) {
  const auto file = WEIR_TRY(env.open_random(path));
  const uint64_t size = WEIR_TRY(file->size());
  if (size > limit) return exhausted("file is larger than the limit: " + path);
  std::string content(size, '\0');
  const size_t got =
      WEIR_TRY(file->read(0, std::as_writable_bytes(std::span(content.data(), content.size()))));
  content.resize(got);
  return content;
}

Status write_file_atomic(Env& env, const std::string& path, std::string_view content) {
  const std::string temporary = path + ".tmp";
  if (env.exists(temporary)) WEIR_TRY(env.remove_file(temporary));
  {
    const auto file = WEIR_TRY(env.open_append(temporary));
    WEIR_TRY(file->append(std::as_bytes(std::span(content.data(), content.size()))));
    WEIR_TRY(file->sync());
  }
  WEIR_TRY(env.rename(temporary, path));
  return env.sync_dir(parent_path(path));
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  std::string path(folder);
  if (path.back() != '/') path.push_back('/');
  path += name;
  return path;
}

std::string parent_path(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string file_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace weir
