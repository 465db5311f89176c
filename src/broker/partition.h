// Partition: one ordered log of record batches, as producers, consumers and the engine see it.
//
// Record batches (Kafka's format, magic 2) go in and come out verbatim; only the base offset and
// the leader epoch are stamped, which the batch's CRC leaves out. Offsets are dense and strictly
// ascending. A record is visible when it is durable: reads end at the high watermark, which is the
// fsynced end (Durability::kFsync) or the written end (kOs).
//
// Any thread. A read takes one short mutex and one pread; an append takes the partition's append
// mutex for one write. Held by shared_ptr: a handle stays valid after its topic was deleted, every
// call then fails with kNotFound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/buffer.h"
#include "base/result.h"
#include "kafka/api_error.h"

namespace weir::broker {

struct ReadResult {
  BufferRef buffer;                    // what `records` points into; ends in readable padding
  std::span<const std::byte> records;  // whole record batches; empty at the end of the log
  int64_t next_offset = 0;             // where to go on; the offset asked for when nothing is there
  int64_t high_watermark = 0;          // first offset that is not visible
  int64_t log_start_offset = 0;        // first offset that is still kept
};

struct LogOffsets {
  int64_t start = 0;           // first offset that is still kept
  int64_t high_watermark = 0;  // end of what is visible
  int64_t end = 0;             // end of what was written
};

struct OffsetAtTime {
  int64_t offset = -1;  // -1: no such record
  int64_t timestamp_ms = -1;
};

struct AppendResult {
  kafka::ApiError error = kafka::ApiError::kNone;
  std::string message;  // for people, when there is an error
  // Of the batch's first and last record; a repeated batch of an idempotent producer gets those of
  // the first time.
  int64_t base_offset = -1;
  int64_t last_offset = -1;
  int64_t log_append_time_ms = -1;  // -1 unless the topic uses it
  int64_t log_start_offset = -1;
};
// Called once, on any thread, perhaps before append() returns; must be short.
using AppendDone = std::function<void(const AppendResult&)>;

// Undoes a subscribe() when it goes away; no call is running or follows then.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

class Partition {
 public:
  virtual ~Partition() = default;

  [[nodiscard]] virtual const std::string& topic() const = 0;
  [[nodiscard]] virtual int32_t index() const = 0;

  // Whole batches from the one that contains `offset` (its first records may lie before) up to
  // `max_bytes`, but at least one batch. Does not wait: at the high watermark the result is empty.
  // kNotFound: offset outside [start, high watermark], or the topic was deleted. kCorrupt, kIo.
  [[nodiscard]] virtual Result<ReadResult> read(int64_t offset, size_t max_bytes) = 0;

  // Appends one record batch and says `done` when it is durable (and visible). The bytes are not
  // needed after the call. Checks magic, lengths, CRC, size, and an idempotent producer's epoch and
  // sequence. A full disk is kKafkaStorageError; the partition goes on once there is space.
  virtual void append(std::span<const std::byte> batch, AppendDone done) = 0;
  // As append, but waits; the base offset.
  [[nodiscard]] Result<int64_t> append_and_wait(std::span<const std::byte> batch);

  [[nodiscard]] virtual LogOffsets offsets() const = 0;
  // The first visible record with a timestamp at or after `timestamp_ms`.
  [[nodiscard]] virtual Result<OffsetAtTime> offset_for_time(int64_t timestamp_ms) = 0;
  // The visible record with the greatest timestamp (the first of them).
  [[nodiscard]] virtual Result<OffsetAtTime> offset_of_max_time() = 0;
  // Bytes of all segments.
  [[nodiscard]] virtual uint64_t size_bytes() const = 0;

  // Calls `wake` each time the high watermark moves, when the topic is deleted and when the broker
  // begins to stop. It runs on the thread that does that: set a flag, signal, return; do not call
  // into the partition. To wait without losing a wake: subscribe, then look at offsets(), then
  // wait.
  [[nodiscard]] virtual std::unique_ptr<Subscription> subscribe(std::function<void()> wake) = 0;
};

}  // namespace weir::broker
