#include "broker/log/recovery.h"

#include <algorithm>
#include <limits>

#include "broker/log/batch_scan.h"

namespace weir::broker {
namespace {

// The names found in the folder.
struct Listing {
  std::vector<std::pair<int64_t, uint64_t>> logs;  // base offset, size; ascending
  std::vector<int64_t> snapshots;                  // ascending
};

class Recovery {
 public:
  Recovery(const Context& context, const std::string& dir, const std::string& name)
      : context_(context), dir_(dir), name_(name) {}

  // Snapshots of producers beyond `last_snapshot` are not believed.
  Result<RecoveredLog> run(int64_t last_snapshot) {
    const Listing listing = WEIR_TRY(list());
    load_producers(listing, last_snapshot);
    for (size_t i = 0; i < listing.logs.size(); ++i) {
      const auto [base, size] = listing.logs[i];
      const bool is_last = i + 1 == listing.logs.size();
      const std::string torn = WEIR_TRY(load_segment(base, size, is_last));
      if (!torn.empty()) {
        WEIR_TRY(cut(size, torn));
        WEIR_TRY(drop_behind(listing, i + 1));
        break;
      }
      warn_about_gap(listing, i + 1);
    }
    if (log_.segments.empty()) log_.segments.push_back(new_segment(0));
    if (producers_from_ > log_.segments.back()->summary.next_offset) {
      return Recovery(context_, dir_, name_).run(log_.segments.back()->summary.next_offset);
    }
    return std::move(log_);
  }

 private:
  SegmentRef new_segment(int64_t base) const {
    auto segment = std::make_shared<Segment>();
    segment->summary.base_offset = base;
    segment->summary.next_offset = base;
    segment->created_ms = context_.clock.wall_ms();
    segment->index = std::make_shared<SparseIndex>();
    return segment;
  }

  Result<Listing> list() {
    Listing listing;
    const auto entries = WEIR_TRY(context_.env.list(dir_));
    for (const DirEntry& entry : entries) {
      if (const auto base = parse_offset_name(entry.name, kLogSuffix)) {
        listing.logs.emplace_back(*base, entry.size);
      } else if (const auto offset = parse_offset_name(entry.name, kProducersSuffix)) {
        listing.snapshots.push_back(*offset);
      } else if (entry.name.ends_with(kTemporarySuffix)) {
        WEIR_TRY(context_.env.remove_file(join_path(dir_, entry.name)));
      }
    }
    for (const DirEntry& entry : entries) {
      const auto base = parse_offset_name(entry.name, kIndexSuffix);
      if (!base) continue;
      const bool has_log =
          std::ranges::binary_search(listing.logs, *base, {}, &std::pair<int64_t, uint64_t>::first);
      if (!has_log) WEIR_TRY(context_.env.remove_file(join_path(dir_, entry.name)));
    }
    return listing;
  }

  void load_producers(const Listing& listing, int64_t last_snapshot) {
    for (auto it = listing.snapshots.rbegin(); it != listing.snapshots.rend(); ++it) {
      if (*it > last_snapshot) continue;
      const std::string path = offset_path(dir_, *it, kProducersSuffix);
      const auto file = read_file(context_.env, path);
      int64_t offset = 0;
      auto table = file.has_value() ? ProducerTable::decode(*file, offset)
                                    : Result<ProducerTable>(file.error());
      if (table.has_value() && offset == *it) {
        log_.producers = *std::move(table);
        producers_from_ = offset;
        return;
      }
      context_.log.warning("broker", "snapshot of producers is unreadable, reading older ones",
                           {{"file", path}});
    }
    producers_from_ = listing.logs.empty() ? 0 : listing.logs.front().first;
  }

  // Empty when all of the file is right, else what is wrong behind the last right batch.
  Result<std::string> load_segment(int64_t base, uint64_t size, bool is_last) {
    const SegmentRef segment = new_segment(base);
    log_.segments.push_back(segment);
    load_index(*segment, size);
    const uint64_t covered = segment->summary.size;
    if (size == 0) return std::string();
    const auto file = WEIR_TRY(context_.env.open_random(offset_path(dir_, base, kLogSuffix)));
    if (covered > 0 && segment->summary.next_offset > producers_from_) {
      WEIR_TRY(add_producers(*file, *segment));
    }
    const ScanEnd end = WEIR_TRY(scan_tail(*file, *segment, size));
    log_.bytes_scanned += end.position - covered;
    if (end.position < size) return end.reason.empty() ? "the file ends early" : end.reason;
    if (is_last) return std::string();
    if (end.position > covered) {
      WEIR_TRY(write_file_atomic(context_.env, offset_path(dir_, base, kIndexSuffix),
                                 segment->index->encode(segment->summary)));
    }
    segment->index.reset();
    return std::string();
  }

  void load_index(Segment& segment, uint64_t size) {
    const int64_t base = segment.summary.base_offset;
    const std::string path = offset_path(dir_, base, kIndexSuffix);
    if (!context_.env.exists(path)) return;
    const auto file = read_file(context_.env, path);
    SegmentSummary summary;
    auto index =
        file.has_value() ? SparseIndex::decode(*file, summary) : Result<SparseIndex>(file.error());
    if (!index.has_value() || summary.base_offset != base || summary.size > size ||
        summary.next_offset < base) {
      context_.log.warning("broker", "index does not fit its segment, making it anew",
                           {{"file", path}});
      return;
    }
    *segment.index = *std::move(index);
    segment.summary = summary;
  }

  // From the part that the index covers: that was checked before, so headers are enough.
  Status add_producers(const RandomFile& file, const Segment& segment) {
    const SegmentSummary& summary = segment.summary;
    uint64_t from = 0;
    if (producers_from_ > summary.base_offset) {
      from =
          segment.index->position_of(static_cast<uint32_t>(producers_from_ - summary.base_offset));
    }
    WEIR_TRY(scan_batches(file, from, summary.size, CrcCheck::kNo, [this](const auto& batch) {
      add_producer(batch.header);
      return true;
    }));
    return ok();
  }

  void add_producer(const kafka::RecordBatchHeader& header) {
    if (header.has_producer_id() && header.base_offset >= producers_from_) {
      log_.producers.add(header, header.base_offset, context_.clock.wall_ms());
    }
  }

  Result<ScanEnd> scan_tail(const RandomFile& file, Segment& segment, uint64_t size) {
    SegmentSummary& summary = segment.summary;
    std::string gap;
    ScanEnd end = WEIR_TRY(
        scan_batches(file, summary.size, size, CrcCheck::kYes, [&](const ScannedBatch& batch) {
          if (batch.header.base_offset != summary.next_offset) {
            gap = fmt::format("offset {} follows {}", batch.header.base_offset,
                              summary.next_offset - 1);
            return false;
          }
          segment.index->add(static_cast<uint32_t>(batch.header.base_offset - summary.base_offset),
                             static_cast<uint32_t>(batch.position), summary.max_timestamp_ms);
          summary.next_offset = batch.header.last_offset() + 1;
          summary.size = batch.position + batch.bytes.size();
          summary.max_timestamp_ms =
              std::max(summary.max_timestamp_ms, batch.header.max_timestamp_ms);
          add_producer(batch.header);
          return true;
        }));
    end.position = summary.size;  // without a batch that does not follow
    if (!gap.empty()) end.reason = gap;
    return end;
  }

  Status cut(uint64_t size, const std::string& reason) {
    const SegmentSummary& summary = log_.segments.back()->summary;
    const std::string path = offset_path(dir_, summary.base_offset, kLogSuffix);
    WEIR_TRY(context_.env.truncate(path, summary.size));
    log_.bytes_cut += size - summary.size;
    context_.log.warning("broker", "cut the torn end of a log",
                         {{"partition", name_},
                          {"bytes", size - summary.size},
                          {"end_offset", summary.next_offset},
                          {"reason", reason}});
    return ok();
  }

  Status drop_behind(const Listing& listing, size_t first) {
    for (size_t i = first; i < listing.logs.size(); ++i) {
      const auto [base, size] = listing.logs[i];
      log_.bytes_cut += size;
      context_.log.warning("broker", "removed a segment behind a torn one",
                           {{"partition", name_}, {"base_offset", base}, {"bytes", size}});
      WEIR_TRY(context_.env.remove_file(offset_path(dir_, base, kLogSuffix)));
      const std::string index = offset_path(dir_, base, kIndexSuffix);
      if (context_.env.exists(index)) WEIR_TRY(context_.env.remove_file(index));
    }
    return ok();
  }

  void warn_about_gap(const Listing& listing, size_t next) {
    if (next == listing.logs.size()) return;
    const int64_t end = log_.segments.back()->summary.next_offset;
    if (listing.logs[next].first == end) return;
    context_.log.error("broker", "records are missing between two segments",
                       {{"partition", name_}, {"from", end}, {"to", listing.logs[next].first}});
  }

  const Context& context_;
  const std::string& dir_;
  const std::string& name_;
  RecoveredLog log_;
  int64_t producers_from_ = 0;
};

}  // namespace

Result<RecoveredLog> recover_log(const Context& context, const std::string& dir,
                                 const std::string& name) {
  return Recovery(context, dir, name).run(std::numeric_limits<int64_t>::max());
}

}  // namespace weir::broker
