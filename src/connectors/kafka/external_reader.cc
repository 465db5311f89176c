#include "connectors/kafka/external_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/kafka/fetched_messages.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

// Events of the client are served even when nothing is read.
constexpr int64_t kServeMs = 100;

class ExternalReader final : public exec::SplitReader {
 public:
  ExternalReader(ExternalReaderParts parts, RdTopic topic)
      : client_(std::move(parts.client)),
        topic_(std::move(topic)),
        split_(std::move(parts.split)),
        with_headers_(parts.with_headers),
        commits_(parts.commits),
        queued_bytes_(parts.queued_bytes),
        log_end_(parts.range.log_end),
        pending_(std::move(parts.decoder),
                 RecordMetadata(split_.topic, split_.partition, std::nullopt), split_.number,
                 parts.range),
        queue_(rd_kafka_queue_new(client_->get()), parts.waker) {}

  ~ExternalReader() override {
    messages_.clear();
    if (started_) rd_kafka_consume_stop(topic_.get(), split_.partition);
  }
  ExternalReader(const ExternalReader&) = delete;
  ExternalReader& operator=(const ExternalReader&) = delete;

  Status start() {
    if (pending_.finished()) return ok();
    if (rd_kafka_consume_start_queue(topic_.get(), split_.partition, pending_.next(),
                                     queue_.get()) != 0) {
      return client_->failure(fmt::format("cannot read {}", split_.id), rd_kafka_last_error());
    }
    started_ = true;
    return ok();
  }

  Result<exec::Poll> poll(uint32_t max_rows) override {
    client_->serve();
    if (auto refused = client_->refusal()) return *std::move(refused);
    exec::Poll poll;
    size_t read = 0;
    if (pending_.empty() && !pending_.finished()) read = WEIR_TRY(fill(max_rows));
    if (!pending_.empty()) WEIR_TRY(pending_.decode(max_rows, poll));
    poll.finished = pending_.finished();
    poll.at_end = poll.finished || (at_end_ && pending_.empty());
    if (!poll.batch) poll.retry_after_ms = read > 0 ? 0 : kServeMs;
    return poll;
  }

  [[nodiscard]] std::string position() const override { return std::to_string(pending_.next()); }

  [[nodiscard]] int64_t lag() const override {
    int64_t low = 0;
    int64_t high = 0;
    const bool known =
        rd_kafka_get_watermark_offsets(client_->get(), split_.topic.c_str(), split_.partition, &low,
                                       &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        high >= 0;
    return pending_.lag(known ? high : log_end_);
  }

  void on_checkpoint(uint64_t, const std::string& position) override {
    if (!commits_ || position == committed_) return;
    committed_ = position;
    const auto offset = types::parse_integer(position);
    if (!offset) return;
    const auto list = one_partition(split_.topic, split_.partition, *offset);
    // For information only: when it fails the next checkpoint tries again.
    rd_kafka_commit(client_->get(), list.get(), 1);
  }

 private:
  // What the queue holds, at most `max_rows`; how many messages that were.
  Result<size_t> fill(uint32_t max_rows) {
    raw_.resize(max_rows);
    const auto count = rd_kafka_consume_batch_queue(queue_.get(), 0, raw_.data(), max_rows);
    if (count <= 0) return size_t{0};
    messages_.clear();
    int64_t filled_to = pending_.next();
    Status failed = ok();
    for (const auto* end = raw_.data() + count; auto* raw : std::span(raw_.data(), end)) {
      RdMessage message(raw);
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        filled_to = message->offset + 1;
        at_end_ = false;
        messages_.push_back(std::move(message));
      } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        filled_to = std::max(filled_to, message->offset);
        at_end_ = true;
      } else if (failed.has_value()) {
        failed = on_event(*message);
      }
    }
    append_messages(messages_, with_headers_, pending_.begin_fill());
    if (!messages_.empty()) fetch_again(messages_.size());
    messages_.clear();
    pending_.end_fill(filled_to);
    if (!failed.has_value()) return std::move(failed).error();
    return static_cast<size_t>(count);
  }

  // A queue that was full and is half empty now, by the size of the records just read, or that is
  // empty: librdkafka would leave it so for up to a second.
  void fetch_again(size_t read) {
    const size_t waiting = rd_kafka_queue_length(queue_.get());
    size_t bytes = 0;
    for (const auto& message : messages_) bytes += message->len + message->key_len;
    const size_t waiting_bytes = waiting * bytes / read;
    if (waiting_bytes + bytes >= queued_bytes_ / 4 * 3) was_full_ = true;
    const bool wake = waiting == 0 ? !at_end_ : was_full_ && waiting_bytes < queued_bytes_ / 2;
    if (!wake) return;
    was_full_ = false;
    client_->fetch_again();
  }

  // What ends the job; all else passes, and the client logs it.
  Status on_event(const rd_kafka_message_t& event) {
    const char* text = rd_kafka_message_errstr(&event);
    switch (static_cast<int>(event.err)) {
      case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: {
        int64_t low = -1;
        int64_t high = -1;
        rd_kafka_get_watermark_offsets(client_->get(), split_.topic.c_str(), split_.partition, &low,
                                       &high);
        return lost_position(split_, pending_.next(), {low, high});
      }
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return not_found(fmt::format("partition {} of topic {} does not exist any more",
                                     split_.partition, split_.topic));
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        return invalid(fmt::format("topic {} may not be read: {}", split_.topic, text));
      case RD_KAFKA_RESP_ERR__BAD_MSG:
      case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
      case RD_KAFKA_RESP_ERR_INVALID_MSG:
        return corrupt(fmt::format("topic {} partition {} at offset {}: {}", split_.topic,
                                   split_.partition, pending_.next(), text));
      case RD_KAFKA_RESP_ERR__FATAL:
      case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
        return io_error(fmt::format("reading topic {}: {}", split_.topic, text));
      default: return ok();
    }
  }

  // The client outlives what was made from it.
  std::shared_ptr<RdKafkaClient> client_;
  RdTopic topic_;
  exec::SplitInfo split_;
  bool with_headers_;
  bool commits_;
  size_t queued_bytes_;
  int64_t log_end_;
  PendingRecords pending_;
  RdQueue queue_;
  std::vector<rd_kafka_message_t*> raw_;
  std::vector<RdMessage> messages_;
  bool started_ = false;
  bool at_end_ = false;
  bool was_full_ = false;  // the queue
  std::string committed_;
};

}  // namespace

Result<std::unique_ptr<exec::SplitReader>> make_external_reader(ExternalReaderParts parts) {
  auto topic = WEIR_TRY(parts.client->topic(parts.split.topic));
  auto reader = std::make_unique<ExternalReader>(std::move(parts), std::move(topic));
  WEIR_TRY(reader->start());
  return std::unique_ptr<exec::SplitReader>(std::move(reader));
}

}  // namespace weir::connectors
