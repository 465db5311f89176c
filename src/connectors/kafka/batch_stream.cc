#include "connectors/kafka/batch_stream.h"

#include <limits>

#include "connectors/kafka/key_partition.h"

namespace weir::connectors {

namespace {

constexpr size_t kBatchBytes = size_t{256} << 10U;  // far below a topic's max.message.bytes

}  // namespace

BatchStream::BatchStream(Partitioner partitioner, kafka::Compression compression,
                         uint32_t partitions, uint32_t lane, Take take)
    : partitioner_(partitioner),
      compression_(compression),
      take_(std::move(take)),
      partitions_(partitions),
      current_(lane % partitions) {
  begin_producer(kafka::kNoProducerId);
}

void BatchStream::begin_producer(int64_t producer_id) {
  producer_id_ = producer_id;
  for (auto& partition : partitions_) {
    partition.sequence = 0;
    partition.builder.clear(options_of(partition));
  }
}

Status BatchStream::add(int64_t timestamp_ms, std::string_view key, std::string_view value) {
  if (partitioner_ == Partitioner::kRoundRobin) {
    current_ = (current_ + 1) % static_cast<uint32_t>(partitions_.size());
  }
  const bool by_key = partitioner_ == Partitioner::kSticky && key.data() != nullptr;
  const uint32_t chosen =
      by_key ? key_partition(key, static_cast<uint32_t>(partitions_.size())) : current_;
  auto& builder = partitions_[chosen].builder;
  builder.add(timestamp_ms, key, value);
  return builder.size() < kBatchBytes ? ok() : finish(chosen);
}

Status BatchStream::flush() {
  for (uint32_t partition = 0; partition < partitions_.size(); ++partition) {
    if (partitions_[partition].builder.count() > 0) WEIR_TRY(finish(partition));
  }
  return ok();
}

Status BatchStream::finish(uint32_t index) {
  auto& partition = partitions_[index];
  // Kafka's sequences wrap to 0 behind INT32_MAX.
  partition.sequence =
      static_cast<int32_t>((int64_t{partition.sequence} + partition.builder.count()) &
                           std::numeric_limits<int32_t>::max());
  auto batch = WEIR_TRY(partition.builder.finish());
  partition.builder.clear(options_of(partition));
  if (partitioner_ == Partitioner::kSticky) {
    current_ = (index + 1) % static_cast<uint32_t>(partitions_.size());
  }
  return take_(index, std::move(batch));
}

kafka::BatchOptions BatchStream::options_of(const Partition& partition) const {
  kafka::BatchOptions options;
  options.compression = compression_;
  if (producer_id_ != kafka::kNoProducerId) {
    options.producer_id = producer_id_;
    options.producer_epoch = 0;
    options.base_sequence = partition.sequence;
  }
  return options;
}

}  // namespace weir::connectors
