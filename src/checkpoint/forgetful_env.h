// ForgetfulEnv: files in memory that a crash treats as badly as a disk may. For tests.
//
// Fault model: bytes behind the last sync() of a file may vanish or stay in part; a new or renamed
// name is lost unless sync_dir() of its folder came after; a removed name may come back. What was
// synced stays. fail_after(n) lets the n-th call that changes something fail, and all behind it,
// until crash(). Any thread.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/random.h"

namespace weir::checkpoint {

class ForgetfulEnv final : public Env {
 public:
  explicit ForgetfulEnv(uint64_t seed) : random_(seed) {}

  // Power loss: only what must be durable is sure to be there afterwards.
  void crash() {
    const std::lock_guard lock(mutex_);
    for (auto& [path, file] : durable_) {
      const size_t kept = file->synced + random_.below(file->data.size() - file->synced + 1);
      file->data.resize(kept);
      file->synced = kept;
    }
    current_ = durable_;
    failing_ = false;
    calls_until_failure_ = 0;
    locks_.clear();
  }
  void fail_after(uint64_t calls) { calls_until_failure_ = calls; }
  [[nodiscard]] bool failed() const { return failing_; }
  // Damages one byte of a file.
  void flip(const std::string& path, size_t at) {
    const std::lock_guard lock(mutex_);
    current_.at(path)->data.at(at) ^= std::byte{0x40};
  }
  [[nodiscard]] std::vector<std::string> paths() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [path, file] : current_) out.push_back(path);
    return out;
  }

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    WEIR_TRY(change());
    auto& file = current_[path];
    if (!file) file = std::make_shared<File>();
    return std::make_unique<Append>(*this, file);
  }
  Result<std::unique_ptr<RandomFile>> open_random(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    const auto found = current_.find(path);
    if (found == current_.end()) return not_found(path);
    return std::make_unique<Read>(*this, found->second);
  }
  Status truncate(const std::string& path, uint64_t size) override {
    const std::lock_guard lock(mutex_);
    WEIR_TRY(change());
    current_.at(path)->data.resize(size);
    return ok();
  }
  Status rename(const std::string& from, const std::string& to) override {
    const std::lock_guard lock(mutex_);
    WEIR_TRY(change());
    const auto found = current_.find(from);
    if (found == current_.end()) return not_found(from);
    current_[to] = found->second;
    current_.erase(from);
    return ok();
  }
  Status remove_file(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    WEIR_TRY(change());
    if (current_.erase(path) == 0) return not_found(path);
    return ok();
  }
  Status remove_tree(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(current_, [&](const auto& file) { return file.first.starts_with(path + "/"); });
    return ok();
  }
  Status make_dirs(const std::string& path) override {
    (void)path;
    return ok();
  }
  Status sync_dir(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    WEIR_TRY(change());
    std::erase_if(durable_, [&](const auto& file) { return parent_path(file.first) == path; });
    for (const auto& [name, file] : current_) {
      if (parent_path(name) == path) durable_[name] = file;
    }
    return ok();
  }
  Result<std::vector<DirEntry>> list(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    std::vector<DirEntry> out;
    for (const auto& [name, file] : current_) {
      if (parent_path(name) == path) out.push_back({file_name(name), false, file->data.size()});
    }
    return out;
  }
  [[nodiscard]] bool exists(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    return current_.contains(path);
  }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    auto& held = locks_[path];
    if (!held.expired()) return unavailable("another process holds " + path);
    auto token = std::make_shared<int>(0);
    held = token;
    return std::make_unique<Lock>(std::move(token));
  }
  Result<uint64_t> free_space(const std::string& path) override {
    (void)path;
    return 1ULL << 40U;
  }

 private:
  struct File {
    std::vector<std::byte> data;
    size_t synced = 0;
  };
  using FileRef = std::shared_ptr<File>;

  class Lock final : public FileLock {
   public:
    explicit Lock(std::shared_ptr<int> token) : token_(std::move(token)) {}

   private:
    std::shared_ptr<int> token_;
  };

  class Append final : public AppendFile {
   public:
    Append(ForgetfulEnv& env, FileRef file) : env_(env), file_(std::move(file)) {}
    Status append(std::span<const std::byte> bytes) override {
      return append_parts(std::span(&bytes, 1));
    }
    Status append_parts(std::span<const std::span<const std::byte>> parts) override {
      const std::lock_guard lock(env_.mutex_);
      for (const auto& part : parts) {
        if (Status changed = env_.change(); !changed) {
          // A write that fails may have done a part of its work.
          const auto half = part.first(part.size() / 2);
          file_->data.insert(file_->data.end(), half.begin(), half.end());
          return changed;
        }
        file_->data.insert(file_->data.end(), part.begin(), part.end());
      }
      return ok();
    }
    Status sync() override {
      const std::lock_guard lock(env_.mutex_);
      WEIR_TRY(env_.change());
      file_->synced = file_->data.size();
      return ok();
    }
    [[nodiscard]] uint64_t size() const override { return file_->data.size(); }

   private:
    ForgetfulEnv& env_;
    FileRef file_;
  };

  class Read final : public RandomFile {
   public:
    Read(ForgetfulEnv& env, FileRef file) : env_(env), file_(std::move(file)) {}
    Result<size_t> read(uint64_t offset, std::span<std::byte> out) const override {
      const std::lock_guard lock(env_.mutex_);
      if (offset >= file_->data.size()) return size_t{0};
      const size_t count = std::min<size_t>(out.size(), file_->data.size() - offset);
      if (count > 0) std::memcpy(out.data(), file_->data.data() + offset, count);
      return count;
    }
    [[nodiscard]] Result<uint64_t> size() const override {
      const std::lock_guard lock(env_.mutex_);
      return file_->data.size();
    }
    [[nodiscard]] int descriptor() const override { return -1; }

   private:
    ForgetfulEnv& env_;
    FileRef file_;
  };

  // Called under the lock by everything that changes something.
  Status change() {
    if (calls_until_failure_ > 0 && --calls_until_failure_ == 0) failing_ = true;
    if (failing_) return io_error("the disk is gone");
    return ok();
  }

  std::mutex mutex_;
  Random random_;
  std::map<std::string, FileRef> current_;
  std::map<std::string, FileRef> durable_;
  std::map<std::string, std::weak_ptr<int>> locks_;
  uint64_t calls_until_failure_ = 0;
  bool failing_ = false;
};

}  // namespace weir::checkpoint
