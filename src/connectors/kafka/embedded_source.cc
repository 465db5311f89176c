#include "connectors/kafka/embedded_source.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "broker/broker.h"
#include "broker/groups/coordinator.h"
#include "connectors/kafka/kafka_options.h"
#include "connectors/kafka/record_metadata.h"
#include "connectors/scan_format.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr size_t kReadBytes = size_t{1} << 20U;

// The committed offset of the group, or -1.
int64_t committed_offset(broker::Broker& broker, const std::string& group,
                         const broker::Partition& partition) {
  if (group.empty()) return -1;
  const auto committed = broker.groups().committed(group);
  const auto topic = committed.find(partition.topic());
  if (topic == committed.end()) return -1;
  const auto found = topic->second.find(partition.index());
  return found == topic->second.end() ? -1 : found->second.offset;
}

// The offset that a rule means, or -1 when it names none for this partition.
Result<int64_t> resolve(const OffsetRule& rule, const std::string& group, broker::Broker& broker,
                        broker::Partition& partition) {
  switch (rule.mode) {
    case OffsetMode::kEarliest: return partition.offsets().start;
    case OffsetMode::kLatest: return partition.offsets().high_watermark;
    case OffsetMode::kGroup: return committed_offset(broker, group, partition);
    case OffsetMode::kTimestamp: {
      const auto found = WEIR_TRY(partition.offset_for_time(rule.timestamp_ms));
      return found.offset >= 0 ? found.offset : partition.offsets().high_watermark;
    }
    case OffsetMode::kSpecific: {
      const auto found = rule.offsets.find(partition.index());
      return found == rule.offsets.end() ? -1 : found->second;
    }
    case OffsetMode::kUnbounded: break;
  }
  return -1;
}

class PartitionReader final : public exec::SplitReader {
 public:
  PartitionReader(broker::Broker& broker, std::shared_ptr<broker::Partition> partition,
                  ScanDecoder decoder, std::string group, uint32_t split, int64_t next,
                  int64_t stop, Waker& waker)
      : broker_(broker),
        partition_(std::move(partition)),
        decoder_(std::move(decoder)),
        metadata_(partition_->topic(), partition_->index()),
        group_(std::move(group)),
        split_(split),
        next_(next),
        stop_(stop),
        subscription_(partition_->subscribe([&waker] { waker.wake(); })) {}

  Result<exec::Poll> poll(uint32_t max_rows) override {
    exec::Poll poll;
    if (used_ == records_.size() && next_ < stop_) WEIR_TRY(fill());
    const size_t count = std::min<size_t>(max_rows, records_.size() - used_);
    if (count > 0) WEIR_TRY(decode(count, poll));
    poll.finished = next_ >= stop_ && used_ == records_.size();
    poll.at_end = poll.finished || next_ >= partition_->offsets().high_watermark;
    // Records were read but made no row (tombstones, bad ones), or only a control batch was.
    if (!poll.batch && !poll.at_end) poll.retry_after_ms = 0;
    return poll;
  }

  [[nodiscard]] std::string position() const override { return std::to_string(next_); }
  [[nodiscard]] int64_t lag() const override {
    return std::max<int64_t>(0, std::min(stop_, partition_->offsets().high_watermark) - next_);
  }

  void on_checkpoint(uint64_t, const std::string& position) override {
    if (group_.empty() || position == committed_) return;
    committed_ = position;
    kafka::OffsetCommitRequest request;
    request.group_id = group_;
    auto& topic = request.topics.emplace_back();
    topic.name = partition_->topic();
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = partition_->index();
    partition.committed_offset = types::parse_integer(position).value_or(0);
    // For information only: when it fails (a full disk) the next checkpoint tries again.
    broker_.groups().commit(request, [](const kafka::OffsetCommitResponse&) {});
  }

 private:
  // The next records of the log, walked into records_.
  Status fill() {
    records_.clear();
    log_append_.clear();
    used_ = 0;
    auto read = WEIR_TRY(partition_->read(next_, kReadBytes));
    auto rest = read.records;
    while (!rest.empty()) {
      const auto header = WEIR_TRY(kafka::RecordBatchHeader::read(rest));
      if (!header.is_control()) {
        WEIR_TRY(reader_.append(header, rest.first(header.size()), read.buffer, records_));
        log_append_.resize(records_.size(), header.has_log_append_time() ? 1 : 0);
      }
      rest = rest.subspan(header.size());
    }
    // A batch is read whole: its first records may have been read before, its last may lie behind
    // the end.
    const auto& offsets = records_.offsets;
    used_ = static_cast<size_t>(std::ranges::lower_bound(offsets, next_) - offsets.begin());
    filled_to_ = read.next_offset;
    if (used_ == records_.size()) next_ = filled_to_;
    return ok();
  }

  Status decode(size_t count, exec::Poll& poll) {
    slices_.clear();
    const auto offsets = std::span<const int64_t>(records_.offsets).subspan(used_);
    size_t taken = 0;
    for (; taken < count && offsets[taken] < stop_; ++taken) {
      const std::string_view value = records_.values[used_ + taken];
      slices_.push_back({value.data(), static_cast<uint32_t>(value.size())});
    }
    if (taken > 0) {
      metadata_.set_block(records_, log_append_, used_);
      WEIR_TRY(decoder_.decode({slices_, offsets.first(taken), records_.buffers}, split_, metadata_,
                               poll));
    }
    used_ = taken < count ? records_.size() : used_ + taken;
    next_ = used_ == records_.size() ? std::min(filled_to_, stop_) : records_.offsets[used_];
    return ok();
  }

  broker::Broker& broker_;
  std::shared_ptr<broker::Partition> partition_;
  ScanDecoder decoder_;
  RecordMetadata metadata_;
  std::string group_;
  uint32_t split_;
  int64_t next_;
  int64_t stop_;  // INT64_MAX: never
  kafka::RecordReader reader_;
  kafka::RecordColumns records_;
  std::vector<uint8_t> log_append_;  // a record: its timestamp is the broker's
  std::vector<formats::Record> slices_;
  size_t used_ = 0;        // of records_
  int64_t filled_to_ = 0;  // the offset behind records_
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
    traits.discovery_interval_ms = options_.discovery_interval_ms;
    return traits;
  }

  Result<std::vector<exec::SplitInfo>> discover() override {
    std::vector<exec::SplitInfo> splits;
    for (const auto& name : options_.topics) {
      add_topic(*WEIR_TRY(broker_.get_or_create_topic(name)), splits);
    }
    if (!options_.pattern) return splits;
    for (const auto& topic : broker_.topics()) {
      if (RE2::FullMatch(topic->name, *options_.pattern)) add_topic(*topic, splits);
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
    const int64_t next = WEIR_TRY(start_offset(start, *partition));
    int64_t stop = INT64_MAX;
    if (options_.bounded()) {
      stop = WEIR_TRY(resolve(options_.end, options_.group, broker_, *partition));
      if (stop < 0) stop = partition->offsets().high_watermark;
    }
    return std::unique_ptr<exec::SplitReader>(std::make_unique<PartitionReader>(
        broker_, std::move(partition), WEIR_TRY(format_.make_decoder()), options_.group,
        split.number, next, stop, context.waker));
  }

 private:
  static void add_topic(const broker::Topic& topic, std::vector<exec::SplitInfo>& splits) {
    for (const auto& partition : topic.partitions) {
      exec::SplitInfo split;
      split.id = fmt::format("{}-{}", topic.name, partition->index());
      split.topic = topic.name;
      split.partition = partition->index();
      splits.push_back(std::move(split));
    }
  }

  Result<int64_t> start_offset(const exec::ReaderStart& start, broker::Partition& partition) {
    const auto log = partition.offsets();
    int64_t next = log.start;
    switch (start.kind) {
      case exec::ReaderStart::Kind::kDiscovered: return next;
      case exec::ReaderStart::Kind::kResume: {
        const auto parsed = types::parse_integer(start.position);
        if (!parsed.has_value() || *parsed < 0) {
          return corrupt(fmt::format("'{}' is not an offset", start.position));
        }
        next = *parsed;
        break;
      }
      case exec::ReaderStart::Kind::kInitial:
        next = WEIR_TRY(resolve(options_.start, options_.group, broker_, partition));
        if (next < 0) next = options_.reset_to_latest ? log.high_watermark : log.start;
        // A mode may name an offset that is gone or not there yet: as auto.offset.reset says.
        if (next < log.start || next > log.high_watermark) {
          next = options_.reset_to_latest ? log.high_watermark : log.start;
        }
        break;
    }
    if (next < log.start || next > log.high_watermark) {
      return not_found(fmt::format("topic {} partition {}: the job was at offset {}, but the log "
                                   "holds {} to {}",
                                   partition.topic(), partition.index(), next, log.start,
                                   log.high_watermark))
          .hint("the records were removed by the topic's retention; start the job afresh");
    }
    return next;
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
