// Catalog: the topics of a data directory, on disk and in memory.
//
// Owns the directory's lock, its topics and the partitions' logs, the sync group that makes them
// durable, and the producer ids. docs/formats/broker-log.md is the layout. Any thread: changes hold
// change_mutex_ for their I/O, lookups a shared lock on the map only. A topic exists once its
// topic.json is durable; deletion moves the folder away first.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/context.h"
#include "base/random.h"
#include "broker/broker.h"
#include "broker/log/sync_group.h"
#include "broker/log_partition.h"
#include "broker/topic.h"

namespace weir::broker {

class Catalog {
 public:
  static Result<std::unique_ptr<Catalog>> open(const Context& context,
                                               const BrokerOptions& options);
  ~Catalog();

  Result<TopicRef> create(const std::string& name, int32_t partitions, const TopicConfig& config);
  // What create would say, without doing it.
  Status check_create(const std::string& name, int32_t partitions) const;
  Result<TopicRef> grow(const std::string& name, int32_t total);
  Status remove(const std::string& name);

  [[nodiscard]] TopicRef find(std::string_view name) const;
  [[nodiscard]] TopicRef find(const kafka::Uuid& id) const;
  [[nodiscard]] std::vector<TopicRef> all() const;
  [[nodiscard]] uint64_t version() const { return version_.load(); }

  Result<int64_t> new_producer_id();
  [[nodiscard]] const std::string& cluster_id() const { return cluster_id_; }

  [[nodiscard]] SyncGroup& sync_group() { return sync_group_; }
  size_t apply_retention();
  // Calls every subscriber of a partition.
  void wake_readers();
  // Everything durable, marks of a clean stop left. Idempotent.
  void close();

 private:
  Catalog(const Context& context, const BrokerOptions& options);

  Status open_directory();
  Status load_topics();
  Status remove_deleted();
  Status load_topic(const std::string& name);
  Status save_topic(const Topic& topic);
  Result<std::shared_ptr<LogPartition>> open_partition(const Topic& topic, int32_t index);
  void publish(const TopicRef& topic);
  [[nodiscard]] std::string topic_dir(std::string_view name) const;

  const Context& context_;
  const BrokerOptions& options_;
  std::unique_ptr<FileLock> lock_;
  std::string cluster_id_;
  SyncGroup sync_group_;

  std::mutex change_mutex_;  // before map_mutex_
  Random random_;
  int64_t next_producer_id_ = 0;
  int64_t reserved_producer_id_ = 0;  // below this are ours
  bool closed_ = false;

  mutable std::shared_mutex map_mutex_;
  std::map<std::string, TopicRef, std::less<>> by_name_;
  std::unordered_map<kafka::Uuid, TopicRef> by_id_;
  std::atomic<uint64_t> version_{1};
};

}  // namespace weir::broker
