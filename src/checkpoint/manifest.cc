#include "checkpoint/manifest.h"

#include <fmt/format.h>
#include <xxhash.h>

#include "base/bytes.h"

namespace weir::checkpoint {
namespace {

constexpr std::string_view kMagic = "WCKP";
constexpr uint32_t kVersion = 1;

void put(ByteWriter& out, const std::string& text) {
  out.le(static_cast<uint32_t>(text.size()));
  out.text(text);
}

template <typename T, typename Put>
void put_list(ByteWriter& out, const std::vector<T>& list, Put&& put_one) {
  out.le(static_cast<uint32_t>(list.size()));
  for (const T& entry : list) put_one(entry);
}

void put(ByteWriter& out, const Place& place) {
  out.le(place.file);
  out.le(place.offset);
  out.le(place.size);
  out.le(place.checksum);
}

void put(ByteWriter& out, const PieceEntry& piece) {
  out.le(piece.lane);
  out.le(piece.id);
  put(out, piece.name);
  out.le(piece.range.first);
  out.le(piece.range.end);
  put(out, piece.place);
}

void put(ByteWriter& out, const exec::SourceSnapshot& lane) {
  const auto put_watermark = [&out](int64_t watermark_ms) { out.le(watermark_ms); };
  put_list(out, lane.splits, [&](const exec::SplitState& split) {
    put(out, split.split.id);
    put(out, split.split.topic);
    out.le(split.split.partition);
    put(out, split.position);
    out.le(static_cast<uint8_t>(split.finished ? 1 : 0));
    put_list(out, split.watermarks, put_watermark);
  });
  put_list(out, lane.emitted_watermarks, put_watermark);
}

void put(ByteWriter& out, const OutputEntry& output) {
  put(out, output.run_id);
  out.le(output.epoch);
  put(out, output.sink_id);
  put_list(out, output.parts, [&](const OutputPart& part) {
    out.le(part.lane);
    put(out, part.handle);
    out.le(part.rows);
    put_list(out, part.files, [&](const OutputFile& file) {
      put(out, file.name);
      put(out, file.place);
    });
  });
}

// Reads what put() wrote. The first failure sticks in the ByteReader; lists end at it, so a wild
// count costs nothing.
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : in_(bytes) {}

  Result<Manifest> decode() {
    Manifest manifest;
    manifest.run_id = text();
    manifest.job_name = text();
    manifest.epoch = in_.le<uint64_t>();
    manifest.wall_ms = in_.le<int64_t>();
    manifest.lanes = in_.le<uint32_t>();
    manifest.next_piece_id = in_.le<uint64_t>();
    if (manifest.lanes == 0 || manifest.lanes > state::kKeyGroups) in_.fail();
    read_list(manifest.files, [this](ManifestFile& file) {
      file.name = text();
      file.size = in_.le<uint64_t>();
      // A name must not lead out of the folder.
      if (file.name.empty() || file.name.find('/') != std::string::npos) in_.fail();
    });
    files_ = &manifest.files;
    lanes_ = manifest.lanes;
    read_list(manifest.operators, [this](OperatorEntry& entry) {
      entry.id = text();
      read_list(entry.pieces, [this](PieceEntry& piece) { read(piece); });
    });
    read_list(manifest.sources, [this](SourceEntry& entry) {
      entry.id = text();
      read_list(entry.lanes, [this](exec::SourceSnapshot& lane) { read(lane); });
      if (entry.lanes.size() != lanes_) in_.fail();
    });
    read_list(manifest.outputs, [this](OutputEntry& output) { read(output); });
    if (!in_.ok() || in_.remaining() != 0) return corrupt("the manifest's fields do not fit");
    return manifest;
  }

 private:
  std::string text() { return std::string(in_.text(in_.le<uint32_t>())); }

  template <typename T, typename Read>
  void read_list(std::vector<T>& list, Read&& read_one) {
    const auto count = in_.le<uint32_t>();
    for (uint32_t i = 0; i < count && in_.ok(); ++i) read_one(list.emplace_back());
  }

  void read(Place& place) {
    place.file = in_.le<uint32_t>();
    place.offset = in_.le<uint64_t>();
    place.size = in_.le<uint64_t>();
    place.checksum = in_.le<uint64_t>();
    if (place.file >= files_->size()) return in_.fail();
    const uint64_t size = (*files_)[place.file].size;
    if (place.offset > size || place.size > size - place.offset) in_.fail();
  }

  void read(PieceEntry& piece) {
    piece.lane = in_.le<uint32_t>();
    piece.id = in_.le<uint64_t>();
    piece.name = text();
    piece.range.first = in_.le<uint32_t>();
    piece.range.end = in_.le<uint32_t>();
    if (piece.lane >= lanes_ || piece.range.end > state::kKeyGroups) in_.fail();
    read(piece.place);
  }

  void read(exec::SourceSnapshot& lane) {
    const auto read_watermark = [this](int64_t& watermark_ms) { watermark_ms = in_.le<int64_t>(); };
    read_list(lane.splits, [&](exec::SplitState& split) {
      split.split.id = text();
      split.split.topic = text();
      split.split.partition = in_.le<int32_t>();
      split.position = text();
      const auto finished = in_.le<uint8_t>();
      if (finished > 1) in_.fail();
      split.finished = finished == 1;
      read_list(split.watermarks, read_watermark);
    });
    read_list(lane.emitted_watermarks, read_watermark);
  }

  void read(OutputEntry& output) {
    output.run_id = text();
    output.epoch = in_.le<uint64_t>();
    output.sink_id = text();
    read_list(output.parts, [this](OutputPart& part) {
      part.lane = in_.le<uint32_t>();
      part.handle = text();
      part.rows = in_.le<uint64_t>();
      read_list(part.files, [this](OutputFile& file) {
        file.name = text();
        read(file.place);
      });
    });
  }

  ByteReader in_;
  const std::vector<ManifestFile>* files_ = nullptr;
  uint32_t lanes_ = 0;
};

}  // namespace

uint64_t checksum(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::vector<std::byte> encode(const Manifest& manifest) {
  ByteWriter out;
  out.text(kMagic);
  out.le(kVersion);
  put(out, manifest.run_id);
  put(out, manifest.job_name);
  out.le(manifest.epoch);
  out.le(manifest.wall_ms);
  out.le(manifest.lanes);
  out.le(manifest.next_piece_id);
  put_list(out, manifest.files, [&](const ManifestFile& file) {
    put(out, file.name);
    out.le(file.size);
  });
  put_list(out, manifest.operators, [&](const OperatorEntry& entry) {
    put(out, entry.id);
    put_list(out, entry.pieces, [&](const PieceEntry& piece) { put(out, piece); });
  });
  put_list(out, manifest.sources, [&](const SourceEntry& entry) {
    put(out, entry.id);
    put_list(out, entry.lanes, [&](const exec::SourceSnapshot& lane) { put(out, lane); });
  });
  put_list(out, manifest.outputs, [&](const OutputEntry& output) { put(out, output); });
  out.le(checksum(out.view()));
  return std::move(out).take();
}

Result<Manifest> decode(std::span<const std::byte> bytes) {
  constexpr size_t kHead = 8;
  constexpr size_t kSum = 8;
  if (bytes.size() < kHead + kSum) return corrupt("the manifest is too short");
  ByteReader head(bytes.first(kHead));
  if (head.text(kMagic.size()) != kMagic) return corrupt("this is not a manifest");
  const auto version = head.le<uint32_t>();
  if (version != kVersion) {
    return corrupt(fmt::format("manifest version {} is not known to this weir", version));
  }
  const auto content = bytes.first(bytes.size() - kSum);
  if (load_le<uint64_t>(bytes.data() + content.size()) != checksum(content)) {
    return corrupt("the manifest's checksum does not hold");
  }
  return Decoder(content.subspan(kHead)).decode();
}

}  // namespace weir::checkpoint
