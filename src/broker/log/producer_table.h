// ProducerTable: what a partition remembers of its idempotent producers.
//
// Source: KIP-98 and KIP-360. Per producer id the epoch and the last five batches: a batch that was
// appended before is recognised and answered with its first offset; a gap in the sequence or an
// older epoch is refused. A producer that is not known may begin with any sequence (its state may
// have expired). One thread at a time; the partition's append mutex guards it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "kafka/record_batch.h"

namespace weir::broker {

// Idle producers are forgotten after this, as in Kafka (producer.id.expiration.ms).
inline constexpr int64_t kProducerExpirationMs = 24LL * 3600 * 1000;

struct ProducedBatch {
  int32_t first_sequence = 0;
  int32_t last_sequence = 0;
  int64_t base_offset = 0;
  int64_t last_offset = 0;

  bool operator==(const ProducedBatch&) const = default;
};

class ProducerTable {
 public:
  static constexpr size_t kRemembered = 5;

  enum class Verdict { kAppend, kDuplicate, kOutOfOrder, kOldEpoch };
  struct Checked {
    Verdict verdict = Verdict::kAppend;
    ProducedBatch first_time;  // of a duplicate
  };
  // What to do with a batch that has a producer id.
  [[nodiscard]] Checked check(const kafka::RecordBatchHeader& batch) const;
  // After the batch was appended; base_offset is the one it got.
  void add(const kafka::RecordBatchHeader& batch, int64_t base_offset, int64_t now_ms);
  void expire(int64_t now_ms);

  [[nodiscard]] size_t size() const { return producers_.size(); }

  [[nodiscard]] std::string encode(int64_t offset) const;
  // kCorrupt when it is not exactly what encode() writes.
  static Result<ProducerTable> decode(std::string_view file, int64_t& offset);

  bool operator==(const ProducerTable&) const = default;

 private:
  struct Producer {
    int16_t epoch = -1;
    int64_t last_ms = 0;
    size_t count = 0;  // oldest first
    std::array<ProducedBatch, kRemembered> batches;

    void push(const ProducedBatch& batch);
    bool operator==(const Producer&) const = default;
  };
  std::unordered_map<int64_t, Producer> producers_;
};

}  // namespace weir::broker
