// Env: files, through one seam.
//
// Everything that touches a disk gets an Env passed in; the crash tests and the simulator pass one
// that forgets un-synced bytes or fails on demand. Paths are UTF-8. All calls may block. An Env may
// be used from any thread; a file handle from one thread at a time, except RandomFile::read, which
// is free for all. Failure: kNotFound, kExists, kExhausted (no space), kIo.
//
// Durability (what a caller may rely on): bytes are durable after sync() of the file AND, for a new
// or renamed name, sync_dir() of its folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

// Appends only. The destructor closes without sync.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // Writes all bytes or fails; after a failure the length of the file is unknown.
  virtual Status append(std::span<const std::byte> bytes) = 0;
  // All parts in order, as one write where the system can (writev).
  virtual Status append_parts(std::span<const std::span<const std::byte>> parts) = 0;
  // fdatasync: content and length are durable.
  virtual Status sync() = 0;
  [[nodiscard]] virtual uint64_t size() const = 0;
};

// Reads at any place.
class RandomFile {
 public:
  virtual ~RandomFile() = default;
  // Fills `out` from `offset`; returns how many bytes there were (less only at the end of the
  // file).
  virtual Result<size_t> read(uint64_t offset, std::span<std::byte> out) const = 0;
  [[nodiscard]] virtual Result<uint64_t> size() const = 0;
  // The file descriptor for sendfile, or -1 where there is none.
  [[nodiscard]] virtual int descriptor() const = 0;
};

// Held as long as the object lives; freed by the system when the process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

struct DirEntry {
  std::string name;  // without the folder
  bool is_directory = false;
  uint64_t size = 0;
};

class Env {
 public:
  virtual ~Env() = default;

  // Opens for append; makes the file when it is missing.
  virtual Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) = 0;
  virtual Result<std::unique_ptr<RandomFile>> open_random(const std::string& path) = 0;
  virtual Status truncate(const std::string& path, uint64_t size) = 0;
  // Replaces `to` atomically when it exists.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove_file(const std::string& path) = 0;
  // With all that is in it; no error when it is missing.
  virtual Status remove_tree(const std::string& path) = 0;
  // With missing parents; no error when it exists.
  virtual Status make_dirs(const std::string& path) = 0;
  // Makes names in this folder durable.
  virtual Status sync_dir(const std::string& path) = 0;
  // Sorted by name.
  virtual Result<std::vector<DirEntry>> list(const std::string& path) = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) = 0;
  // Exclusive, without waiting: kUnavailable when another process holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
  // Free bytes on the file system that holds `path`.
  virtual Result<uint64_t> free_space(const std::string& path) = 0;
};

// The machine's file system. Lives for the whole program.
[[nodiscard]] Env& system_env();

// The whole file as text; at most `limit` bytes, else kExhausted.
Result<std::string> read_file(Env& env, const std::string& path, uint64_t limit = 1ULL << 30U);
// Writes `path` so that after a crash it holds either the old or the new content:
// temporary file, sync, rename, sync of the folder.
Status write_file_atomic(Env& env, const std::string& path, std::string_view content);

[[nodiscard]] std::string join_path(std::string_view folder, std::string_view name);
[[nodiscard]] std::string parent_path(std::string_view path);
[[nodiscard]] std::string file_name(std::string_view path);

}  // namespace weir
