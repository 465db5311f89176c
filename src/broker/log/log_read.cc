// Reading, time lookups and retention of SegmentedLog.
#include <algorithm>

#include "base/bytes.h"
#include "broker/log/batch_scan.h"
#include "broker/log/segmented_log.h"
#include "kafka/record_reader.h"

namespace weir::broker {
namespace {

constexpr size_t kLastOffsetDeltaAt = 23;

// Which bytes of a chunk answer a read.
struct Cut {
  size_t first = 0;          // of the first batch to return; or where to read on
  size_t end = 0;            // behind the last one; == first: none is whole
  size_t first_size = 0;     // of the batch at `first`, when that much is known
  int64_t next_offset = -1;  // behind the last one
};

// Skips batches that end before `offset`, takes whole ones up to `max_bytes`, but at least one.
Result<Cut> cut_batches(std::span<const std::byte> chunk, int64_t offset, size_t max_bytes) {
  Cut cut;
  size_t at = 0;
  for (;;) {
    const auto rest = chunk.subspan(at);
    const size_t size = WEIR_TRY(kafka::batch_size(rest));
    if (size < kafka::kBatchHeaderSize && size != 0) return corrupt("a batch without its header");
    if (at == cut.first) cut.first_size = size;
    if (size == 0 || size > rest.size()) return cut;
    const int64_t last =
        load_be<int64_t>(rest.data()) + load_be<int32_t>(rest.data() + kLastOffsetDeltaAt);
    if (last < offset) {
      at += size;
      cut.first = cut.end = at;
      continue;
    }
    if (cut.end > cut.first && at + size - cut.first > max_bytes) return cut;
    at += size;
    cut.end = at;
    cut.next_offset = last + 1;
  }
}

}  // namespace

LogOffsets SegmentedLog::offsets_locked() const {
  return {segments_.front()->summary.base_offset, high_watermark_.offset, end_.offset};
}

LogOffsets SegmentedLog::offsets() const { return state().first; }

std::pair<LogOffsets, uint64_t> SegmentedLog::state() const {
  const std::lock_guard lock(mutex_);
  return {offsets_locked(), generation_};
}

uint64_t SegmentedLog::size_bytes() const {
  const std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const SegmentRef& segment : segments_) sum += segment->summary.size;
  return sum;
}

uint64_t SegmentedLog::visible_bytes(const Segment& segment) const {
  const int64_t base = segment.summary.base_offset;
  if (base < high_watermark_.segment_base) return segment.summary.size;
  return base == high_watermark_.segment_base ? high_watermark_.position : 0;
}

void SegmentedLog::remember_place(const Place& place) {
  places_[next_place_] = place;
  next_place_ = (next_place_ + 1) % places_.size();
}

Result<SegmentedLog::ReadPlan> SegmentedLog::plan_read(int64_t offset) {
  ReadPlan plan;
  plan.offsets = offsets_locked();
  if (offset < plan.offsets.start || offset > plan.offsets.high_watermark) {
    return not_found(fmt::format("{}: offset {} is outside [{}, {}]", options_.name, offset,
                                 plan.offsets.start, plan.offsets.high_watermark));
  }
  auto it = std::ranges::upper_bound(segments_, offset, {}, [](const SegmentRef& segment) {
    return segment->summary.base_offset;
  });
  // The first segment begins at or before the offset. Behind a gap the next one has the answer.
  if (it != segments_.end() && (*std::prev(it))->summary.next_offset <= offset) ++it;
  plan.segment = *std::prev(it);
  plan.limit = visible_bytes(*plan.segment);
  const int64_t base = plan.segment->summary.base_offset;
  plan.exact = offset <= base;
  if (plan.exact) return plan;
  for (const Place& place : places_) {
    if (place.offset == offset && place.segment_base == base && place.position <= plan.limit) {
      plan.from = place.position;
      plan.exact = true;
      return plan;
    }
  }
  if (plan.segment->index != nullptr) {
    plan.from = plan.segment->index->position_of(static_cast<uint32_t>(offset - base));
  } else {
    plan.needs_index = true;
  }
  return plan;
}

Result<ReadResult> SegmentedLog::read(int64_t offset, size_t max_bytes) {
  ReadPlan plan;
  {
    const std::lock_guard lock(mutex_);
    plan = WEIR_TRY(plan_read(offset));
  }
  ReadResult result;
  result.next_offset = offset;
  result.high_watermark = plan.offsets.high_watermark;
  result.log_start_offset = plan.offsets.start;
  if (offset == plan.offsets.high_watermark) return result;

  const int64_t base = plan.segment->summary.base_offset;
  if (plan.needs_index) {
    const auto index = WEIR_TRY(index_of(plan.segment));
    plan.from = index->position_of(static_cast<uint32_t>(offset - base));
  }
  const auto file = WEIR_TRY(file_of(base));
  uint64_t position = plan.from;
  size_t wanted = max_bytes + (plan.exact ? 0 : kIndexIntervalBytes);
  wanted = std::max(wanted, kafka::kBatchHeaderSize);
  while (position < plan.limit) {
    wanted = std::min<uint64_t>(wanted, plan.limit - position);
    auto buffer = Buffer::allocate(wanted);
    const size_t got = WEIR_TRY(file->read(position, {buffer->mutable_data(), wanted}));
    const Cut cut = WEIR_TRY(cut_batches(buffer->bytes().first(got), offset, max_bytes));
    if (cut.end > cut.first) {
      result.records = buffer->bytes().subspan(cut.first, cut.end - cut.first);
      result.buffer = std::move(buffer);
      result.next_offset = cut.next_offset;
      const std::lock_guard lock(mutex_);
      remember_place({cut.next_offset, base, position + cut.end});
      return result;
    }
    // The batch sought begins at `first` and goes on behind this chunk; unless the file is shorter
    // than what is visible, or the batch longer.
    if (got < wanted) break;
    const bool fits = cut.first_size > wanted && cut.first_size <= plan.limit - position;
    if (cut.first == 0 && !fits) break;
    position += cut.first;
    wanted = std::max(wanted, cut.first_size);
  }
  return corrupt(fmt::format("{}: no whole batch at offset {} in segment {}, position {}",
                             options_.name, offset, base, position));
}

Result<std::shared_ptr<const RandomFile>> SegmentedLog::file_of(int64_t segment_base) {
  {
    const std::lock_guard lock(mutex_);
    for (const CachedFile& cached : files_) {
      if (cached.file != nullptr && cached.segment_base == segment_base) return cached.file;
    }
  }
  std::shared_ptr<const RandomFile> file =
      WEIR_TRY(context_.env.open_random(offset_path(options_.dir, segment_base, kLogSuffix)));
  const std::lock_guard lock(mutex_);
  files_[next_file_] = {segment_base, file};
  next_file_ = (next_file_ + 1) % files_.size();
  return file;
}

Result<std::shared_ptr<const SparseIndex>> SegmentedLog::index_of(const SegmentRef& segment) {
  SegmentSummary summary;
  {
    const std::lock_guard lock(mutex_);
    summary = segment->summary;
    if (cached_index_base_ == summary.base_offset) return cached_index_;
  }
  const std::string path = offset_path(options_.dir, summary.base_offset, kIndexSuffix);
  const auto text = read_file(context_.env, path);
  SegmentSummary found;
  auto decoded =
      text.has_value() ? SparseIndex::decode(*text, found) : Result<SparseIndex>(text.error());
  auto index = std::make_shared<SparseIndex>();
  if (decoded.has_value() && found == summary) {
    *index = *std::move(decoded);
  } else {
    int64_t max_timestamp_ms = -1;
    const auto file = WEIR_TRY(file_of(summary.base_offset));
    WEIR_TRY(scan_batches(*file, 0, summary.size, CrcCheck::kNo, [&](const ScannedBatch& batch) {
      index->add(static_cast<uint32_t>(batch.header.base_offset - summary.base_offset),
                 static_cast<uint32_t>(batch.position), max_timestamp_ms);
      max_timestamp_ms = std::max(max_timestamp_ms, batch.header.max_timestamp_ms);
      return true;
    }));
  }
  const std::lock_guard lock(mutex_);
  cached_index_ = index;
  cached_index_base_ = summary.base_offset;
  return cached_index_;
}

Result<OffsetAtTime> SegmentedLog::first_record_in(const SegmentRef& segment,
                                                   int64_t timestamp_ms) {
  uint64_t limit = 0;
  uint64_t from = 0;
  bool needs_index = false;
  {
    const std::lock_guard lock(mutex_);
    limit = visible_bytes(*segment);
    needs_index = segment->index == nullptr;
    if (!needs_index) from = segment->index->position_before(timestamp_ms);
  }
  OffsetAtTime answer;
  if (from >= limit) return answer;
  if (needs_index) from = WEIR_TRY(index_of(segment))->position_before(timestamp_ms);
  const auto file = WEIR_TRY(file_of(segment->summary.base_offset));
  Status decoded = ok();
  WEIR_TRY(scan_batches(*file, from, limit, CrcCheck::kNo, [&](const ScannedBatch& batch) {
    if (batch.header.max_timestamp_ms < timestamp_ms) return true;
    kafka::RecordReader reader;
    kafka::RecordColumns records;
    const BufferRef owner = Buffer::copy_of(batch.bytes);
    decoded = reader.append(batch.header, owner->bytes(), owner, records);
    for (size_t i = 0; i < records.size(); ++i) {
      if (records.timestamps_ms[i] < timestamp_ms) continue;
      answer = {records.offsets[i], records.timestamps_ms[i]};
      break;
    }
    return decoded.has_value() && answer.offset < 0;
  }));
  if (!decoded.has_value()) return decoded.error();
  return answer;
}

Result<OffsetAtTime> SegmentedLog::offset_for_time(int64_t timestamp_ms) {
  std::vector<SegmentRef> candidates;
  {
    const std::lock_guard lock(mutex_);
    for (const SegmentRef& segment : segments_) {
      if (segment->summary.max_timestamp_ms >= timestamp_ms) candidates.push_back(segment);
    }
  }
  for (const SegmentRef& segment : candidates) {
    const OffsetAtTime found = WEIR_TRY(first_record_in(segment, timestamp_ms));
    if (found.offset >= 0) return found;
  }
  return OffsetAtTime();
}

Result<OffsetAtTime> SegmentedLog::offset_of_max_time() {
  std::vector<SegmentRef> segments;
  int64_t greatest = kafka::kNoTimestamp;
  {
    const std::lock_guard lock(mutex_);
    segments = segments_;
    for (const SegmentRef& segment : segments_) {
      // Of a segment with an invisible end the batches themselves must say.
      if (visible_bytes(*segment) == segment->summary.size) {
        greatest = std::max(greatest, segment->summary.max_timestamp_ms);
      }
    }
  }
  for (const SegmentRef& segment : segments) {
    uint64_t limit = 0;
    {
      const std::lock_guard lock(mutex_);
      limit = visible_bytes(*segment);
      if (limit == 0 || limit == segment->summary.size) continue;
    }
    const auto file = WEIR_TRY(file_of(segment->summary.base_offset));
    WEIR_TRY(scan_batches(*file, 0, limit, CrcCheck::kNo, [&](const ScannedBatch& batch) {
      greatest = std::max(greatest, batch.header.max_timestamp_ms);
      return true;
    }));
  }
  if (greatest == kafka::kNoTimestamp) return OffsetAtTime();
  return offset_for_time(greatest);
}

Result<size_t> SegmentedLog::apply_retention() {
  const std::lock_guard append_lock(append_mutex_);
  const int64_t now_ms = context_.clock.wall_ms();
  producers_.expire(now_ms);
  const TopicConfig& config = options_.config;
  const auto too_old = [&](const SegmentSummary& summary) {
    return config.retention_ms >= 0 && summary.max_timestamp_ms >= 0 &&
           summary.max_timestamp_ms < now_ms - config.retention_ms;
  };
  if (active()->summary.size > 0 && too_old(active()->summary) && repair_ == Repair::kNone) {
    WEIR_TRY(roll());
  }
  std::vector<int64_t> removed;
  {
    const std::lock_guard lock(mutex_);
    uint64_t total = 0;
    for (const SegmentRef& segment : segments_) total += segment->summary.size;
    while (segments_.size() > 1) {
      const SegmentSummary& oldest = segments_.front()->summary;
      const bool too_many = config.retention_bytes >= 0 &&
                            total - oldest.size >= static_cast<uint64_t>(config.retention_bytes);
      if (oldest.next_offset > high_watermark_.offset || (!too_many && !too_old(oldest))) break;
      total -= oldest.size;
      removed.push_back(oldest.base_offset);
      segments_.erase(segments_.begin());
    }
  }
  if (removed.empty()) return 0;
  // The log's end must not vanish with the segments before it: its name first.
  WEIR_TRY(context_.env.sync_dir(options_.dir));
  for (const int64_t base : removed) {
    WEIR_TRY(context_.env.remove_file(offset_path(options_.dir, base, kLogSuffix)));
    const std::string index = offset_path(options_.dir, base, kIndexSuffix);
    if (context_.env.exists(index)) WEIR_TRY(context_.env.remove_file(index));
  }
  return removed.size();
}

}  // namespace weir::broker
