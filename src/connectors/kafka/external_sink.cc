#include "connectors/kafka/external_sink.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "connectors/kafka/kafka_options.h"
#include "connectors/kafka/rdkafka_client.h"
#include "connectors/sink_format.h"

namespace weir::connectors {

namespace {

constexpr size_t kMaxInFlight = size_t{32} << 20U;  // bytes; beyond it the lane stops reading
constexpr int kWaitMs = 100;
constexpr int kPurgeMs = 1000;

class ExternalWriter final : public exec::SinkWriter {
 public:
  ExternalWriter(const KafkaSinkOptions& options, BatchEncoder encoder,
                 const exec::SinkContext& context)
      : options_(options),
        encoder_(std::move(encoder)),
        clock_(context.context.clock),
        lane_(context.lane) {}

  ~ExternalWriter() override {
    // Nobody waits for what is on its way: a writer that was not asked to prepare() has failed.
    if (client_) {
      rd_kafka_purge(client_->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
      rd_kafka_flush(client_->get(), kPurgeMs);
    }
  }
  ExternalWriter(const ExternalWriter&) = delete;
  ExternalWriter& operator=(const ExternalWriter&) = delete;

  Status start(const KafkaProperties& properties, const exec::SinkContext& context) {
    client_ = WEIR_TRY(
        RdKafkaClient::make(RD_KAFKA_PRODUCER, properties, context.context,
                            [this](const rd_kafka_message_t& message) { on_delivery(message); }));
    events_.emplace(rd_kafka_queue_get_main(client_->get()), context.waker);
    const auto found = WEIR_TRY(client_->partitions(options_.topic, properties.api_timeout_ms));
    partitions_ = static_cast<uint32_t>(found.partitions.size());
    if (partitions_ == 0) {
      return unavailable(fmt::format("topic {} has no partitions yet", options_.topic));
    }
    next_ = lane_ % partitions_;
    topic_ = WEIR_TRY(client_->topic(options_.topic));
    return ok();
  }

  Status write(types::BatchRef batch) override {
    WEIR_TRY(check());
    const auto* encoded = WEIR_TRY(encoder_.encode(*batch));
    const auto rows = encoded->rows();
    for (size_t at = 0; at < encoded->count(); ++at) {
      WEIR_TRY(
          produce(encoder_.key(at), encoded->record(at), options_.timestamp_of(*batch, rows[at])));
    }
    client_->serve();
    return check();
  }

  [[nodiscard]] bool has_room() const override {
    if (in_flight_ > kMaxInFlight) client_->serve();
    return in_flight_ <= kMaxInFlight;
  }

  Status on_pause() override {
    client_->serve();
    return check();
  }

  // Waits for the brokers.
  Result<exec::StagedOutput> prepare(uint64_t) override {
    while (rd_kafka_flush(client_->get(), kWaitMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      WEIR_TRY(check());
    }
    WEIR_TRY(check());
    return exec::StagedOutput{};
  }

 private:
  [[nodiscard]] int32_t choose_partition() {
    switch (options_.partitioner) {
      case Partitioner::kSticky: return RD_KAFKA_PARTITION_UA;  // librdkafka's own
      case Partitioner::kFixed: return static_cast<int32_t>(next_);
      case Partitioner::kRoundRobin:
        next_ = (next_ + 1) % partitions_;
        return static_cast<int32_t>(next_);
    }
    return RD_KAFKA_PARTITION_UA;
  }

  Status produce(std::string_view key, std::string_view value,
                 std::optional<int64_t> timestamp_ms) {
    std::array<rd_kafka_vu_t, 6> fields{};
    fields[0].vtype = RD_KAFKA_VTYPE_RKT;
    fields[0].u.rkt = topic_.get();
    fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    fields[1].u.i32 = choose_partition();
    fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    fields[2].u.i = RD_KAFKA_MSG_F_COPY;
    fields[3].vtype = RD_KAFKA_VTYPE_VALUE;
    fields[3].u.mem.ptr = const_cast<char*>(value.data());
    fields[3].u.mem.size = value.size();
    fields[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    fields[4].u.i64 = timestamp_ms.value_or(0);  // 0: now
    fields[5].vtype = RD_KAFKA_VTYPE_KEY;
    fields[5].u.mem.ptr = const_cast<char*>(key.data());  // null: none
    fields[5].u.mem.size = key.size();
    for (;;) {
      const std::unique_ptr<rd_kafka_error_t, decltype(&rd_kafka_error_destroy)> error(
          rd_kafka_produceva(client_->get(), fields.data(), fields.size()),
          &rd_kafka_error_destroy);
      if (!error) break;
      const auto code = rd_kafka_error_code(error.get());
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) return refused(code, value.size());
      client_->serve(kWaitMs);
      WEIR_TRY(check());
    }
    in_flight_ += value.size();
    return ok();
  }

  void on_delivery(const rd_kafka_message_t& message) {
    in_flight_ -= message.len;
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR || failed_) return;
    failed_.emplace(message.err, message.len);
  }

  Status check() {
    if (auto refused = client_->refusal()) return *std::move(refused);
    return failed_ ? refused(failed_->first, failed_->second) : ok();
  }

  Error refused(rd_kafka_resp_err_t code, size_t size) {
    const std::string what =
        fmt::format("a record of {} bytes was not written to topic {}", size, options_.topic);
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      return invalid(fmt::format("{}: it is too large", what))
          .hint("raise the topic's max.message.bytes and 'properties.max.request.size'");
    }
    auto error = client_->failure(what, code);
    // Written again after a restart, not after a pause: the order would be another.
    return error.code() == ErrorCode::kUnavailable ? io_error(error.message()) : error;
  }

  const KafkaSinkOptions& options_;
  BatchEncoder encoder_;
  Clock& clock_;
  uint32_t lane_;
  std::unique_ptr<RdKafkaClient> client_;
  std::optional<RdQueue> events_;
  RdTopic topic_;
  uint32_t partitions_ = 0;
  uint32_t next_ = 0;
  size_t in_flight_ = 0;                                          // bytes of values
  std::optional<std::pair<rd_kafka_resp_err_t, size_t>> failed_;  // the first
};

class ExternalSink final : public exec::Sink {
 public:
  ExternalSink(KafkaProperties properties, KafkaSinkOptions options, SinkFormat format)
      : properties_(std::move(properties)),
        options_(std::move(options)),
        format_(std::move(format)) {}

  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override { return options_.guarantee; }

  Result<std::unique_ptr<exec::SinkWriter>> make_writer(const exec::SinkContext& context) override {
    auto writer =
        std::make_unique<ExternalWriter>(options_, WEIR_TRY(format_.make_encoder()), context);
    WEIR_TRY(writer->start(properties_, context));
    return std::unique_ptr<exec::SinkWriter>(std::move(writer));
  }

 private:
  KafkaProperties properties_;
  KafkaSinkOptions options_;
  SinkFormat format_;
};

}  // namespace

Result<std::unique_ptr<exec::Sink>> make_external_sink(const SinkRequest& request,
                                                       const TableOptions& options,
                                                       std::string servers) {
  auto parsed = WEIR_TRY(parse_sink_options(options));
  if (parsed.guarantee == exec::DeliveryGuarantee::kExactlyOnce) {
    return unsupported(
               "option 'sink.delivery-guarantee': exactly-once into a Kafka outside of "
               "weir is not offered")
        .hint(
            "use 'at-least-once' and let readers drop what comes twice by a key, or write to "
            "the broker that `weir run` brings, where exactly-once is offered");
  }
  auto properties = WEIR_TRY(parse_properties(options, std::move(servers)));
  add_producer_defaults(properties);
  return std::unique_ptr<exec::Sink>(std::make_unique<ExternalSink>(
      std::move(properties), std::move(parsed), WEIR_TRY(SinkFormat::make(request, options))));
}

}  // namespace weir::connectors
