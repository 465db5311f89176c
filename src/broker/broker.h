// Broker: the embedded Kafka broker: topics on disk, and a server that speaks Kafka's protocol.
//
// The engine reads and writes it in process through Partition handles; clients reach the same
// partitions through the server. open() locks the data directory, recovers every log (a torn tail
// is cut off and reported) and is then usable without a server; start() listens. stop() (and the
// destructor) closes the server, makes everything durable and leaves clean-shutdown marks.
// Any thread. The format on disk is docs/formats/broker-log.md.
// Failure: kUnavailable for a held data directory or port; kCorrupt names the file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "broker/partition.h"
#include "broker/topic.h"
#include "kafka/uuid.h"

namespace weir::net {
class IoRuntime;
}

namespace weir::broker {

class GroupCoordinator;

// This broker's id, as clients see it. There is only one.
inline constexpr int32_t kNodeId = 1;

enum class Durability {
  kFsync,  // acknowledged and visible after fdatasync: survives loss of power
  kOs,     // acknowledged and visible once written: survives kill -9 of the process
};

struct BrokerOptions {
  std::string data_dir;
  std::string host = "127.0.0.1";  // an address; clients are told the same
  uint16_t port = 9092;            // 0: any free one
  std::string port_flag = "--port";
  std::string advertised_host;  // what clients are told instead of `host`, when not empty
  Durability durability = Durability::kFsync;
  // Appends wait this long for others before they are synced together.
  int64_t sync_linger_us = 0;
  // 0: nothing is synced in the background, sync_now() does it (simulator).
  unsigned sync_threads = 2;
  bool auto_create_topics = true;
  int32_t default_partitions = 1;
  TopicConfig topic_defaults;
  uint32_t max_request_bytes = 100U << 20U;
  uint32_t max_connections = 4096;
  uint64_t random_seed = 0;  // for topic ids; 0: from the operating system
};

struct Topic {
  std::string name;
  kafka::Uuid id;
  TopicConfig config;
  std::vector<std::shared_ptr<Partition>> partitions;
};
// A topic never changes: creating partitions makes a new object.
using TopicRef = std::shared_ptr<const Topic>;

class Broker {
 public:
  static Result<std::unique_ptr<Broker>> open(const Context& context, BrokerOptions options);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Listens; the runtime must outlive stop(). Without it the broker is in-process only.
  Status start(net::IoRuntime& runtime);
  // 0 before start().
  [[nodiscard]] uint16_t port() const;
  // "host:port" as clients are told; empty before start().
  [[nodiscard]] std::string address() const;
  // Idempotent.
  void stop();
  // True once stop() has begun: what waits gives up.
  [[nodiscard]] bool is_stopping() const;

  // kExists, kInvalid.
  Result<TopicRef> create_topic(const std::string& name, int32_t partitions,
                                const TopicConfig& config);
  // What create_topic would say, without doing it.
  Status check_create_topic(const std::string& name, int32_t partitions) const;
  // The same with the defaults of the options; what exists is returned as it is.
  Result<TopicRef> get_or_create_topic(const std::string& name);
  // To `total` partitions; only more. kNotFound, kInvalid.
  Result<TopicRef> create_partitions(const std::string& name, int32_t total);
  Status delete_topic(const std::string& name);
  // nullptr when there is none.
  [[nodiscard]] TopicRef find_topic(std::string_view name) const;
  [[nodiscard]] TopicRef find_topic(const kafka::Uuid& id) const;
  // Sorted by name.
  [[nodiscard]] std::vector<TopicRef> topics() const;
  // Grows by one with every change of the topics: cheap to poll.
  [[nodiscard]] uint64_t topics_version() const;
  // nullptr when there is none.
  [[nodiscard]] std::shared_ptr<Partition> find_partition(std::string_view topic,
                                                          int32_t partition) const;

  // A producer id that was never given before, also across restarts.
  Result<int64_t> new_producer_id();

  // The consumer groups; their offsets lie in <data_dir>/groups. Its advance() runs with the
  // server.
  [[nodiscard]] GroupCoordinator& groups() const;

  // Syncs what was appended so far, on this thread.
  void sync_now();
  // Applies retention now, on this thread; while the server runs it happens once a minute. The
  // number of segments removed.
  size_t apply_retention();

  [[nodiscard]] const BrokerOptions& options() const;
  [[nodiscard]] const Context& context() const;
  // Made with the data directory; clients show it.
  [[nodiscard]] const std::string& cluster_id() const;

 private:
  struct Impl;
  explicit Broker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::broker
