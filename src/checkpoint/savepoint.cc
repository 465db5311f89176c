#include "checkpoint/savepoint.h"

#include <algorithm>

namespace weir::checkpoint {
namespace {

Status copy_file(const CheckpointStore& from, CheckpointStore& to, const ManifestFile& file) {
  constexpr uint64_t kChunk = 4ULL << 20U;
  Env& env = from.env();
  const auto source = WEIR_TRY(env.open_random(from.path(file.name)));
  const std::string path = to.path(file.name);
  if (env.exists(path)) WEIR_TRY(env.remove_file(path));
  const auto target = WEIR_TRY(env.open_append(path));
  auto buffer = Buffer::allocate(std::min(kChunk, file.size));
  for (uint64_t at = 0; at < file.size;) {
    const auto size = std::min<uint64_t>(buffer->size(), file.size - at);
    const size_t got = WEIR_TRY(source->read(at, std::span(buffer->mutable_data(), size)));
    if (got != size) return corrupt(file.name + " is shorter than its manifest says");
    WEIR_TRY(target->append(std::span<const std::byte>(buffer->data(), size)));
    at += size;
  }
  return target->sync();
}

Status copy(const CheckpointStore& from, CheckpointStore& to, const Manifest& manifest) {
  for (const ManifestFile& file : manifest.files) WEIR_TRY(copy_file(from, to, file));
  return to.write_manifest(manifest);
}

}  // namespace

Status export_savepoint(const CheckpointStore& store, const Manifest& manifest,
                        const std::string& folder) {
  auto target = WEIR_TRY(CheckpointStore::open(store.env(), folder));
  if (WEIR_TRY(target->newest(false)).manifest) {
    return already_exists("there is a savepoint in " + folder + " already");
  }
  return copy(store, *target, manifest);
}

Status import_savepoint(const std::string& folder, CheckpointStore& store,
                        const std::string& run_id) {
  // Opening would make the folder of a mistyped name.
  if (!store.env().list(folder)) return not_found("there is no savepoint in " + folder);
  const auto source = WEIR_TRY(CheckpointStore::open(store.env(), folder));
  auto newest = WEIR_TRY(source->newest(false));
  if (!newest.manifest) return not_found("there is no savepoint in " + folder);
  if (WEIR_TRY(store.newest(false)).manifest) {
    return already_exists("the job has checkpoints of its own")
        .hint("--fresh forgets them and begins from the savepoint");
  }
  newest.manifest->run_id = run_id;
  return copy(*source, store, *newest.manifest);
}

}  // namespace weir::checkpoint
