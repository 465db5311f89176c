// ReadRange: where the reader of a partition begins and ends, from the table's rules.
//
// The same rules for the embedded broker and for a Kafka outside: each tells, through a
// PartitionOffsets, what its partition holds. A position in a checkpoint is the next offset in
// decimal, so a pipeline keeps its state when it moves from one to the other with its topics.
// May block as long as the PartitionOffsets does. One thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/result.h"
#include "connectors/kafka/kafka_options.h"
#include "exec/source.h"

namespace weir::connectors {

struct LogRange {
  int64_t start = 0;  // the first record that is still there
  int64_t end = 0;    // behind the last that readers may see
};

class PartitionOffsets {
 public:
  virtual ~PartitionOffsets() = default;
  virtual Result<LogRange> range() = 0;
  // Of the table's group; -1: none.
  virtual Result<int64_t> committed() = 0;
  // The first offset whose record is not older; -1: none.
  virtual Result<int64_t> for_time(int64_t timestamp_ms) = 0;
};

struct ReadRange {
  int64_t next = 0;
  int64_t stop = std::numeric_limits<int64_t>::max();  // max: never
  int64_t log_end = 0;                                 // when it was asked for
};

// kNotFound when a job is to go on at a record that is gone; kCorrupt for a position that is none.
[[nodiscard]] Result<ReadRange> find_read_range(const KafkaSourceOptions& options,
                                                const exec::SplitInfo& split,
                                                const exec::ReaderStart& start,
                                                PartitionOffsets& offsets);

// The job was at an offset that the log does not hold (any more).
[[nodiscard]] Error lost_position(const exec::SplitInfo& split, int64_t next, LogRange log);

// "topic-3"
[[nodiscard]] exec::SplitInfo partition_split(const std::string& topic, int32_t partition);

}  // namespace weir::connectors
