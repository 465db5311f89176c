// scan_batches: walks over the record batches of a segment file, in order.
//
// Reads in large chunks and hands each whole batch to a visitor; ends at the first bytes that are
// not a whole batch. Never believes a length: a batch that is said to go on behind `to` is not
// whole. Used to recover, to rebuild indexes and to look up times. Any thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/env.h"
#include "kafka/record_batch.h"

namespace weir::broker {

enum class CrcCheck { kYes, kNo };

struct ScannedBatch {
  const kafka::RecordBatchHeader& header;
  uint64_t position;
  std::span<const std::byte> bytes;
};

struct ScanEnd {
  uint64_t position = 0;  // behind the last batch that was handed over
  std::string reason;     // why the bytes there are no batch; empty: nothing is there, or stopped
};

// The visitor returns false to stop behind the batch it was given.
// Fails only when the file cannot be read.
Result<ScanEnd> scan_batches(const RandomFile& file, uint64_t from, uint64_t to, CrcCheck crc,
                             const std::function<bool(const ScannedBatch&)>& visit);

}  // namespace weir::broker
