#include "connectors/kafka/external_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "connectors/kafka/external_reader.h"
#include "connectors/kafka/kafka_options.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr int64_t kDiscoveryMs = 300'000;  // as in Flink
constexpr int64_t kDiscoveryMaxMs = int64_t{24} * 3600 * 1000;
// Fetched ahead of the lanes: of a source, and of a partition.
constexpr size_t kQueuedBytes = size_t{256} << 20U;
constexpr size_t kQueuedBytesMost = size_t{16} << 20U;
constexpr size_t kQueuedBytesLeast = size_t{1} << 20U;
// While the job runs a discovery holds up its checkpoints: it gives up early and comes again.
constexpr int64_t kLaterLimitMs = 1000;

// What a partition of a Kafka outside holds: one request each.
class ExternalOffsets final : public PartitionOffsets {
 public:
  ExternalOffsets(RdKafkaClient& client, const exec::SplitInfo& split, bool has_group)
      : client_(client), split_(split), has_group_(has_group) {}

  Result<LogRange> range() override {
    LogRange log;
    WEIR_TRY(ask("the offsets", [&](int timeout_ms) {
      return rd_kafka_query_watermark_offsets(client_.get(), split_.topic.c_str(), split_.partition,
                                              &log.start, &log.end, timeout_ms);
    }));
    return log;
  }

  Result<int64_t> committed() override {
    if (!has_group_) return -1;
    int64_t offset = -1;
    WEIR_TRY(ask("the group's offset", [&](int timeout_ms) {
      const auto list = one_partition(split_.topic, split_.partition, RD_KAFKA_OFFSET_INVALID);
      return answer(rd_kafka_committed(client_.get(), list.get(), timeout_ms), *list, offset);
    }));
    return offset;
  }

  Result<int64_t> for_time(int64_t timestamp_ms) override {
    int64_t offset = -1;
    WEIR_TRY(ask("the offset of a time", [&](int timeout_ms) {
      const auto list = one_partition(split_.topic, split_.partition, timestamp_ms);
      return answer(rd_kafka_offsets_for_times(client_.get(), list.get(), timeout_ms), *list,
                    offset);
    }));
    return offset;
  }

 private:
  template <typename Send>
  Status ask(std::string_view what, Send send) {
    return client_.ask(fmt::format("asking for {} of {}", what, split_.id),
                       client_.properties().api_timeout_ms, send);
  }

  // Negative offsets are librdkafka's names for "none" and "the end".
  static rd_kafka_resp_err_t answer(rd_kafka_resp_err_t code,
                                    const rd_kafka_topic_partition_list_t& list, int64_t& offset) {
    offset = std::max<int64_t>(list.elems[0].offset, -1);
    return code != RD_KAFKA_RESP_ERR_NO_ERROR ? code : list.elems[0].err;
  }

  RdKafkaClient& client_;
  const exec::SplitInfo& split_;
  bool has_group_;
};

class ExternalSource final : public exec::Source {
 public:
  ExternalSource(KafkaProperties properties, KafkaSourceOptions options, ScanFormat format,
                 Context& context)
      : properties_(std::move(properties)),
        options_(std::move(options)),
        format_(std::move(format)),
        context_(context) {}

  [[nodiscard]] exec::SourceTraits traits() const override {
    exec::SourceTraits traits;
    traits.bounded = options_.bounded();
    traits.watermark = options_.watermark;
    traits.discovery_interval_ms = options_.discovery_ms(kDiscoveryMs, kDiscoveryMaxMs);
    return traits;
  }

  Result<std::vector<exec::SplitInfo>> discover() override {
    if (!discovery_) {
      discovery_ = WEIR_TRY(RdKafkaClient::make(RD_KAFKA_CONSUMER, properties_, context_));
    }
    const int64_t limit_ms = discovered_ ? kLaterLimitMs : properties_.api_timeout_ms;
    std::vector<exec::SplitInfo> splits;
    const auto add = [&](const TopicPartitions& topic) {
      for (const int32_t partition : topic.partitions) {
        splits.push_back(partition_split(topic.topic, partition));
      }
    };
    for (const auto& name : options_.topics) {
      add(WEIR_TRY(discovery_->partitions(name, limit_ms)));
    }
    if (options_.pattern) {
      for (const auto& topic : WEIR_TRY(discovery_->topics(limit_ms))) {
        if (options_.matches(topic.topic)) add(topic);
      }
    }
    discovered_ = true;
    split_count_.store(splits.size(), std::memory_order_relaxed);
    return splits;
  }

  Result<std::unique_ptr<exec::SplitReader>> open(const exec::SplitInfo& split,
                                                  const exec::ReaderStart& start,
                                                  exec::ReaderContext& context) override {
    auto client = WEIR_TRY(client_of(context.lane));
    ExternalOffsets offsets(*client, split, !options_.group.empty());
    const ReadRange range = WEIR_TRY(find_read_range(options_, split, start, offsets));
    const auto queued_kb =
        types::parse_integer(client->properties().value_or("queued.max.messages.kbytes", "0"));
    const size_t queued_bytes = static_cast<size_t>(queued_kb.value_or(0)) << 10U;
    const bool with_headers =
        std::ranges::any_of(format_.columns(), [](const plan::ScanColumn& column) {
          return column.kind == plan::ScanColumn::Kind::kMetadata && column.name == "headers";
        });
    return make_external_reader({.client = std::move(client),
                                 .split = split,
                                 .decoder = WEIR_TRY(format_.make_decoder()),
                                 .with_headers = with_headers,
                                 .range = range,
                                 .commits = !options_.commit_group().empty(),
                                 .queued_bytes = queued_bytes,
                                 .waker = context.waker});
  }

 private:
  Result<std::shared_ptr<RdKafkaClient>> client_of(uint32_t lane) {
    const std::scoped_lock lock(mutex_);
    auto& client = clients_[lane];
    if (client) return client;
    auto properties = properties_;
    const size_t splits = std::max<size_t>(split_count_.load(std::memory_order_relaxed), 1);
    add_consumer_defaults(properties,
                          std::clamp(kQueuedBytes / splits, kQueuedBytesLeast, kQueuedBytesMost));
    client = WEIR_TRY(RdKafkaClient::make(RD_KAFKA_CONSUMER, properties, context_));
    return client;
  }

  KafkaProperties properties_;
  KafkaSourceOptions options_;
  ScanFormat format_;
  Context& context_;
  bool discovered_ = false;                   // of the discovering thread
  std::unique_ptr<RdKafkaClient> discovery_;  // likewise
  std::atomic<size_t> split_count_{0};
  std::mutex mutex_;
  std::map<uint32_t, std::shared_ptr<RdKafkaClient>> clients_;  // by lane
};

}  // namespace

Result<std::unique_ptr<exec::Source>> make_external_source(const SourceRequest& request,
                                                           const TableOptions& options,
                                                           std::string servers) {
  auto parsed = WEIR_TRY(parse_source_options(options));
  auto properties = WEIR_TRY(parse_properties(options, std::move(servers)));
  if (!parsed.group.empty()) properties.values.emplace_back("group.id", parsed.group);
  properties.values.emplace_back("enable.auto.commit", "false");
  properties.values.emplace_back("enable.auto.offset.store", "false");
  properties.values.emplace_back("enable.partition.eof", "true");
  properties.values.emplace_back("auto.offset.reset", "error");  // the reader says what is lost
  return std::unique_ptr<exec::Source>(std::make_unique<ExternalSource>(
      std::move(properties), std::move(parsed), WEIR_TRY(ScanFormat::make(request, options)),
      request.context));
}

}  // namespace weir::connectors
