#include "broker/log/producer_table.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "broker/log/checked_file.h"

namespace weir::broker {
namespace {

constexpr std::string_view kMagic = "WEIRPRD1";

int32_t next_sequence(int32_t sequence) {
  return sequence == std::numeric_limits<int32_t>::max() ? 0 : sequence + 1;
}

}  // namespace

void ProducerTable::Producer::push(const ProducedBatch& batch) {
  if (count == kRemembered) {
    std::ranges::move(batches.begin() + 1, batches.end(), batches.begin());
    --count;
  }
  batches[count++] = batch;
}

ProducerTable::Checked ProducerTable::check(const kafka::RecordBatchHeader& batch) const {
  const auto found = producers_.find(batch.producer_id);
  if (found == producers_.end()) return {};
  const Producer& producer = found->second;
  if (batch.producer_epoch < producer.epoch) return {Verdict::kOldEpoch, {}};
  if (batch.producer_epoch > producer.epoch) {
    return {batch.base_sequence == 0 ? Verdict::kAppend : Verdict::kOutOfOrder, {}};
  }
  for (size_t i = 0; i < producer.count; ++i) {
    const ProducedBatch& before = producer.batches[i];
    if (before.first_sequence == batch.base_sequence &&
        before.last_sequence == batch.last_sequence()) {
      return {Verdict::kDuplicate, before};
    }
  }
  const bool follows =
      producer.count == 0 ||
      batch.base_sequence == next_sequence(producer.batches[producer.count - 1].last_sequence);
  return {follows ? Verdict::kAppend : Verdict::kOutOfOrder, {}};
}

void ProducerTable::add(const kafka::RecordBatchHeader& batch, int64_t base_offset,
                        int64_t now_ms) {
  Producer& producer = producers_[batch.producer_id];
  if (producer.epoch != batch.producer_epoch) {
    producer.epoch = batch.producer_epoch;
    producer.count = 0;
  }
  producer.last_ms = now_ms;
  producer.push({batch.base_sequence, batch.last_sequence(), base_offset,
                 base_offset + batch.last_offset_delta});
}

void ProducerTable::expire(int64_t now_ms) {
  std::erase_if(producers_, [now_ms](const auto& entry) {
    return entry.second.last_ms + kProducerExpirationMs < now_ms;
  });
}

std::string ProducerTable::encode(int64_t offset) const {
  std::vector<int64_t> ids;
  ids.reserve(producers_.size());
  for (const auto& entry : producers_) ids.push_back(entry.first);
  std::ranges::sort(ids);
  ByteWriter out;
  out.text(kMagic);
  out.le(offset);
  out.le(static_cast<uint32_t>(ids.size()));
  for (const int64_t id : ids) {
    const Producer& producer = producers_.at(id);
    out.le(id);
    out.le(producer.epoch);
    out.le(producer.last_ms);
    out.le(static_cast<uint8_t>(producer.count));
    for (size_t i = 0; i < producer.count; ++i) {
      const ProducedBatch& batch = producer.batches[i];
      out.le(batch.first_sequence);
      out.le(batch.last_sequence);
      out.le(batch.base_offset);
      out.le(batch.last_offset);
    }
  }
  return seal(out);
}

Result<ProducerTable> ProducerTable::decode(std::string_view file, int64_t& offset) {
  ByteReader in(WEIR_TRY(unseal(file, kMagic)));
  offset = in.le<int64_t>();
  const auto count = in.le<uint32_t>();
  ProducerTable table;
  for (uint32_t i = 0; i < count && in.ok(); ++i) {
    const auto id = in.le<int64_t>();
    Producer producer;
    producer.epoch = in.le<int16_t>();
    producer.last_ms = in.le<int64_t>();
    const size_t batches = in.le<uint8_t>();
    if (batches > kRemembered) return corrupt("too many batches of a producer");
    for (size_t j = 0; j < batches; ++j) {
      ProducedBatch batch;
      batch.first_sequence = in.le<int32_t>();
      batch.last_sequence = in.le<int32_t>();
      batch.base_offset = in.le<int64_t>();
      batch.last_offset = in.le<int64_t>();
      producer.push(batch);
    }
    table.producers_.emplace(id, producer);
  }
  if (!in.ok() || in.remaining() != 0) return corrupt("producers file has another length");
  return table;
}

}  // namespace weir::broker
