#include "connectors/kafka/read_range.h"

#include <fmt/format.h>

#include "types/number_text.h"

namespace weir::connectors {

namespace {

// The offset that a rule means, or -1 when it names none for this partition.
Result<int64_t> resolve(const OffsetRule& rule, int32_t partition, LogRange log,
                        PartitionOffsets& offsets) {
  switch (rule.mode) {
    case OffsetMode::kEarliest: return log.start;
    case OffsetMode::kLatest: return log.end;
    case OffsetMode::kGroup: return offsets.committed();
    case OffsetMode::kTimestamp: {
      const int64_t found = WEIR_TRY(offsets.for_time(rule.timestamp_ms));
      return found >= 0 ? found : log.end;
    }
    case OffsetMode::kSpecific: {
      const auto found = rule.offsets.find(partition);
      return found == rule.offsets.end() ? -1 : found->second;
    }
    case OffsetMode::kUnbounded: break;
  }
  return -1;
}

Result<int64_t> first_offset(const KafkaSourceOptions& options, const exec::SplitInfo& split,
                             const exec::ReaderStart& start, LogRange log,
                             PartitionOffsets& offsets) {
  const auto in_log = [&](int64_t offset) { return offset >= log.start && offset <= log.end; };
  switch (start.kind) {
    case exec::ReaderStart::Kind::kDiscovered: return log.start;
    case exec::ReaderStart::Kind::kResume: {
      const auto parsed = types::parse_integer(start.position);
      if (!parsed.has_value() || *parsed < 0) {
        return corrupt(fmt::format("'{}' is not an offset", start.position));
      }
      if (!in_log(*parsed)) return lost_position(split, *parsed, log);
      return *parsed;
    }
    case exec::ReaderStart::Kind::kInitial: break;
  }
  // A mode may name no offset, or one that is gone or not there yet: as auto.offset.reset says.
  const int64_t named = WEIR_TRY(resolve(options.start, split.partition, log, offsets));
  if (named >= 0 && in_log(named)) return named;
  return options.reset_to_latest ? log.end : log.start;
}

}  // namespace

Error lost_position(const exec::SplitInfo& split, int64_t next, LogRange log) {
  return not_found(fmt::format("topic {} partition {}: the job was at offset {}, but the log holds "
                               "{} to {}",
                               split.topic, split.partition, next, log.start, log.end))
      .hint("the records were removed by the topic's retention; start the job afresh");
}

Result<ReadRange> find_read_range(const KafkaSourceOptions& options, const exec::SplitInfo& split,
                                  const exec::ReaderStart& start, PartitionOffsets& offsets) {
  const LogRange log = WEIR_TRY(offsets.range());
  ReadRange range;
  range.log_end = log.end;
  range.next = WEIR_TRY(first_offset(options, split, start, log, offsets));
  if (options.bounded()) {
    range.stop = WEIR_TRY(resolve(options.end, split.partition, log, offsets));
    if (range.stop < 0) range.stop = log.end;
  }
  return range;
}

exec::SplitInfo partition_split(const std::string& topic, int32_t partition) {
  exec::SplitInfo split;
  split.id = fmt::format("{}-{}", topic, partition);
  split.topic = topic;
  split.partition = partition;
  return split;
}

}  // namespace weir::connectors
