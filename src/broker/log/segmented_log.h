// SegmentedLog: the files of one partition: append, sync, read, look up times, retention.
//
// Invariants: start <= high watermark <= end; offsets in files ascend without gaps; what was
// visible never changes; nothing above the high watermark is read. With `visible_when_synced` the
// high watermark moves in sync(), else in append().
// Threads: any. Appends (and repair, retention, close) hold append_mutex_, sync() runs on one
// thread at a time; readers hold mutex_ only to find their place, never during I/O on a segment.
// Failure: after a failed write or sync the log is cut back as docs/formats/broker-log.md says,
// before the next append; generation() grows when records that were appended are cut off.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "broker/log/producer_table.h"
#include "broker/log/segment.h"
#include "broker/partition.h"
#include "broker/topic.h"
#include "kafka/record_batch.h"

namespace weir::broker {

struct LogOptions {
  std::string dir;   // exists
  std::string name;  // "orders-0", for messages
  TopicConfig config;
  bool visible_when_synced = true;
};

struct RecoveredLog;

class SegmentedLog {
 public:
  static Result<std::unique_ptr<SegmentedLog>> open(const Context& context, LogOptions options);

  struct Appended {
    AppendResult result;
    uint64_t generation = 0;
    bool wrote = false;    // false for an error and for a repeated batch
    bool rolled = false;   // a segment was closed: sync() has work even without fsync durability
    uint64_t records = 0;  // that were written
  };
  Appended append(std::span<const std::byte> batch);

  // Makes durable what was appended before the call.
  Status sync();
  // Syncs, then leaves the marks of a clean stop. No append follows.
  Status close();

  Result<ReadResult> read(int64_t offset, size_t max_bytes);
  Result<OffsetAtTime> offset_for_time(int64_t timestamp_ms);
  Result<OffsetAtTime> offset_of_max_time();

  [[nodiscard]] LogOffsets offsets() const;
  // Offsets and generation at one moment.
  [[nodiscard]] std::pair<LogOffsets, uint64_t> state() const;
  [[nodiscard]] uint64_t size_bytes() const;
  [[nodiscard]] uint64_t bytes_cut_at_open() const { return bytes_cut_at_open_; }

  // Removes whole segments that are too old or too many; how many.
  Result<size_t> apply_retention();

 private:
  enum class Repair { kNone, kTornWrite, kBackToHighWatermark };

  // A place in the log, by offset and by file.
  struct Place {
    int64_t offset = 0;
    int64_t segment_base = 0;
    uint64_t position = 0;
  };
  // A closed segment that is not yet known to be durable.
  struct Sealed {
    SegmentRef segment;
    std::shared_ptr<AppendFile> file;
    std::string producers;  // as they were at the segment's end
  };
  struct CachedFile {
    int64_t segment_base = -1;
    std::shared_ptr<const RandomFile> file;
  };
  // What a reader takes from under the mutex.
  struct ReadPlan {
    SegmentRef segment;
    uint64_t from = 0;
    uint64_t limit = 0;        // of visible bytes in the segment
    bool exact = false;        // the batch with the offset begins at `from`
    bool needs_index = false;  // `from` is yet to be found
    LogOffsets offsets;
  };

  SegmentedLog(const Context& context, LogOptions options)
      : context_(context), options_(std::move(options)) {}

  void adopt(RecoveredLog recovered);

  // All with append_mutex_ held.
  Status repair();
  Status repair_torn_write();
  Status repair_back_to_high_watermark();
  Status open_active();
  Status roll();
  Status roll_if_full(const kafka::RecordBatchHeader& header, size_t size);
  Appended append_checked(const kafka::RecordBatchHeader& header, std::span<const std::byte> batch);
  Status write(std::span<const std::byte> batch, int64_t base_offset);
  void advance(const kafka::RecordBatchHeader& header, int64_t base_offset, size_t size);

  Status sync_files();
  Status seal(const Sealed& sealed);
  Status write_producers(const std::string& encoded, int64_t offset);

  // With mutex_ held.
  Result<ReadPlan> plan_read(int64_t offset);
  [[nodiscard]] const SegmentRef& active() const { return segments_.back(); }
  [[nodiscard]] LogOffsets offsets_locked() const;
  [[nodiscard]] uint64_t visible_bytes(const Segment& segment) const;
  void remember_place(const Place& place);

  Result<std::shared_ptr<const RandomFile>> file_of(int64_t segment_base);
  // The index of a closed segment, from its file or made by a scan.
  Result<std::shared_ptr<const SparseIndex>> index_of(const SegmentRef& segment);
  Result<OffsetAtTime> first_record_in(const SegmentRef& segment, int64_t timestamp_ms);

  const Context& context_;
  const LogOptions options_;
  uint64_t bytes_cut_at_open_ = 0;

  std::mutex append_mutex_;  // before mutex_
  ProducerTable producers_;
  Repair repair_ = Repair::kNone;

  mutable std::mutex mutex_;
  std::vector<SegmentRef> segments_;
  Place end_;
  Place high_watermark_;
  uint64_t generation_ = 0;
  std::shared_ptr<AppendFile> active_file_;  // null until the first append
  std::vector<Sealed> sealed_;
  bool names_unsynced_ = false;  // a segment's file was made
  std::array<CachedFile, 4> files_;
  size_t next_file_ = 0;
  std::array<Place, 8> places_;  // where readers will go on
  size_t next_place_ = 0;
  std::shared_ptr<const SparseIndex> cached_index_;
  int64_t cached_index_base_ = -1;
};

}  // namespace weir::broker
