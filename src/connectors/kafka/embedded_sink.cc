#include "connectors/kafka/embedded_sink.h"

#include "broker/broker.h"
#include "connectors/kafka/batch_stream.h"
#include "connectors/kafka/in_flight.h"
#include "connectors/kafka/staged_batches.h"
#include "connectors/sink_format.h"

namespace weir::connectors {

namespace {

// Encodes rows and deals them out; what becomes of the record batches is the subclasses'.
class EmbeddedWriter : public exec::SinkWriter {
 public:
  EmbeddedWriter(const KafkaSinkOptions& options, BatchEncoder encoder, broker::TopicRef topic,
                 const exec::SinkContext& context)
      : options_(options),
        encoder_(std::move(encoder)),
        topic_(std::move(topic)),
        clock_(context.context.clock),
        stream_(options.partitioner, options.compression,
                static_cast<uint32_t>(topic_->partitions.size()), context.lane,
                [this](uint32_t partition, BufferRef batch) {
                  return take(partition, std::move(batch));
                }) {}

  Status write(types::BatchRef batch) override {
    WEIR_TRY(before_rows());
    const auto* encoded = WEIR_TRY(encoder_.encode(*batch));
    const auto rows = encoded->rows();
    const int64_t now_ms = clock_.wall_ms();
    for (size_t at = 0; at < encoded->count(); ++at) {
      WEIR_TRY(stream_.add(options_.timestamp_of(*batch, rows[at]).value_or(now_ms),
                           encoder_.key(at), encoded->record(at)));
    }
    rows_ += encoded->count();
    return ok();
  }

 protected:
  virtual Status before_rows() { return ok(); }
  virtual Status take(uint32_t partition, BufferRef batch) = 0;

  const KafkaSinkOptions& options_;
  BatchEncoder encoder_;
  broker::TopicRef topic_;
  Clock& clock_;
  BatchStream stream_;
  uint64_t rows_ = 0;  // since the last prepare()
};

class DirectWriter final : public EmbeddedWriter {
 public:
  DirectWriter(const KafkaSinkOptions& options, BatchEncoder encoder, broker::TopicRef topic,
               const exec::SinkContext& context)
      : EmbeddedWriter(options, std::move(encoder), std::move(topic), context),
        in_flight_(std::make_shared<InFlight>(&context.waker)) {}
  ~DirectWriter() override { in_flight_->detach(); }
  DirectWriter(const DirectWriter&) = delete;
  DirectWriter& operator=(const DirectWriter&) = delete;

  [[nodiscard]] bool has_room() const override { return in_flight_->has_room(); }
  Status on_pause() override { return stream_.flush(); }
  Result<exec::StagedOutput> prepare(uint64_t) override {
    WEIR_TRY(stream_.flush());
    for (const auto& answer : in_flight_->wait()) {
      if (answer.error != kafka::ApiError::kNone) return append_error(topic_->name, answer);
    }
    rows_ = 0;
    return exec::StagedOutput{};
  }

 private:
  Status take(uint32_t partition, BufferRef batch) override {
    InFlight::append(in_flight_, *topic_->partitions[partition], batch->bytes());
    return ok();
  }

  std::shared_ptr<InFlight> in_flight_;
};

class StagingWriter final : public EmbeddedWriter {
 public:
  StagingWriter(const KafkaSinkOptions& options, BatchEncoder encoder, broker::TopicRef topic,
                const exec::SinkContext& context, broker::Broker& broker)
      : EmbeddedWriter(options, std::move(encoder), std::move(topic), context),
        broker_(broker),
        staged_(topic_->partitions.size()) {}

  Result<exec::StagedOutput> prepare(uint64_t) override {
    exec::StagedOutput output;
    if (rows_ == 0) return output;
    WEIR_TRY(stream_.flush());
    output.rows = std::exchange(rows_, 0);
    take_staged(topic_->name, staged_, output.files);
    return output;
  }

 private:
  // The first rows of an epoch: its producer.
  Status before_rows() override {
    if (rows_ == 0) stream_.begin_producer(WEIR_TRY(broker_.new_producer_id()));
    return ok();
  }
  Status take(uint32_t partition, BufferRef batch) override {
    staged_[partition].push_back(std::move(batch));
    return ok();
  }

  broker::Broker& broker_;
  std::vector<std::vector<BufferRef>> staged_;  // by partition
};

class EmbeddedSink final : public exec::Sink {
 public:
  EmbeddedSink(broker::Broker& broker, KafkaSinkOptions options, SinkFormat format)
      : broker_(broker), options_(std::move(options)), format_(std::move(format)) {}

  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override { return options_.guarantee; }

  Result<std::unique_ptr<exec::SinkWriter>> make_writer(const exec::SinkContext& context) override {
    auto topic = WEIR_TRY(broker_.get_or_create_topic(options_.topic));
    auto encoder = WEIR_TRY(format_.make_encoder());
    if (options_.guarantee == exec::DeliveryGuarantee::kExactlyOnce) {
      return std::unique_ptr<exec::SinkWriter>(std::make_unique<StagingWriter>(
          options_, std::move(encoder), std::move(topic), context, broker_));
    }
    return std::unique_ptr<exec::SinkWriter>(
        std::make_unique<DirectWriter>(options_, std::move(encoder), std::move(topic), context));
  }

  Result<std::unique_ptr<exec::SinkCommitter>> make_committer(
      const exec::CommitterContext& context) override {
    if (options_.guarantee != exec::DeliveryGuarantee::kExactlyOnce) {
      return std::unique_ptr<exec::SinkCommitter>();
    }
    return staged_batches_committer(broker_, context.context.env);
  }

 private:
  broker::Broker& broker_;
  KafkaSinkOptions options_;
  SinkFormat format_;
};

}  // namespace

Result<std::unique_ptr<exec::Sink>> make_embedded_sink(const SinkRequest& request,
                                                       const TableOptions& options) {
  return std::unique_ptr<exec::Sink>(std::make_unique<EmbeddedSink>(
      *request.environment.broker, WEIR_TRY(parse_sink_options(options)),
      WEIR_TRY(SinkFormat::make(request, options))));
}

}  // namespace weir::connectors
