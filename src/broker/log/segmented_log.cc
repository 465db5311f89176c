#include "broker/log/segmented_log.h"

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "broker/log/recovery.h"

namespace weir::broker {
namespace {

using kafka::ApiError;

// Base offset, length and leader epoch: what is stamped, and what lies between.
constexpr size_t kStampSize = 16;
constexpr size_t kLeaderEpochAt = 12;
constexpr int32_t kLeaderEpoch = 0;
constexpr size_t kSnapshotsKept = 2;

SegmentedLog::Appended refused(ApiError error, std::string message) {
  SegmentedLog::Appended out;
  out.result.error = error;
  out.result.message = std::move(message);
  return out;
}

}  // namespace

Result<std::unique_ptr<SegmentedLog>> SegmentedLog::open(const Context& context,
                                                         LogOptions options) {
  auto log = std::unique_ptr<SegmentedLog>(new SegmentedLog(context, std::move(options)));
  RecoveredLog recovered = WEIR_TRY(recover_log(context, log->options_.dir, log->options_.name));
  log->bytes_cut_at_open_ = recovered.bytes_cut;
  if (recovered.bytes_scanned > 0) {
    // Nobody knows whether this was synced before the last stop; it is visible from now on.
    const int64_t base = recovered.segments.back()->summary.base_offset;
    const auto file =
        WEIR_TRY(context.env.open_append(offset_path(log->options_.dir, base, kLogSuffix)));
    WEIR_TRY(file->sync());
    WEIR_TRY(context.env.sync_dir(log->options_.dir));
  }
  log->adopt(std::move(recovered));
  return log;
}

void SegmentedLog::adopt(RecoveredLog recovered) {
  const std::lock_guard lock(mutex_);
  producers_ = std::move(recovered.producers);
  segments_ = std::move(recovered.segments);
  const SegmentSummary& last = active()->summary;
  end_ = {last.next_offset, last.base_offset, last.size};
  high_watermark_ = end_;
  active_file_.reset();
  sealed_.clear();
  files_.fill({});
  places_.fill({-1, -1, 0});
  cached_index_.reset();
  cached_index_base_ = -1;
}

SegmentedLog::Appended SegmentedLog::append(std::span<const std::byte> batch) {
  const auto header = kafka::validate_produced(batch);
  if (!header.has_value()) {
    return refused(kafka::to_api_error(header.error()), header.error().message());
  }
  if (header->size() != batch.size()) {
    return refused(ApiError::kInvalidRecord, "more than one record batch for a partition");
  }
  if (batch.size() > static_cast<size_t>(options_.config.max_message_bytes)) {
    return refused(ApiError::kMessageTooLarge,
                   fmt::format("a batch of {} bytes, max.message.bytes is {}", batch.size(),
                               options_.config.max_message_bytes));
  }
  if (!options_.config.log_append_time) {
    const std::lock_guard lock(append_mutex_);
    return append_checked(*header, batch);
  }
  std::vector<std::byte> stamped(batch.begin(), batch.end());
  const std::lock_guard lock(append_mutex_);
  const int64_t now_ms = context_.clock.wall_ms();
  kafka::set_log_append_time(stamped, now_ms);
  kafka::RecordBatchHeader stamped_header = *header;
  stamped_header.max_timestamp_ms = now_ms;
  Appended out = append_checked(stamped_header, stamped);
  if (out.wrote) out.result.log_append_time_ms = now_ms;
  return out;
}

SegmentedLog::Appended SegmentedLog::append_checked(const kafka::RecordBatchHeader& header,
                                                    std::span<const std::byte> batch) {
  if (repair_ != Repair::kNone) {
    if (const Status repaired = repair(); !repaired.has_value()) {
      return refused(ApiError::kKafkaStorageError, repaired.error().message());
    }
  }
  Appended out;
  out.generation = generation_;
  out.result.log_start_offset = segments_.front()->summary.base_offset;
  if (header.has_producer_id()) {
    const auto checked = producers_.check(header);
    switch (checked.verdict) {
      case ProducerTable::Verdict::kAppend: break;
      case ProducerTable::Verdict::kDuplicate:
        out.result.base_offset = checked.first_time.base_offset;
        out.result.last_offset = checked.first_time.last_offset;
        return out;
      case ProducerTable::Verdict::kOutOfOrder:
        return refused(ApiError::kOutOfOrderSequenceNumber,
                       fmt::format("producer {}: sequence {} is not the next one",
                                   header.producer_id, header.base_sequence));
      case ProducerTable::Verdict::kOldEpoch:
        return refused(ApiError::kInvalidProducerEpoch,
                       fmt::format("producer {}: epoch {} is over", header.producer_id,
                                   header.producer_epoch));
    }
  }
  const size_t before = segments_.size();
  const int64_t base_offset = end_.offset;
  Status status = roll_if_full(header, batch.size());
  if (status.has_value()) status = write(batch, base_offset);
  if (!status.has_value()) {
    return refused(ApiError::kKafkaStorageError, status.error().message());
  }
  advance(header, base_offset, batch.size());
  if (header.has_producer_id()) producers_.add(header, base_offset, context_.clock.wall_ms());
  out.result.base_offset = base_offset;
  out.result.last_offset = base_offset + header.last_offset_delta;
  out.wrote = true;
  out.rolled = segments_.size() != before;
  out.records = static_cast<uint64_t>(header.record_count);
  return out;
}

Status SegmentedLog::roll_if_full(const kafka::RecordBatchHeader& header, size_t size) {
  const Segment& segment = *active();
  const SegmentSummary& summary = segment.summary;
  if (summary.size == 0) return ok();
  const int64_t last_relative = end_.offset + header.last_offset_delta - summary.base_offset;
  const bool full = summary.size + size > static_cast<uint64_t>(options_.config.segment_bytes) ||
                    last_relative > std::numeric_limits<uint32_t>::max() ||
                    context_.clock.wall_ms() - segment.created_ms > options_.config.segment_ms;
  return full ? roll() : ok();
}

Status SegmentedLog::roll() {
  const int64_t base = end_.offset;
  auto segment = std::make_shared<Segment>();
  segment->summary.base_offset = base;
  segment->summary.next_offset = base;
  segment->created_ms = context_.clock.wall_ms();
  segment->index = std::make_shared<SparseIndex>();
  std::shared_ptr<AppendFile> file =
      WEIR_TRY(context_.env.open_append(offset_path(options_.dir, base, kLogSuffix)));

  const std::lock_guard lock(mutex_);
  sealed_.push_back({active(), std::move(active_file_), producers_.encode(base)});
  segments_.push_back(std::move(segment));
  active_file_ = std::move(file);
  names_unsynced_ = true;
  end_ = {base, base, 0};
  return ok();
}

Status SegmentedLog::open_active() {
  const std::string path = offset_path(options_.dir, active()->summary.base_offset, kLogSuffix);
  std::shared_ptr<AppendFile> file = WEIR_TRY(context_.env.open_append(path));
  if (file->size() != end_.position) {
    repair_ = Repair::kTornWrite;
    return corrupt(fmt::format("{} has {} bytes, {} are right", path, file->size(), end_.position));
  }
  const std::lock_guard lock(mutex_);
  if (end_.position == 0) names_unsynced_ = true;
  active_file_ = std::move(file);
  return ok();
}

Status SegmentedLog::write(std::span<const std::byte> batch, int64_t base_offset) {
  if (active_file_ == nullptr) WEIR_TRY(open_active());
  std::array<std::byte, kStampSize> stamp;
  std::memcpy(stamp.data(), batch.data(), kStampSize);
  store_be(stamp.data(), base_offset);
  store_be(stamp.data() + kLeaderEpochAt, kLeaderEpoch);
  const std::array<std::span<const std::byte>, 2> parts{stamp, batch.subspan(kStampSize)};
  Status status = active_file_->append_parts(parts);
  if (!status.has_value()) repair_ = Repair::kTornWrite;
  return status;
}

void SegmentedLog::advance(const kafka::RecordBatchHeader& header, int64_t base_offset,
                           size_t size) {
  const std::lock_guard lock(mutex_);
  Segment& segment = *active();
  SegmentSummary& summary = segment.summary;
  segment.index->add(static_cast<uint32_t>(base_offset - summary.base_offset),
                     static_cast<uint32_t>(summary.size), summary.max_timestamp_ms);
  summary.next_offset = base_offset + header.last_offset_delta + 1;
  summary.size += size;
  summary.max_timestamp_ms = std::max(summary.max_timestamp_ms, header.max_timestamp_ms);
  end_ = {summary.next_offset, summary.base_offset, summary.size};
  if (!options_.visible_when_synced) high_watermark_ = end_;
}

Status SegmentedLog::repair() {
  const Status status =
      repair_ == Repair::kTornWrite ? repair_torn_write() : repair_back_to_high_watermark();
  if (status.has_value()) repair_ = Repair::kNone;
  return status;
}

Status SegmentedLog::repair_torn_write() {
  const std::string path = offset_path(options_.dir, active()->summary.base_offset, kLogSuffix);
  {
    const std::lock_guard lock(mutex_);
    active_file_.reset();
  }
  WEIR_TRY(context_.env.truncate(path, end_.position));
  return open_active();
}

Status SegmentedLog::repair_back_to_high_watermark() {
  Place back;
  std::vector<int64_t> removed;
  {
    const std::lock_guard lock(mutex_);
    back = high_watermark_;
    for (const SegmentRef& segment : segments_) {
      if (segment->summary.base_offset > back.segment_base) {
        removed.push_back(segment->summary.base_offset);
      }
    }
  }
  for (const int64_t base : removed) {
    for (const auto suffix : {kLogSuffix, kIndexSuffix}) {
      const std::string path = offset_path(options_.dir, base, suffix);
      if (context_.env.exists(path)) WEIR_TRY(context_.env.remove_file(path));
    }
  }
  const std::string path = offset_path(options_.dir, back.segment_base, kLogSuffix);
  if (context_.env.exists(path)) WEIR_TRY(context_.env.truncate(path, back.position));
  RecoveredLog recovered = WEIR_TRY(recover_log(context_, options_.dir, options_.name));
  if (recovered.segments.back()->summary.next_offset != back.offset) {
    return corrupt(fmt::format("{}: ends at {} after going back to {}", options_.name,
                               recovered.segments.back()->summary.next_offset, back.offset));
  }
  context_.log.warning("broker", "went back to the high watermark after a failed sync",
                       {{"partition", options_.name}, {"offset", back.offset}});
  adopt(std::move(recovered));
  const std::lock_guard lock(mutex_);
  ++generation_;
  return ok();
}

Status SegmentedLog::sync_files() {
  Place target;
  uint64_t generation = 0;
  bool names = false;
  std::shared_ptr<AppendFile> file;
  std::vector<Sealed> sealed;
  {
    const std::lock_guard lock(mutex_);
    target = end_;
    generation = generation_;
    file = active_file_;
    sealed = std::move(sealed_);
    sealed_.clear();
    names = std::exchange(names_unsynced_, false);
  }
  for (const Sealed& closed : sealed) WEIR_TRY(seal(closed));
  if (file != nullptr) WEIR_TRY(file->sync());
  if (names) WEIR_TRY(context_.env.sync_dir(options_.dir));
  const std::lock_guard lock(mutex_);
  if (generation == generation_ && target.offset >= high_watermark_.offset) {
    high_watermark_ = target;
  }
  return ok();
}

Status SegmentedLog::sync() {
  {
    const std::lock_guard lock(append_mutex_);
    if (repair_ == Repair::kBackToHighWatermark) {
      // Another sync would succeed, but say nothing of the pages that the failed one lost.
      return unavailable(fmt::format("{}: a sync failed before", options_.name));
    }
  }
  Status status = sync_files();
  if (status.has_value()) return status;
  context_.log.error("broker", "sync failed",
                     {{"partition", options_.name}, {"error", status.error().message()}});
  if (options_.visible_when_synced) {
    const std::lock_guard lock(append_mutex_);
    repair_ = Repair::kBackToHighWatermark;
  }
  return status;
}

Status SegmentedLog::seal(const Sealed& sealed) {
  if (sealed.file != nullptr) WEIR_TRY(sealed.file->sync());
  const SegmentSummary& summary = sealed.segment->summary;
  // Without these two files the next start scans the segment; a full disk must not stop appends.
  const std::string path = offset_path(options_.dir, summary.base_offset, kIndexSuffix);
  Status written = write_file_atomic(context_.env, path, sealed.segment->index->encode(summary));
  if (written.has_value()) {
    const std::lock_guard lock(mutex_);
    sealed.segment->index.reset();
  }
  if (written.has_value()) written = write_producers(sealed.producers, summary.next_offset);
  if (!written.has_value()) {
    context_.log.warning("broker", "cannot write the index of a closed segment",
                         {{"partition", options_.name}, {"error", written.error().message()}});
  }
  return ok();
}

Status SegmentedLog::write_producers(const std::string& encoded, int64_t offset) {
  WEIR_TRY(write_file_atomic(context_.env, offset_path(options_.dir, offset, kProducersSuffix),
                             encoded));
  std::vector<int64_t> snapshots;
  for (const DirEntry& entry : WEIR_TRY(context_.env.list(options_.dir))) {
    if (const auto at = parse_offset_name(entry.name, kProducersSuffix)) snapshots.push_back(*at);
  }
  for (size_t i = 0; i + kSnapshotsKept < snapshots.size(); ++i) {
    WEIR_TRY(context_.env.remove_file(offset_path(options_.dir, snapshots[i], kProducersSuffix)));
  }
  return ok();
}

Status SegmentedLog::close() {
  const std::lock_guard lock(append_mutex_);
  if (repair_ != Repair::kNone) WEIR_TRY(repair());
  if (active_file_ == nullptr && sealed_.empty()) return ok();  // nothing was appended
  WEIR_TRY(sync_files());
  const SegmentSummary& summary = active()->summary;
  if (summary.size > 0) {
    WEIR_TRY(write_file_atomic(context_.env,
                               offset_path(options_.dir, summary.base_offset, kIndexSuffix),
                               active()->index->encode(summary)));
  }
  return write_producers(producers_.encode(end_.offset), end_.offset);
}

}  // namespace weir::broker
