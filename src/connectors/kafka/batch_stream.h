// BatchStream: records dealt to partitions and cut into record batches.
//
// The owner opens a stream with the topic's partitions and takes finished batches as they come. A
// batch ends at kBatchBytes before compression. Sticky: one partition until its batch ends, then
// the next. One thread.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "connectors/kafka/kafka_options.h"
#include "kafka/record_builder.h"

namespace weir::connectors {

class BatchStream {
 public:
  // Gets a partition's number and a whole batch, in order per partition.
  using Take = std::function<Status(uint32_t partition, BufferRef batch)>;

  BatchStream(Partitioner partitioner, kafka::Compression compression, uint32_t partitions,
              uint32_t lane, Take take);

  // The producer id of the batches that begin from here on; sequences count from 0.
  void begin_producer(int64_t producer_id);
  // A key whose data() is nullptr is null.
  Status add(int64_t timestamp_ms, std::string_view key, std::string_view value);
  // Ends every batch that has records.
  Status flush();

 private:
  struct Partition {
    kafka::RecordBatchBuilder builder;
    int32_t sequence = 0;
  };
  Status finish(uint32_t partition);
  [[nodiscard]] kafka::BatchOptions options_of(const Partition& partition) const;

  Partitioner partitioner_;
  kafka::Compression compression_;
  Take take_;
  std::vector<Partition> partitions_;
  uint32_t current_;
  int64_t producer_id_ = kafka::kNoProducerId;
};

}  // namespace weir::connectors
