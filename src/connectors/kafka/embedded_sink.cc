#include "connectors/kafka/embedded_sink.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

#include "broker/broker.h"
#include "connectors/kafka/batch_stream.h"
#include "connectors/sink_format.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr size_t kMaxInFlightBytes = size_t{32} << 20U;

// Appends that are on their way to the disk. Shared with their callbacks, which may outlive the
// writer. Any thread.
class InFlight {
 public:
  // `waker` may be null; it is called while the lock is held, and never after detach().
  explicit InFlight(Waker* waker) : waker_(waker) {}

  static void append(const std::shared_ptr<InFlight>& self, broker::Partition& partition,
                     std::span<const std::byte> batch) {
    const size_t size = batch.size();
    size_t place = 0;
    {
      const std::scoped_lock lock(self->mutex_);
      self->bytes_ += size;
      place = self->results_.size();
      self->results_.emplace_back();
      ++self->open_;
    }
    partition.append(batch, [self, size, place](const broker::AppendResult& result) {
      const std::scoped_lock lock(self->mutex_);
      const bool was_full = self->bytes_ > kMaxInFlightBytes;
      self->bytes_ -= size;
      self->results_[place] = {result.error, result.message};
      if (--self->open_ == 0) self->done_.notify_all();
      if (was_full && self->bytes_ <= kMaxInFlightBytes && self->waker_) self->waker_->wake();
    });
  }

  [[nodiscard]] bool has_room() const {
    const std::scoped_lock lock(mutex_);
    return bytes_ <= kMaxInFlightBytes;
  }
  struct Answer {
    kafka::ApiError error = kafka::ApiError::kNone;
    std::string message;
  };
  // Waits for all; their answers in order of append.
  std::vector<Answer> wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    return std::exchange(results_, {});
  }
  void detach() {
    const std::scoped_lock lock(mutex_);
    waker_ = nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable done_;
  Waker* waker_;
  size_t bytes_ = 0;
  size_t open_ = 0;
  std::vector<Answer> results_;
};

Error append_error(const std::string& topic, const InFlight::Answer& answer) {
  std::string text = fmt::format("cannot append to topic {}: {} {}", topic,
                                 kafka::api_error_name(answer.error), answer.message);
  const bool passing = answer.error == kafka::ApiError::kKafkaStorageError;
  return passing ? unavailable(std::move(text)) : io_error(std::move(text));
}

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
      WEIR_TRY(stream_.add(timestamp_of(*batch, rows[at], now_ms), encoded->record(at)));
    }
    rows_ += encoded->count();
    return ok();
  }

 protected:
  virtual Status before_rows() { return ok(); }
  virtual Status take(uint32_t partition, BufferRef batch) = 0;

  [[nodiscard]] int64_t timestamp_of(const types::Batch& batch, uint32_t row,
                                     int64_t now_ms) const {
    if (options_.timestamp_column < 0) return now_ms;
    const auto& column = batch.column(static_cast<size_t>(options_.timestamp_column));
    return column.is_null(row) ? now_ms : column.value<int64_t>(row);
  }

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
    output.handle = topic_->name;
    output.rows = std::exchange(rows_, 0);
    for (size_t partition = 0; partition < staged_.size(); ++partition) {
      if (staged_[partition].empty()) continue;
      output.files.push_back({std::to_string(partition), std::exchange(staged_[partition], {})});
    }
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

class StagedCommitter final : public exec::SinkCommitter {
 public:
  StagedCommitter(broker::Broker& broker, Env& env) : broker_(broker), env_(env) {}

  Status deliver(const exec::Delivery& delivery) override {
    for (const auto& part : delivery.parts) {
      for (const auto& file : part.files) WEIR_TRY(deliver_file(part.handle, file));
    }
    return ok();
  }

 private:
  Status deliver_file(const std::string& topic, const exec::DeliveredPart::File& file) {
    const auto number = types::parse_integer(file.name).value_or(-1);
    const auto partition = broker_.find_partition(topic, static_cast<int32_t>(number));
    if (!partition) {
      return not_found(fmt::format("topic {} has no partition {} any more", topic, file.name));
    }
    const auto bytes = WEIR_TRY(exec::read_staged(env_, file));
    auto in_flight = std::make_shared<InFlight>(nullptr);
    for (auto rest = bytes->bytes(); !rest.empty();) {
      const size_t size = WEIR_TRY(kafka::batch_size(rest));
      if (size == 0 || size > rest.size()) {
        return corrupt(fmt::format("a staged batch in {} is cut short", file.path));
      }
      InFlight::append(in_flight, *partition, rest.first(size));
      rest = rest.subspan(size);
    }
    return check_answers(topic, in_flight->wait());
  }

  // The broker remembers a producer's last five batches and answers a repetition of those like the
  // first time. Older ones it calls out of order; they were delivered when a batch behind them is
  // known or taken, because batches of one producer are only ever taken in order.
  static Status check_answers(const std::string& topic,
                              const std::vector<InFlight::Answer>& answers) {
    const InFlight::Answer* out_of_order = nullptr;
    for (const auto& answer : answers) {
      if (answer.error == kafka::ApiError::kNone) {
        out_of_order = nullptr;
      } else if (answer.error == kafka::ApiError::kOutOfOrderSequenceNumber) {
        if (out_of_order == nullptr) out_of_order = &answer;
      } else {
        return append_error(topic, answer);
      }
    }
    return out_of_order == nullptr ? ok() : append_error(topic, *out_of_order);
  }

  broker::Broker& broker_;
  Env& env_;
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
    return std::unique_ptr<exec::SinkCommitter>(
        std::make_unique<StagedCommitter>(broker_, context.context.env));
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
