#include "checkpoint/epoch_writer.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace weir::checkpoint {
namespace {

// The files of one manifest while it is composed.
class FileTable {
 public:
  explicit FileTable(Manifest& manifest) : manifest_(manifest) {}

  Place place(const ManifestFile& file, Place place) {
    const auto [found, added] =
        index_.try_emplace(file.name, static_cast<uint32_t>(manifest_.files.size()));
    if (added) manifest_.files.push_back(file);
    place.file = found->second;
    return place;
  }

 private:
  Manifest& manifest_;
  std::map<std::string, uint32_t> index_;
};

// What a manifest says apart from which epoch it is.
uint64_t content_of(Manifest manifest) {
  manifest.epoch = 0;
  manifest.wall_ms = 0;
  manifest.next_piece_id = 0;
  return checksum(encode(manifest));
}

template <typename Entry>
Entry& entry_of(std::vector<Entry>& entries, const std::string& id) {
  const auto found = std::ranges::find(entries, id, &Entry::id);
  if (found != entries.end()) return *found;
  Entry entry;
  entry.id = id;
  return entries.emplace_back(std::move(entry));
}

}  // namespace

EpochWriter::EpochWriter(CheckpointStore& store, const std::optional<Manifest>& restored)
    : store_(store) {
  if (!restored) return;
  const auto locate = [&restored](const Place& place) {
    return Located{restored->files[place.file], place};
  };
  for (const OperatorEntry& entry : restored->operators) {
    for (const PieceEntry& piece : entry.pieces) pieces_[piece.id] = locate(piece.place);
  }
  for (const OutputEntry& output : restored->outputs) {
    PendingOutput pending{output.run_id, output.epoch, output.sink_id, {}};
    for (const OutputPart& part : output.parts) {
      PendingPart& to = pending.parts.emplace_back();
      to.lane = part.lane;
      to.handle = part.handle;
      to.rows = part.rows;
      for (const OutputFile& file : part.files) to.files.push_back({file.name, locate(file.place)});
    }
    pending_.push_back(std::move(pending));
  }
}

std::vector<ReadyOutput> EpochWriter::undelivered(const DeliveredMarks& marks) {
  // Outputs of one sink stand in order of delivery: what stands up to the mark has been delivered.
  for (const auto& [sink, mark] : marks) {
    const auto is_marked = [&](const PendingOutput& output) {
      return output.sink_id == sink && output.run_id == mark.run_id && output.epoch == mark.epoch;
    };
    const auto marked = std::ranges::find_if(pending_, is_marked);
    if (marked == pending_.end()) continue;
    const auto last = static_cast<size_t>(marked - pending_.begin());
    size_t at = 0;
    std::erase_if(pending_, [&](const PendingOutput& output) {
      return at++ <= last && output.sink_id == sink;
    });
  }
  std::vector<ReadyOutput> out;
  for (const PendingOutput& output : pending_) out.push_back(ready(output));
  return out;
}

Status EpochWriter::encode_pieces(const std::vector<exec::LaneSnapshot>& snapshots,
                                  FileDraft& draft, std::map<exec::PieceId, Located>& added) const {
  for (const auto& snapshot : snapshots) {
    for (const auto& op : snapshot.operators) {
      for (const auto& piece : op.added) {
        ByteWriter bytes;
        WEIR_TRY(piece.encode(bytes));
        auto& owned = draft.owned.emplace_back(std::move(bytes).take());
        added[piece.id].place = {0, draft.size, owned.size(), checksum(owned)};
        draft.size += owned.size();
      }
    }
  }
  for (const auto& owned : draft.owned) draft.parts.emplace_back(owned);
  for (auto& [id, located] : added) located.file = {draft.name, draft.size};
  return ok();
}

std::vector<EpochWriter::PendingOutput> EpochWriter::stage(
    const EpochInfo& info, std::vector<exec::LaneSnapshot>& snapshots, FileDraft& draft) {
  std::vector<PendingOutput> outputs;
  for (auto& snapshot : snapshots) {
    for (auto& [sink_id, staged] : snapshot.outputs) {
      auto found = std::ranges::find(outputs, sink_id, &PendingOutput::sink_id);
      if (found == outputs.end()) {
        outputs.push_back({info.run_id, info.epoch, sink_id, {}});
        found = outputs.end() - 1;
      }
      PendingPart& part = found->parts.emplace_back();
      part.lane = snapshot.lane;
      part.handle = std::move(staged.handle);
      part.rows = staged.rows;
      for (auto& file : staged.files) {
        std::vector<std::byte> joined;
        uint64_t size = 0;
        for (const BufferRef& buffer : file.content) size += buffer->size();
        if (file.content.size() == 1) {
          draft.parts.push_back(file.content[0]->bytes());
          draft.shared.push_back(file.content[0]);
        } else {
          joined.reserve(size);
          for (const BufferRef& buffer : file.content) {
            joined.insert(joined.end(), buffer->bytes().begin(), buffer->bytes().end());
          }
          draft.parts.emplace_back(draft.owned.emplace_back(std::move(joined)));
        }
        const Place place{0, draft.size, size, checksum(draft.parts.back())};
        part.files.push_back({std::move(file.name), {{draft.name, 0}, place}});
        draft.size += size;
      }
    }
  }
  for (auto& output : outputs) {
    for (auto& part : output.parts) {
      for (auto& file : part.files) file.located.file.size = draft.size;
    }
  }
  return outputs;
}

Status EpochWriter::sync_named_files(const std::vector<exec::LaneSnapshot>& snapshots) const {
  std::set<std::string> folders;
  for (const auto& snapshot : snapshots) {
    for (const auto& output : snapshot.outputs) {
      for (const auto& path : output.output.sync_files) {
        // Opening would make an empty file in the place of one that somebody has removed.
        if (!store_.env().exists(path)) return not_found("a staged file is gone: " + path);
        auto file = WEIR_TRY(store_.env().open_append(path));
        WEIR_TRY(file->sync());
      }
      folders.insert(output.output.sync_dirs.begin(), output.output.sync_dirs.end());
    }
  }
  for (const auto& folder : folders) WEIR_TRY(store_.env().sync_dir(folder));
  return ok();
}

Status EpochWriter::write_draft(FileDraft& draft) const {
  if (draft.size == 0 && draft.parts.empty()) return ok();
  const ManifestFile file = WEIR_TRY(store_.write_file(draft.name, draft.parts));
  WEIR_CHECK(file.size == draft.size, "a checkpoint file is as long as its parts");
  return ok();
}

Manifest EpochWriter::compose(const EpochInfo& info,
                              std::vector<exec::LaneSnapshot>& snapshots) const {
  Manifest manifest;
  manifest.run_id = info.run_id;
  manifest.job_name = info.job_name;
  manifest.epoch = info.epoch;
  manifest.wall_ms = info.wall_ms;
  manifest.lanes = info.lanes;
  manifest.next_piece_id = info.next_piece_id;
  FileTable files(manifest);
  for (auto& snapshot : snapshots) {
    for (const auto& op : snapshot.operators) {
      OperatorEntry& entry = entry_of(manifest.operators, op.operator_id);
      const auto add = [&](exec::PieceId id, const std::string& name, exec::KeyGroupRange range) {
        const Located& located = pieces_.at(id);
        entry.pieces.push_back(
            {snapshot.lane, id, name, range, files.place(located.file, located.place)});
      };
      for (const auto& piece : op.kept) add(piece.id, piece.name, piece.range);
      for (const auto& piece : op.added) add(piece.id, piece.name, piece.range);
    }
    for (auto& source : snapshot.sources) {
      SourceEntry& entry = entry_of(manifest.sources, source.source_id);
      entry.lanes.resize(info.lanes);
      entry.lanes[snapshot.lane] = std::move(source);
      entry.lanes[snapshot.lane].source_id.clear();
    }
  }
  for (const PendingOutput& output : pending_) {
    OutputEntry& to = manifest.outputs.emplace_back();
    to.run_id = output.run_id;
    to.epoch = output.epoch;
    to.sink_id = output.sink_id;
    for (const PendingPart& part : output.parts) {
      OutputPart& to_part = to.parts.emplace_back();
      to_part.lane = part.lane;
      to_part.handle = part.handle;
      to_part.rows = part.rows;
      for (const PendingFile& file : part.files) {
        to_part.files.push_back({file.name, files.place(file.located.file, file.located.place)});
      }
    }
  }
  return manifest;
}

Result<std::vector<ReadyOutput>> EpochWriter::write(const EpochInfo& info,
                                                    std::vector<exec::LaneSnapshot> snapshots) {
  std::ranges::sort(snapshots, {}, &exec::LaneSnapshot::lane);
  FileDraft state;
  state.name = CheckpointStore::file_name(info.epoch, "state");
  std::map<exec::PieceId, Located> added;
  WEIR_TRY(encode_pieces(snapshots, state, added));
  FileDraft staged;
  staged.name = CheckpointStore::file_name(info.epoch, "out");
  WEIR_TRY(sync_named_files(snapshots));
  auto outputs = stage(info, snapshots, staged);
  WEIR_TRY(write_draft(state));
  WEIR_TRY(write_draft(staged));
  pieces_.merge(added);
  std::vector<ReadyOutput> ready_outputs;
  for (const auto& output : outputs) ready_outputs.push_back(ready(output));
  std::ranges::move(outputs, std::back_inserter(pending_));
  newest_ = compose(info, snapshots);
  const Manifest& manifest = *newest_;
  last_state_bytes_ = state.size;
  last_output_bytes_ = staged.size;
  const uint64_t content = content_of(manifest);
  if (content == last_content_) return ready_outputs;
  WEIR_TRY(store_.write_manifest(manifest));
  last_content_ = content;
  // What the newest epoch does not name can never be kept again.
  std::set<exec::PieceId> named;
  for (const auto& entry : manifest.operators) {
    for (const auto& piece : entry.pieces) named.insert(piece.id);
  }
  std::erase_if(pieces_, [&named](const auto& piece) { return !named.contains(piece.first); });
  return ready_outputs;
}

ReadyOutput EpochWriter::ready(const PendingOutput& output) const {
  ReadyOutput out;
  out.sink_id = output.sink_id;
  out.delivery.run_id = output.run_id;
  out.delivery.epoch = output.epoch;
  for (const PendingPart& part : output.parts) {
    exec::DeliveredPart& to = out.delivery.parts.emplace_back();
    to.lane = part.lane;
    to.handle = part.handle;
    to.rows = part.rows;
    for (const PendingFile& file : part.files) {
      const Place& place = file.located.place;
      to.files.push_back(
          {file.name, store_.path(file.located.file.name), place.offset, place.size});
      out.bytes += place.size;
    }
  }
  return out;
}

void EpochWriter::on_delivered(const std::string& sink_id, const std::string& run_id,
                               uint64_t epoch) {
  std::erase_if(pending_, [&](const PendingOutput& output) {
    return output.sink_id == sink_id && output.run_id == run_id && output.epoch == epoch;
  });
}

std::set<std::string> EpochWriter::files_in_use() const {
  std::set<std::string> names;
  for (const auto& output : pending_) {
    for (const auto& part : output.parts) {
      for (const auto& file : part.files) names.insert(file.located.file.name);
    }
  }
  return names;
}

}  // namespace weir::checkpoint
