// RdKafkaClient: one client of librdkafka: configuration, events, the cluster's metadata.
//
// librdkafka brings its own threads. What it reports comes to serve(), which its owner calls now
// and then: errors of brokers are logged, each kind once in a while, and kept to explain a failure;
// its log lines go to ours. Requests block up to the limit that they are given and say, when it has
// passed, which server did what. Any thread, but handles made from get() follow librdkafka's rules
// and must be gone before the client.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "base/waker.h"
#include "connectors/kafka/kafka_properties.h"

namespace weir::connectors {

struct RdTopicDelete {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using RdTopic = std::unique_ptr<rd_kafka_topic_t, RdTopicDelete>;

struct RdListDelete {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using RdPartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, RdListDelete>;
[[nodiscard]] RdPartitionList one_partition(const std::string& topic, int32_t partition,
                                            int64_t offset);

// A queue that wakes somebody when it stops being empty.
class RdQueue {
 public:
  RdQueue(rd_kafka_queue_t* queue, Waker& waker);
  ~RdQueue();
  RdQueue(const RdQueue&) = delete;
  RdQueue& operator=(const RdQueue&) = delete;
  [[nodiscard]] rd_kafka_queue_t* get() const { return queue_; }

 private:
  rd_kafka_queue_t* queue_;
};

struct TopicPartitions {
  std::string topic;
  std::vector<int32_t> partitions;
};

class RdKafkaClient {
 public:
  // Gets every answer for a produced message, inside serve().
  using OnDelivery = std::function<void(const rd_kafka_message_t& message)>;

  // kInvalid when the properties do not go together.
  static Result<std::unique_ptr<RdKafkaClient>> make(rd_kafka_type_t type,
                                                     const KafkaProperties& properties,
                                                     Context& context, OnDelivery on_delivery = {});
  ~RdKafkaClient();
  RdKafkaClient(const RdKafkaClient&) = delete;
  RdKafkaClient& operator=(const RdKafkaClient&) = delete;

  [[nodiscard]] rd_kafka_t* get() const { return client_; }
  [[nodiscard]] const KafkaProperties& properties() const { return properties_; }
  void serve(int wait_ms = 0) { rd_kafka_poll(client_, wait_ms); }

  // Makes the threads of brokers look again whether to fetch. A thread that found all its queues
  // full sleeps for up to a second, whoever empties them meanwhile (librdkafka before 2.2 has no
  // 'fetch.queue.backoff.ms'). Cheap, but not for every record.
  void fetch_again();

  [[nodiscard]] Result<RdTopic> topic(const std::string& name);
  // One topic's partitions; kNotFound when it does not exist. kUnavailable when the limit passed.
  Result<TopicPartitions> partitions(const std::string& topic, int64_t limit_ms);
  // Of all topics but Kafka's own two.
  Result<std::vector<TopicPartitions>> topics(int64_t limit_ms);

  // Sends a request until it is answered, its error is none that may pass (a leader that is being
  // elected), or `limit_ms` have passed. `send` gets the time that it may take.
  Status ask(std::string_view what, int64_t limit_ms,
             const std::function<rd_kafka_resp_err_t(int timeout_ms)>& send);

  // The error of a request: what librdkafka says, and what brokers have reported meanwhile.
  [[nodiscard]] Error failure(std::string_view what, rd_kafka_resp_err_t code);
  // Of a login or a certificate that was refused, as far as serve() has seen: waiting does not
  // help.
  [[nodiscard]] std::optional<Error> refusal() const;

 private:
  RdKafkaClient(KafkaProperties properties, Context& context, OnDelivery on_delivery);

  using Metadata = std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)>;
  Result<Metadata> metadata(rd_kafka_topic_t* only, int64_t limit_ms);
  Result<TopicPartitions> check_topic(const rd_kafka_metadata_topic_t& topic) const;
  void note_error(rd_kafka_resp_err_t code, const char* reason);
  static void on_error(rd_kafka_t* client, int code, const char* reason, void* self);
  static void on_log(const rd_kafka_t* client, int level, const char* facility, const char* text);
  static void on_delivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);

  KafkaProperties properties_;
  Context& context_;
  OnDelivery on_delivery_;
  rd_kafka_t* client_ = nullptr;
  mutable std::mutex mutex_;
  std::string last_error_;  // of a broker, for people
  std::string refused_;     // why a login or a certificate was not taken
  std::atomic<bool> is_refused_{false};
  std::string logged_error_;
  int64_t logged_ms_ = 0;
};

}  // namespace weir::connectors
