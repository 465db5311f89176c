// FetchedMessages: messages of librdkafka, copied into columns of records.
//
// The messages' memory is librdkafka's and not padded; keys, values and headers are copied once,
// side by side, into one buffer that is. Headers are written in Kafka's wire form (record format
// v2: zigzag varint lengths), which is what kafka::HeaderCursor reads. One thread.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <span>
#include <vector>

#include "connectors/kafka/pending_records.h"

namespace weir::connectors {

struct RdMessageDelete {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using RdMessage = std::unique_ptr<rd_kafka_message_t, RdMessageDelete>;

// Appends the records; none of the messages is an event.
void append_messages(std::span<const RdMessage> messages, bool with_headers,
                     PendingRecords::Filling out);

}  // namespace weir::connectors
