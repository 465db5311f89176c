#include "connectors/kafka/embedded_source.h"

#include <fmt/format.h>

#include "broker/broker.h"
#include "broker/groups/coordinator.h"
#include "connectors/kafka/kafka_options.h"
#include "connectors/kafka/pending_records.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr size_t kReadBytes = size_t{256} << 10U;
constexpr int64_t kDiscoveryMs = 200;
constexpr int32_t kLeaderEpoch = 0;  // one broker leads for ever

// What a partition of the embedded log holds.
class EmbeddedOffsets final : public PartitionOffsets {
 public:
  EmbeddedOffsets(broker::Broker& broker, broker::Partition& partition, const std::string& group)
      : broker_(broker), partition_(partition), group_(group) {}

  Result<LogRange> range() override {
    const auto log = partition_.offsets();
    return LogRange{log.start, log.high_watermark};
  }

  Result<int64_t> committed() override {
    if (group_.empty()) return -1;
    const auto committed = broker_.groups().committed(group_);
    const auto topic = committed.find(partition_.topic());
    if (topic == committed.end()) return -1;
    const auto found = topic->second.find(partition_.index());
    return found == topic->second.end() ? -1 : found->second.offset;
  }

  Result<int64_t> for_time(int64_t timestamp_ms) override {
    return WEIR_TRY(partition_.offset_for_time(timestamp_ms)).offset;
  }

 private:
  broker::Broker& broker_;
  broker::Partition& partition_;
  const std::string& group_;
};

class PartitionReader final : public exec::SplitReader {
 public:
  PartitionReader(broker::Broker& broker, std::shared_ptr<broker::Partition> partition,
                  PendingRecords pending, std::string commit_group, Waker& waker)
      : broker_(broker),
        partition_(std::move(partition)),
        pending_(std::move(pending)),
        commit_group_(std::move(commit_group)),
        subscription_(partition_->subscribe([&waker] { waker.wake(); })) {}

  Result<exec::Poll> poll(uint32_t max_rows) override {
    exec::Poll poll;
    if (pending_.empty() && !pending_.finished()) WEIR_TRY(fill());
    if (!pending_.empty()) WEIR_TRY(pending_.decode(max_rows, poll));
    poll.finished = pending_.finished();
    poll.at_end = poll.finished || pending_.next() >= partition_->offsets().high_watermark;
    // Records were read but made no row (tombstones, bad ones), or only a control batch was.
    if (!poll.batch && !poll.at_end) poll.retry_after_ms = 0;
    return poll;
  }

  [[nodiscard]] std::string position() const override { return std::to_string(pending_.next()); }
  [[nodiscard]] int64_t lag() const override {
    return pending_.lag(partition_->offsets().high_watermark);
  }

  void on_checkpoint(uint64_t, const std::string& position) override {
    if (commit_group_.empty() || position == committed_) return;
    committed_ = position;
    kafka::OffsetCommitRequest request;
    request.group_id = commit_group_;
    auto& topic = request.topics.emplace_back();
    topic.name = partition_->topic();
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = partition_->index();
    partition.committed_offset = types::parse_integer(position).value_or(0);
    // For information only: when it fails (a full disk) the next checkpoint tries again.
    broker_.groups().commit(request, [](const kafka::OffsetCommitResponse&) {});
  }

 private:
  // The next records of the log.
  Status fill() {
    auto [records, log_append] = pending_.begin_fill();
    auto read = WEIR_TRY(partition_->read(pending_.next(), kReadBytes));
    auto rest = read.records;
    while (!rest.empty()) {
      const auto header = WEIR_TRY(kafka::RecordBatchHeader::read(rest));
      if (!header.is_control()) {
        WEIR_TRY(reader_.append(header, rest.first(header.size()), read.buffer, records));
        log_append.resize(records.size(), header.has_log_append_time() ? 1 : 0);
      }
      rest = rest.subspan(header.size());
    }
    pending_.end_fill(read.next_offset);
    return ok();
  }

  broker::Broker& broker_;
  std::shared_ptr<broker::Partition> partition_;
  PendingRecords pending_;
  std::string commit_group_;
  kafka::RecordReader reader_;
  std::string committed_;
  std::unique_ptr<broker::Subscription> subscription_;
};

class EmbeddedSource final : public exec::Source {
 public:
  EmbeddedSource(broker::Broker& broker, KafkaSourceOptions options, ScanFormat format)
      : broker_(broker), options_(std::move(options)), format_(std::move(format)) {}

  [[nodiscard]] exec::SourceTraits traits() const override {
    exec::SourceTraits traits;
    traits.bounded = options_.bounded();
    traits.watermark = options_.watermark;
    // In process it costs next to nothing.
    traits.discovery_interval_ms = options_.discovery_ms(kDiscoveryMs, kDiscoveryMs);
    return traits;
  }

  Result<std::vector<exec::SplitInfo>> discover() override {
    std::vector<exec::SplitInfo> splits;
    for (const auto& name : options_.topics) {
      add_topic(*WEIR_TRY(broker_.get_or_create_topic(name)), splits);
    }
    if (!options_.pattern) return splits;
    for (const auto& topic : broker_.topics()) {
      if (options_.matches(topic->name)) add_topic(*topic, splits);
    }
    return splits;
  }

  Result<std::unique_ptr<exec::SplitReader>> open(const exec::SplitInfo& split,
                                                  const exec::ReaderStart& start,
                                                  exec::ReaderContext& context) override {
    auto partition = broker_.find_partition(split.topic, split.partition);
    if (!partition) {
      return not_found(fmt::format("partition {} of topic {} does not exist any more",
                                   split.partition, split.topic));
    }
    EmbeddedOffsets offsets(broker_, *partition, options_.group);
    const ReadRange range = WEIR_TRY(find_read_range(options_, split, start, offsets));
    PendingRecords pending(WEIR_TRY(format_.make_decoder()),
                           RecordMetadata(split.topic, split.partition, kLeaderEpoch), split.number,
                           range);
    return std::unique_ptr<exec::SplitReader>(std::make_unique<PartitionReader>(
        broker_, std::move(partition), std::move(pending), options_.commit_group(), context.waker));
  }

 private:
  static void add_topic(const broker::Topic& topic, std::vector<exec::SplitInfo>& splits) {
    for (const auto& partition : topic.partitions) {
      splits.push_back(partition_split(topic.name, partition->index()));
    }
  }

  broker::Broker& broker_;
  KafkaSourceOptions options_;
  ScanFormat format_;
};

}  // namespace

Result<std::unique_ptr<exec::Source>> make_embedded_source(const SourceRequest& request,
                                                           const TableOptions& options) {
  return std::unique_ptr<exec::Source>(std::make_unique<EmbeddedSource>(
      *request.environment.broker, WEIR_TRY(parse_source_options(options)),
      WEIR_TRY(ScanFormat::make(request, options))));
}

}  // namespace weir::connectors
