#include "checkpoint/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace weir::checkpoint {
namespace {

constexpr std::string_view kManifestEnd = ".manifest";
constexpr std::string_view kPrefix = "epoch-";
constexpr std::string_view kDelivered = "delivered";
constexpr uint64_t kManifestBytesMax = 1ULL << 30U;

// The epoch of "epoch-<n>.<anything>", or nothing.
std::optional<uint64_t> epoch_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  uint64_t epoch = 0;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), epoch);
  if (code != std::errc() || end == name.data() || *end != '.') return std::nullopt;
  return epoch;
}

std::set<std::string> names_of(const Manifest& manifest) {
  std::set<std::string> names;
  for (const ManifestFile& file : manifest.files) names.insert(file.name);
  return names;
}

}  // namespace

std::string CheckpointStore::file_name(uint64_t epoch, std::string_view kind) {
  return fmt::format("{}{:020}.{}", kPrefix, epoch, kind);
}

Result<std::unique_ptr<CheckpointStore>> CheckpointStore::open(Env& env, std::string folder) {
  WEIR_TRY(env.make_dirs(folder));
  auto store = std::unique_ptr<CheckpointStore>(new CheckpointStore(env, std::move(folder)));
  auto lock = env.lock(store->path("lock"));
  if (!lock) {
    return std::move(lock)
        .error()
        .in("this job's checkpoints are in use")
        .hint("another weir runs the same job on this data folder; stop it, or use another --data");
  }
  store->lock_ = std::move(*lock);
  return store;
}

Result<std::vector<uint64_t>> CheckpointStore::epochs() const {
  std::vector<uint64_t> found;
  for (const DirEntry& entry : WEIR_TRY(env_.list(folder_))) {
    const auto epoch = epoch_of(entry.name);
    if (epoch && entry.name.ends_with(kManifestEnd)) found.push_back(*epoch);
  }
  std::ranges::sort(found);
  return found;
}

Result<Manifest> CheckpointStore::load(uint64_t epoch) const {
  const std::string name = file_name(epoch, "manifest");
  auto text = WEIR_TRY(read_file(env_, path(name), kManifestBytesMax));
  auto manifest = decode(std::as_bytes(std::span(text)));
  if (!manifest) return std::move(manifest).error().in(name);
  if (manifest->epoch != epoch) return corrupt(name + " holds another epoch");
  WEIR_TRY(verify(*manifest));
  return manifest;
}

Status CheckpointStore::verify(const Manifest& manifest) const {
  for (const OperatorEntry& entry : manifest.operators) {
    for (const PieceEntry& piece : entry.pieces) WEIR_TRY(read(manifest, piece.place));
  }
  for (const OutputEntry& output : manifest.outputs) {
    for (const OutputPart& part : output.parts) {
      for (const OutputFile& file : part.files) WEIR_TRY(read(manifest, file.place));
    }
  }
  return ok();
}

Result<CheckpointStore::Newest> CheckpointStore::newest(bool accept_duplicates) {
  Newest newest;
  auto found = WEIR_TRY(epochs());
  for (size_t at = found.size(); at-- > 0;) {
    auto manifest = load(found[at]);
    if (manifest) {
      kept_[found[at]] = names_of(*manifest);
      newest.manifest = std::move(*manifest);
      break;
    }
    const bool damaged = manifest.error().code() == ErrorCode::kCorrupt ||
                         manifest.error().code() == ErrorCode::kNotFound;
    if (!damaged) return manifest.error();
    if (!accept_duplicates) {
      return corrupt(
                 fmt::format("checkpoint {} is damaged: {}", found[at], manifest.error().message()))
          .hint(
              "it may have been delivered already; --accept-duplicates goes back to the newest "
              "checkpoint that is whole and may write rows twice");
    }
    newest.damaged.push_back(found[at]);
  }
  if (!newest.damaged.empty() && !newest.manifest) {
    return corrupt("no checkpoint of this job is whole")
        .hint("--fresh starts anew and reads the sources from where their options say");
  }
  return newest;
}

Status CheckpointStore::set_aside(std::span<const uint64_t> damaged) {
  for (const uint64_t epoch : damaged) {
    WEIR_TRY(env_.rename(path(file_name(epoch, "manifest")), path(file_name(epoch, "damaged"))));
  }
  return damaged.empty() ? ok() : env_.sync_dir(folder_);
}

Result<ManifestFile> CheckpointStore::write_file(
    const std::string& name, std::span<const std::span<const std::byte>> parts) {
  // A file of that name can be left from an epoch that never came to be.
  if (env_.exists(path(name))) WEIR_TRY(env_.remove_file(path(name)));
  auto file = WEIR_TRY(env_.open_append(path(name)));
  WEIR_TRY(file->append_parts(parts));
  WEIR_TRY(file->sync());
  return ManifestFile{name, file->size()};
}

Status CheckpointStore::write_manifest(const Manifest& manifest) {
  WEIR_TRY(env_.sync_dir(folder_));
  const auto bytes = encode(manifest);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  WEIR_TRY(write_file_atomic(env_, path(file_name(manifest.epoch, "manifest")), text));
  kept_[manifest.epoch] = names_of(manifest);
  return ok();
}

Status CheckpointStore::clean(const std::set<std::string>& in_use) {
  while (kept_.size() > kManifestsKept) kept_.erase(kept_.begin());
  std::set<std::string> needed = in_use;
  for (const auto& [epoch, names] : kept_) needed.insert(names.begin(), names.end());
  for (const DirEntry& entry : WEIR_TRY(env_.list(folder_))) {
    const auto epoch = epoch_of(entry.name);
    if (!epoch || needed.contains(entry.name)) continue;
    const bool manifest = entry.name.ends_with(kManifestEnd);
    // Manifests that this run has not seen are older than the restored one; the newest of them
    // stays until enough newer ones exist.
    if (manifest && (kept_.contains(*epoch) || kept_.size() < kManifestsKept)) continue;
    if (!manifest && kept_.size() < kManifestsKept) continue;
    if (entry.name.ends_with(".damaged")) continue;
    WEIR_TRY(env_.remove_file(path(entry.name)));
  }
  return ok();
}

Result<BufferRef> CheckpointStore::read(const Manifest& manifest, const Place& place) const {
  const std::string& name = manifest.files[place.file].name;
  auto file = WEIR_TRY(env_.open_random(path(name)));
  const uint64_t size = WEIR_TRY(file->size());
  if (place.offset > size || place.size > size - place.offset) {
    return corrupt(name + " is shorter than its manifest says");
  }
  auto buffer = Buffer::allocate(place.size);
  const size_t got =
      WEIR_TRY(file->read(place.offset, std::span(buffer->mutable_data(), place.size)));
  if (got != place.size || checksum(buffer->bytes()) != place.checksum) {
    return corrupt(fmt::format("{}: the checksum of {} bytes at {} does not hold", name, place.size,
                               place.offset));
  }
  return BufferRef(std::move(buffer));
}

DeliveredMarks CheckpointStore::read_delivered() const {
  constexpr uint64_t kBytesMax = 1U << 20U;
  constexpr std::string_view kSumStart = "xxh3 ";
  DeliveredMarks marks;
  const auto text = read_file(env_, path(std::string(kDelivered)), kBytesMax);
  if (!text) return marks;
  const size_t sum_at = text->rfind(kSumStart);
  if (sum_at == std::string::npos) return marks;
  const std::string_view content = std::string_view(*text).substr(0, sum_at);
  const std::string expected =
      fmt::format("{}{:016x}\n", kSumStart, checksum(std::as_bytes(std::span(content))));
  if (std::string_view(*text).substr(sum_at) != expected) return marks;
  size_t at = 0;
  while (at < content.size()) {
    const size_t end = content.find('\n', at);
    const std::string_view line = content.substr(at, end - at);
    at = end == std::string_view::npos ? content.size() : end + 1;
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    DeliveredMark mark;
    mark.run_id = line.substr(first + 1, second - first - 1);
    std::from_chars(line.data() + second + 1, line.data() + line.size(), mark.epoch);
    marks[std::string(line.substr(0, first))] = mark;
  }
  return marks;
}

Status CheckpointStore::write_delivered(const DeliveredMarks& marks) {
  std::string text;
  for (const auto& [sink, mark] : marks) {
    text += fmt::format("{}\t{}\t{}\n", sink, mark.run_id, mark.epoch);
  }
  text += fmt::format("xxh3 {:016x}\n", checksum(std::as_bytes(std::span(text))));
  return write_file_atomic(env_, path(std::string(kDelivered)), text);
}

}  // namespace weir::checkpoint
