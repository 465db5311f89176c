// Manifest: what epoch n is made of, and its bytes (docs/formats/checkpoint.md).
//
// A plain value. decode() trusts nothing: lengths are checked, indices and places must lie inside
// the files that are named, and the checksum must hold; anything else is kCorrupt.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/lane_snapshot.h"

namespace weir::checkpoint {

// Bytes in one of the manifest's files.
struct Place {
  uint32_t file = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t checksum = 0;
};

struct ManifestFile {
  std::string name;  // inside the checkpoint's folder
  uint64_t size = 0;
};

struct PieceEntry {
  uint32_t lane = 0;
  exec::PieceId id = 0;
  std::string name;
  exec::KeyGroupRange range;
  Place place;
};

struct OperatorEntry {
  std::string id;
  std::vector<PieceEntry> pieces;
};

struct SourceEntry {
  std::string id;
  std::vector<exec::SourceSnapshot> lanes;  // source_id is left empty
};

struct OutputFile {
  std::string name;
  Place place;
};

struct OutputPart {
  uint32_t lane = 0;
  std::string handle;
  uint64_t rows = 0;
  std::vector<OutputFile> files;
};

struct OutputEntry {
  std::string run_id;
  uint64_t epoch = 0;
  std::string sink_id;
  std::vector<OutputPart> parts;
};

struct Manifest {
  std::string run_id;
  std::string job_name;
  uint64_t epoch = 0;
  int64_t wall_ms = 0;
  uint32_t lanes = 1;
  exec::PieceId next_piece_id = 1;
  std::vector<ManifestFile> files;
  std::vector<OperatorEntry> operators;
  std::vector<SourceEntry> sources;
  std::vector<OutputEntry> outputs;
};

[[nodiscard]] std::vector<std::byte> encode(const Manifest& manifest);
[[nodiscard]] Result<Manifest> decode(std::span<const std::byte> bytes);

[[nodiscard]] uint64_t checksum(std::span<const std::byte> bytes);

}  // namespace weir::checkpoint
