// EpochWriter: makes epoch n durable from what the lanes cut, and knows what waits for delivery.
//
// Runs the encoders of new pieces, writes them and the staged output into one file each, makes the
// files of sinks durable, and writes the manifest: kept pieces of earlier epochs, new ones, source
// positions, and every output that has not been delivered. One thread (the job's). After an error
// the writer is not used again: pieces of the failed epoch are lost to the operators' chains.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checkpoint/manifest.h"
#include "checkpoint/store.h"
#include "exec/lane_snapshot.h"
#include "exec/sink.h"

namespace weir::checkpoint {

// An output that is durable and may be delivered.
struct ReadyOutput {
  std::string sink_id;
  exec::Delivery delivery;
  uint64_t bytes = 0;
};

struct EpochInfo {
  std::string run_id;
  std::string job_name;
  uint64_t epoch = 0;
  int64_t wall_ms = 0;
  uint32_t lanes = 1;
  exec::PieceId next_piece_id = 1;
};

class EpochWriter {
 public:
  // `restored`: the manifest that the run started from.
  EpochWriter(CheckpointStore& store, const std::optional<Manifest>& restored);

  // Outputs of the restored manifest that `marks` does not say delivered; in order of delivery.
  [[nodiscard]] std::vector<ReadyOutput> undelivered(const DeliveredMarks& marks);

  // One snapshot a lane. Returns the outputs of this epoch. When nothing has changed since the
  // last one nothing is written: an idle job leaves the disk alone.
  Result<std::vector<ReadyOutput>> write(const EpochInfo& info,
                                         std::vector<exec::LaneSnapshot> snapshots);
  // Its files are needed no more once the next manifest is written.
  void on_delivered(const std::string& sink_id, const std::string& run_id, uint64_t epoch);
  // Files that outputs waiting for delivery need, whatever the manifests say.
  [[nodiscard]] std::set<std::string> files_in_use() const;

  // What the newest epoch is made of; nothing before the first.
  [[nodiscard]] const std::optional<Manifest>& newest() const { return newest_; }
  // Of the newest epoch: bytes of new state, of staged output.
  [[nodiscard]] uint64_t last_state_bytes() const { return last_state_bytes_; }
  [[nodiscard]] uint64_t last_output_bytes() const { return last_output_bytes_; }

 private:
  // A place with its file's name in it, because indices change from manifest to manifest.
  struct Located {
    ManifestFile file;
    Place place;
  };
  struct PendingFile {
    std::string name;
    Located located;
  };
  struct PendingPart {
    uint32_t lane = 0;
    std::string handle;
    uint64_t rows = 0;
    std::vector<PendingFile> files;
  };
  struct PendingOutput {
    std::string run_id;
    uint64_t epoch = 0;
    std::string sink_id;
    std::vector<PendingPart> parts;
  };

  // One file in the making: parts, one behind the other.
  struct FileDraft {
    std::string name;
    std::deque<std::vector<std::byte>> owned;  // never moves what `parts` points to
    std::vector<BufferRef> shared;
    std::vector<std::span<const std::byte>> parts;
    uint64_t size = 0;
  };

  Status encode_pieces(const std::vector<exec::LaneSnapshot>& snapshots, FileDraft& draft,
                       std::map<exec::PieceId, Located>& added) const;
  static std::vector<PendingOutput> stage(const EpochInfo& info,
                                          std::vector<exec::LaneSnapshot>& snapshots,
                                          FileDraft& draft);
  Status sync_named_files(const std::vector<exec::LaneSnapshot>& snapshots) const;
  Status write_draft(FileDraft& draft) const;
  [[nodiscard]] Manifest compose(const EpochInfo& info,
                                 std::vector<exec::LaneSnapshot>& snapshots) const;
  [[nodiscard]] ReadyOutput ready(const PendingOutput& output) const;

  CheckpointStore& store_;
  std::map<exec::PieceId, Located> pieces_;
  std::vector<PendingOutput> pending_;
  std::optional<Manifest> newest_;
  uint64_t last_content_ = 0;  // checksum of the newest manifest, whatever its epoch
  uint64_t last_state_bytes_ = 0;
  uint64_t last_output_bytes_ = 0;
};

}  // namespace weir::checkpoint
