#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>

#include "base/env.h"

namespace weir {
namespace {

Error system_error(const char* what, const std::string& path, int code) {
  std::string message = fmt::format("cannot {} {}: {}", what, path, std::strerror(code));
  switch (code) {
    case ENOENT: return not_found(std::move(message));
    case EEXIST: return already_exists(std::move(message));
    case ENOSPC:
    case EDQUOT: return exhausted(std::move(message)).hint("free some disk space");
    default: return io_error(std::move(message));
  }
}

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

class SystemAppendFile final : public AppendFile {
 public:
  SystemAppendFile(int fd, std::string path, uint64_t size)
      : fd_(fd), path_(std::move(path)), size_(size) {}

  Status append(std::span<const std::byte> bytes) override {
    return append_parts(std::span(&bytes, 1));
  }

  Status append_parts(std::span<const std::span<const std::byte>> parts) override {
    constexpr size_t kBatch = 64;  // far below IOV_MAX, enough to save system calls
    while (!parts.empty()) {
      iovec vectors[kBatch];
      const size_t count = std::min(parts.size(), kBatch);
      size_t wanted = 0;
      for (size_t i = 0; i < count; ++i) {
        // writev only reads what iov_base points to.
        vectors[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
        wanted += parts[i].size();
      }
      WEIR_TRY(write_all(std::span(vectors, count), wanted));
      parts = parts.subspan(count);
    }
    return ok();
  }

  Status sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("sync", path_, errno);
    return ok();
  }

  [[nodiscard]] uint64_t size() const override { return size_; }

 private:
  Status write_all(std::span<iovec> vectors, size_t wanted) {
    while (wanted > 0) {
      const ssize_t written = ::writev(fd_.get(), vectors.data(), static_cast<int>(vectors.size()));
      if (written < 0) {
        if (errno == EINTR) continue;
        return system_error("write", path_, errno);
      }
      auto rest = static_cast<size_t>(written);
      size_ += rest;
      wanted -= rest;
      while (!vectors.empty() && rest >= vectors.front().iov_len) {
        rest -= vectors.front().iov_len;
        vectors = vectors.subspan(1);
      }
      if (!vectors.empty() && rest > 0) {
        vectors.front().iov_base = static_cast<std::byte*>(vectors.front().iov_base) + rest;
        vectors.front().iov_len -= rest;
      }
    }
    return ok();
  }

  Descriptor fd_;
  std::string path_;
  uint64_t size_;
};

class SystemRandomFile final : public RandomFile {
 public:
  SystemRandomFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  Result<size_t> read(uint64_t offset, std::span<std::byte> out) const override {
    size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::pread(fd_.get(), out.data() + done, out.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0) {
        if (errno == EINTR) continue;
        return system_error("read", path_, errno);
      }
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  [[nodiscard]] Result<uint64_t> size() const override {
    struct stat info{};
    if (::fstat(fd_.get(), &info) != 0) return system_error("stat", path_, errno);
    return static_cast<uint64_t>(info.st_size);
  }

  [[nodiscard]] int descriptor() const override { return fd_.get(); }

 private:
  Descriptor fd_;
  std::string path_;
};

class SystemFileLock final : public FileLock {
 public:
  explicit SystemFileLock(int fd) : fd_(fd) {}

 private:
  Descriptor fd_;
};

class SystemEnv final : public Env {
 public:
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return system_error("open", path, errno);
    struct stat info{};
    if (::fstat(fd, &info) != 0) {
      const int code = errno;
      ::close(fd);
      return system_error("stat", path, code);
    }
    return std::make_unique<SystemAppendFile>(fd, path, static_cast<uint64_t>(info.st_size));
  }

  Result<std::unique_ptr<RandomFile>> open_random(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return system_error("open", path, errno);
    return std::make_unique<SystemRandomFile>(fd, path);
  }

  Status truncate(const std::string& path, uint64_t size) override {
    const Descriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (fd.get() < 0) return system_error("open", path, errno);
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0 || ::fsync(fd.get()) != 0) {
      return system_error("truncate", path, errno);
    }
    return ok();
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from, errno);
    return ok();
  }

  Status remove_file(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return system_error("remove", path, errno);
    return ok();
  }

  Status remove_tree(const std::string& path) override {
    std::error_code code;
    std::filesystem::remove_all(path, code);
    if (code) return system_error("remove", path, code.value());
    return ok();
  }

  Status make_dirs(const std::string& path) override {
    std::error_code code;
    std::filesystem::create_directories(path, code);
    if (code) return system_error("make folder", path, code.value());
    return ok();
  }

  Status sync_dir(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0 || ::fsync(fd.get()) != 0) return system_error("sync folder", path, errno);
    return ok();
  }

  Result<std::vector<DirEntry>> list(const std::string& path) override {
    std::error_code code;
    std::vector<DirEntry> entries;
    for (std::filesystem::directory_iterator it(path, code), end; !code && it != end;
         it.increment(code)) {
      std::error_code entry_code;  // a file may vanish while we look: it is then not listed
      const bool is_directory = it->is_directory(entry_code);
      const uint64_t size = is_directory ? 0 : it->file_size(entry_code);
      if (!entry_code) entries.push_back({it->path().filename().string(), is_directory, size});
    }
    if (code) return system_error("list", path, code.value());
    std::ranges::sort(entries, {}, &DirEntry::name);
    return entries;
  }

  [[nodiscard]] bool exists(const std::string& path) override {
    return ::access(path.c_str(), F_OK) == 0;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return system_error("open", path, errno);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      const int code = errno;
      ::close(fd);
      if (code == EWOULDBLOCK) return unavailable("another process holds " + path);
      return system_error("lock", path, code);
    }
    return std::make_unique<SystemFileLock>(fd);
  }

  Result<uint64_t> free_space(const std::string& path) override {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return system_error("stat", path, errno);
    return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
  }
};

}  // namespace

Env& system_env() {
  static SystemEnv env;
  return env;
}

}  // namespace weir
