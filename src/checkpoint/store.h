// CheckpointStore: the folder of one job's checkpoints: reading, writing, cleaning up.
//
// Knows names and durability, not what pieces mean (docs/formats/checkpoint.md). Holds the folder's
// lock as long as it lives. One thread at a time, except read(), which any thread may call.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/env.h"
#include "checkpoint/manifest.h"

namespace weir::checkpoint {

// Of one sink: the last output that has been delivered.
struct DeliveredMark {
  std::string run_id;
  uint64_t epoch = 0;
};
using DeliveredMarks = std::map<std::string, DeliveredMark>;

class CheckpointStore {
 public:
  // How many manifests are kept; the older ones are for people who accept duplicates.
  static constexpr size_t kManifestsKept = 2;

  // Makes the folder. kUnavailable when another process runs the job.
  static Result<std::unique_ptr<CheckpointStore>> open(Env& env, std::string folder);

  struct Newest {
    std::optional<Manifest> manifest;  // nothing: a fresh start
    std::vector<uint64_t> damaged;     // epochs behind it whose manifests do not hold
  };
  // The newest manifest, all of whose files have been checked. A damaged one is kCorrupt, unless
  // `accept_duplicates`: then the newest that is whole.
  Result<Newest> newest(bool accept_duplicates);
  // The damaged ones are not found again. Only once the one to go on from stands under its new run
  // id: a crash in between must find them again.
  Status set_aside(std::span<const uint64_t> damaged);

  // Writes `parts` one behind the other as a file of this folder and syncs it (not the folder).
  Result<ManifestFile> write_file(const std::string& name,
                                  std::span<const std::span<const std::byte>> parts);
  // Epoch n exists afterwards.
  Status write_manifest(const Manifest& manifest);
  // Removes files that neither a kept manifest nor `in_use` names.
  Status clean(const std::set<std::string>& in_use);

  // The bytes of one place of `manifest`, checked.
  [[nodiscard]] Result<BufferRef> read(const Manifest& manifest, const Place& place) const;
  [[nodiscard]] std::string path(const std::string& name) const { return join_path(folder_, name); }

  // Missing or damaged: empty.
  [[nodiscard]] DeliveredMarks read_delivered() const;
  Status write_delivered(const DeliveredMarks& marks);

  [[nodiscard]] Env& env() const { return env_; }

  [[nodiscard]] static std::string file_name(uint64_t epoch, std::string_view kind);

 private:
  CheckpointStore(Env& env, std::string folder) : env_(env), folder_(std::move(folder)) {}

  [[nodiscard]] Result<Manifest> load(uint64_t epoch) const;
  [[nodiscard]] Status verify(const Manifest& manifest) const;
  [[nodiscard]] Result<std::vector<uint64_t>> epochs() const;  // of manifests, ascending

  Env& env_;
  std::string folder_;
  std::unique_ptr<FileLock> lock_;
  std::map<uint64_t, std::set<std::string>> kept_;  // manifest -> files that it names
};

}  // namespace weir::checkpoint
