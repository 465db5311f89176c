// ExternalReader: one partition of a Kafka outside, from librdkafka's queue to batches.
//
// librdkafka fetches ahead into the partition's queue and wakes the lane. A poll takes up to a
// batch of records, copies their keys and values once, side by side, into a padded buffer, where
// they are decoded and which the batches keep alive. The end of the log is what librdkafka reported
// last. What is only a passing trouble of a broker is logged by the client; a position that is
// gone, a topic that is gone and a refused login end the job. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/pending_records.h"
#include "connectors/kafka/rdkafka_client.h"

namespace weir::connectors {

struct ExternalReaderParts {
  std::shared_ptr<RdKafkaClient> client;
  exec::SplitInfo split;
  ScanDecoder decoder;
  bool with_headers = false;  // the scan reads them
  ReadRange range;
  bool commits = false;     // offsets of the client's group
  size_t queued_bytes = 0;  // where librdkafka stops to fetch
  Waker& waker;
};

// Starts to fetch at range.next.
[[nodiscard]] Result<std::unique_ptr<exec::SplitReader>> make_external_reader(
    ExternalReaderParts parts);

}  // namespace weir::connectors
