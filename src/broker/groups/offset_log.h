// OffsetLog: committed offsets on disk, as a log of changes that is rewritten when it has grown.
//
// append() takes encoded entries and says `done` when they are durable (fsync) or written (not
// fsync), in the order of the calls. A thread of its own writes what has gathered as one write and
// one fsync; without it (simulator) flush() does. When the file has grown to several times what it
// holds, it is replaced by `snapshot`'s entries, atomically. A torn tail (the entry that a crash
// cut off) is cut away at open and reported; a write that fails is cut away before the next one.
// append() from any thread; done and snapshot are called on the writing thread without a lock held.
// Format: docs/formats/group-offsets.md. Failure: kIo, kExhausted (disk full), kCorrupt for a file
// that is not ours, kUnsupported for one from a newer version.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/context.h"
#include "base/result.h"
#include "base/thread.h"

namespace weir::broker {

struct CommittedOffset {
  int64_t offset = -1;
  int32_t leader_epoch = -1;
  std::string metadata;
  int64_t commit_time_ms = 0;  // wall clock

  bool operator==(const CommittedOffset&) const = default;
};

// One change. Which fields count follows from what is set:
// all: a commit; without `committed`: that partition is forgotten; without `topic`: the whole
// group.
struct OffsetEntry {
  std::string group;
  std::optional<std::string> topic;
  int32_t partition = 0;
  std::optional<CommittedOffset> committed;

  void encode(ByteWriter& out) const;
};

struct OffsetLogOptions {
  std::string dir;
  bool fsync = true;
  bool background = true;                 // false: only flush() writes
  uint64_t min_rewrite_bytes = 1 << 20U;  // smaller files are never rewritten
};

class OffsetLog {
 public:
  using Done = std::function<void(const Status&)>;

  // Calls `replay` for each entry of the file in order, then is ready. `snapshot` writes entries
  // for all that is known after every change whose `done` was called.
  static Result<std::unique_ptr<OffsetLog>> open(const Context& context, OffsetLogOptions options,
                                                 const std::function<void(OffsetEntry)>& replay,
                                                 std::function<void(ByteWriter&)> snapshot);
  ~OffsetLog();
  OffsetLog(const OffsetLog&) = delete;
  OffsetLog& operator=(const OffsetLog&) = delete;

  // `entries` as OffsetEntry::encode made them, one or more.
  void append(std::span<const std::byte> entries, Done done);
  // Writes what has gathered; on the caller's thread. Only without a background thread.
  void flush();
  // Writes what has gathered and ends the thread. Later appends fail with kCancelled. Idempotent.
  void stop();

 private:
  OffsetLog(const Context& context, OffsetLogOptions options,
            std::function<void(ByteWriter&)> snapshot);
  Status recover(const std::function<void(OffsetEntry)>& replay);
  void run();
  // Takes what has gathered; false when there was nothing.
  bool write_gathered();
  Status write(std::span<const std::byte> bytes);
  Status reopen_if_failed();
  Status rewrite();

  Context context_;
  OffsetLogOptions options_;
  std::string path_;
  std::function<void(ByteWriter&)> snapshot_;

  // Of the writing thread.
  std::unique_ptr<AppendFile> file_;
  uint64_t good_size_ = 0;       // all before is whole
  uint64_t rewritten_size_ = 0;  // of the file when it was last rewritten
  bool failed_ = false;          // bytes behind good_size_ may be rubbish

  std::mutex mutex_;
  std::condition_variable wake_;
  ByteWriter gathered_;
  std::vector<Done> gathered_done_;
  bool stopping_ = false;
  Thread thread_;
};

}  // namespace weir::broker
