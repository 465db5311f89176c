// Message: what travels through an exchange, in order.
//
// A batch of rows, a sealed partial, a watermark, a barrier, or a change of the sender's state.
// Immutable payloads, shared by reference; a message is a small value that moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "types/batch.h"

namespace weir::exec {

// Sealed partial aggregates on the way to the lane that owns their key groups. Each exchanging
// operator derives its own; it is immutable once sent and never leaves the process (barriers are
// aligned, so no partial in flight is part of a checkpoint).
class Partial {
 public:
  virtual ~Partial() = default;
  // What a queue counts for it.
  [[nodiscard]] virtual size_t pinned_bytes() const = 0;
};
using PartialRef = std::shared_ptr<const Partial>;

struct Message {
  enum class Kind : uint8_t {
    kBatch,      // `batch`
    kPartial,    // `partial`
    kWatermark,  // `value`: milliseconds
    kIdle,       // the sender holds no watermark back until its next message of kWatermark
    kBarrier,    // `value`: the epoch
    kEnd,        // nothing but barriers follows
  };

  Kind kind = Kind::kEnd;
  types::BatchRef batch;
  PartialRef partial;
  int64_t value = 0;

  static Message of(types::BatchRef batch) {
    return {.kind = Kind::kBatch, .batch = std::move(batch), .partial = nullptr};
  }
  static Message of(PartialRef partial) {
    return {.kind = Kind::kPartial, .batch = nullptr, .partial = std::move(partial)};
  }
  static Message watermark(int64_t watermark_ms) {
    return {.kind = Kind::kWatermark, .batch = nullptr, .partial = nullptr, .value = watermark_ms};
  }
  static Message idle() { return {.kind = Kind::kIdle, .batch = nullptr, .partial = nullptr}; }
  static Message barrier(uint64_t epoch) {
    return {.kind = Kind::kBarrier,
            .batch = nullptr,
            .partial = nullptr,
            .value = static_cast<int64_t>(epoch)};
  }
  static Message end() { return {.kind = Kind::kEnd, .batch = nullptr, .partial = nullptr}; }

  // What a queue counts for it; a walk over the batch's buffers, so ask once.
  [[nodiscard]] size_t pinned_bytes() const;
};

}  // namespace weir::exec
