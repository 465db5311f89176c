#include "connectors/reject_topics.h"

#include <simdjson.h>

#include <utility>

#include "base/json_object.h"
#include "broker/broker.h"
#include "connectors/kafka/batch_stream.h"
#include "connectors/kafka/staged_batches.h"
#include "formats/base64.h"
#include "types/datetime.h"
#include "types/row_kind.h"
#include "types/time_zone.h"
#include "types/value_text.h"

namespace weir::connectors {

namespace {

// What is longer is cut, so that a record fits kMaxBatchBytes whatever was rejected (a byte may
// become six in JSON).
constexpr size_t kMaxRawBytes = size_t{256} << 10U;
constexpr size_t kMaxRowBytes = size_t{16} << 10U;
constexpr size_t kMaxNoteBytes = size_t{4} << 10U;
constexpr int32_t kMaxBatchBytes = 8 << 20U;
constexpr int64_t kRetentionBytes = int64_t{1} << 30U;

std::string iso_time(int64_t wall_ms) {
  char text[types::kDateTimeTextBytes];
  const auto moment = types::from_units(wall_ms, 1000);
  return std::string(text, types::format_timestamp(moment, 'T', 3, text)) + "Z";
}

std::string row_text(const types::Batch& batch, uint32_t row) {
  std::string text(types::row_kind_text(batch.row_kind(row)));
  text += '[';
  for (size_t column = 0; column < batch.width(); ++column) {
    if (column != 0) text += ", ";
    types::append_text(batch.column(column), row, types::TextStyle::kPrint, types::time_zone("UTC"),
                       text);
  }
  return text + ']';
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// Bytes that are no UTF-8 go under `<key>_base64`; `<key>_size` says what was there before a cut.
void add_text(JsonObject& json, const std::string& key, std::string_view bytes, size_t limit) {
  if (bytes.size() > limit) {
    json.add(key + "_size", bytes.size());
    bytes = bytes.substr(0, limit);
  }
  if (is_utf8(bytes)) {
    json.add(key, bytes);
    return;
  }
  std::string encoded(formats::base64_size(bytes.size()), '\0');
  formats::encode_base64(bytes, encoded.data());
  json.add(key + "_base64", encoded);
}

// A lane's rejects of an epoch, built into record batches of one producer id.
class RejectTopicWriter final : public exec::RejectWriter {
 public:
  RejectTopicWriter(broker::Broker& broker, const std::string& job_name, Clock& clock)
      : broker_(broker),
        job_name_(job_name),
        clock_(clock),
        bad_(kDeadLetterTopic),
        late_(kLateRowTopic) {}

  Status add(const exec::Reject& reject) override {
    if (rows_ == 0) {
      const int64_t producer_id = WEIR_TRY(broker_.new_producer_id());
      bad_.stream.begin_producer(producer_id);
      late_.stream.begin_producer(producer_id);
    }
    ++rows_;
    auto& topic = reject.kind == exec::RejectKind::kLate ? late_ : bad_;
    return topic.stream.add(clock_.wall_ms(), {}, reject_json(reject, job_name_));
  }

  Result<exec::StagedOutput> prepare(uint64_t) override {
    exec::StagedOutput output;
    if (rows_ == 0) return output;
    output.rows = std::exchange(rows_, 0);
    for (auto* topic : {&bad_, &late_}) {
      WEIR_TRY(topic->stream.flush());
      take_staged(topic->name, topic->batches, output.files);
    }
    return output;
  }

 private:
  struct Topic {
    explicit Topic(std::string topic)
        : name(std::move(topic)),
          stream(Partitioner::kFixed, kafka::Compression::kNone, 1, 0,
                 [this](uint32_t partition, BufferRef batch) {
                   batches[partition].push_back(std::move(batch));
                   return ok();
                 }) {}
    Topic(const Topic&) = delete;
    Topic& operator=(const Topic&) = delete;

    std::string name;
    std::vector<std::vector<BufferRef>> batches{1};  // by partition
    BatchStream stream;
  };

  broker::Broker& broker_;
  const std::string& job_name_;
  Clock& clock_;
  Topic bad_;
  Topic late_;
  uint64_t rows_ = 0;  // since the last prepare()
};

class RejectTopics final : public exec::RejectSink {
 public:
  RejectTopics(broker::Broker& broker, std::string job_name)
      : broker_(broker), job_name_(std::move(job_name)) {}

  Result<std::unique_ptr<exec::RejectWriter>> make_writer(
      const exec::SinkContext& context) override {
    return std::unique_ptr<exec::RejectWriter>(
        std::make_unique<RejectTopicWriter>(broker_, job_name_, context.context.clock));
  }
  Result<std::unique_ptr<exec::SinkCommitter>> make_committer(
      const exec::CommitterContext& context) override {
    return staged_batches_committer(broker_, context.context.env);
  }

 private:
  broker::Broker& broker_;
  std::string job_name_;
};

}  // namespace

std::string reject_json(const exec::Reject& reject, const std::string& job_name) {
  JsonObject json;
  json.add("time", iso_time(reject.wall_ms));
  add_text(json, "job", job_name, kMaxNoteBytes);
  add_text(json, "operator", reject.operator_name, kMaxNoteBytes);
  add_text(json, "reason", reject.reason, kMaxNoteBytes);
  if (reject.split != nullptr) {
    add_text(json, "topic", reject.split->topic, kMaxNoteBytes);
    if (reject.split->partition >= 0) json.add("partition", reject.split->partition);
  }
  if (reject.offset >= 0) json.add("offset", reject.offset);
  if (reject.raw.data() != nullptr) add_text(json, "raw", reject.raw, kMaxRawBytes);
  if (reject.batch != nullptr) {
    add_text(json, "row", row_text(*reject.batch, reject.row), kMaxRowBytes);
  }
  if (reject.watermark_ms != INT64_MIN) json.add("watermark", iso_time(reject.watermark_ms));
  return json.text();
}

Result<std::unique_ptr<exec::RejectSink>> make_reject_topics(broker::Broker& broker,
                                                             std::string job_name) {
  broker::TopicConfig config;
  config.retention_bytes = kRetentionBytes;
  config.max_message_bytes = kMaxBatchBytes;
  for (const auto* topic : {kDeadLetterTopic, kLateRowTopic}) {
    if (broker.find_topic(topic)) continue;
    const auto made = broker.create_topic(topic, 1, config);
    // Another job may have been faster.
    if (!made.has_value() && made.error().code() != ErrorCode::kExists) return made.error();
  }
  return std::unique_ptr<exec::RejectSink>(
      std::make_unique<RejectTopics>(broker, std::move(job_name)));
}

}  // namespace weir::connectors
