// PendingRecords: records of one partition that have been read and wait to become batches.
//
// The reader fills them, from the embedded log or from librdkafka; decode() takes the next ones,
// which stay where they lie: the batches keep their buffers. `next` is the offset behind what has
// been taken, the position of the checkpoint. Nothing at or behind `stop` is taken. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/read_range.h"
#include "connectors/kafka/record_metadata.h"
#include "connectors/scan_format.h"
#include "kafka/record_reader.h"

namespace weir::connectors {

class PendingRecords {
 public:
  PendingRecords(ScanDecoder decoder, RecordMetadata metadata, uint32_t split, ReadRange range)
      : decoder_(std::move(decoder)),
        metadata_(std::move(metadata)),
        split_(split),
        next_(range.next),
        stop_(range.stop) {}

  [[nodiscard]] bool empty() const { return used_ == records_.size(); }
  [[nodiscard]] size_t size() const { return records_.size() - used_; }
  [[nodiscard]] int64_t next() const { return next_; }
  [[nodiscard]] bool finished() const { return next_ >= stop_ && empty(); }
  [[nodiscard]] int64_t lag(int64_t log_end) const {
    return std::max<int64_t>(0, std::min(stop_, log_end) - next_);
  }

  // To be filled, when empty(): ascending offsets.
  struct Filling {
    kafka::RecordColumns& records;
    std::vector<uint8_t>& log_append;  // a record: its timestamp is the broker's
  };
  [[nodiscard]] Filling begin_fill();
  // `filled_to`: the offset behind all that was read, records or not (control batches). Records
  // below next() are passed over.
  void end_fill(int64_t filled_to);

  // At most `count` records into poll.batch and poll.bad.
  Status decode(size_t count, exec::Poll& poll);

 private:
  ScanDecoder decoder_;
  RecordMetadata metadata_;
  uint32_t split_;
  int64_t next_;
  int64_t stop_;
  kafka::RecordColumns records_;
  std::vector<uint8_t> log_append_;
  std::vector<formats::Record> slices_;
  std::vector<formats::Record> key_slices_;
  size_t used_ = 0;  // of records_
  int64_t filled_to_ = 0;
};

}  // namespace weir::connectors
