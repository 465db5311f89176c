#include "connectors/kafka/rdkafka_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace weir::connectors {

namespace {

constexpr int kFirstSliceMs = 100;  // how long one attempt of a request lasts; doubles
constexpr int kLastSliceMs = 5000;
constexpr int kPauseMs = 100;                 // between attempts
constexpr int64_t kErrorLogPauseMs = 10'000;  // between equal warnings
constexpr size_t kErrorTextSize = 512;

// syslog's levels.
constexpr int kLogError = 3;
constexpr int kLogWarning = 4;
constexpr int kLogInfo = 6;

bool is_kafkas_own(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state";
}

// A topic that was just made has no leader yet; brokers that start do not know theirs.
bool may_pass(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
         code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
         code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
         code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         code == RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION ||
         code == RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR || code == RD_KAFKA_RESP_ERR__WAIT_COORD;
}

Error from_code(std::string text, rd_kafka_resp_err_t code) {
  switch (static_cast<int>(
      code)) {  // of the hundreds only those that mean something else than "it failed"
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: return not_found(std::move(text));
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION: return invalid(std::move(text));
    default: return may_pass(code) ? unavailable(std::move(text)) : io_error(std::move(text));
  }
}

}  // namespace

RdPartitionList one_partition(const std::string& topic, int32_t partition, int64_t offset) {
  RdPartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

RdQueue::RdQueue(rd_kafka_queue_t* queue, Waker& waker) : queue_(queue) {
  rd_kafka_queue_cb_event_enable(
      queue_, [](rd_kafka_t*, void* opaque) { static_cast<Waker*>(opaque)->wake(); }, &waker);
}

RdQueue::~RdQueue() {
  rd_kafka_queue_cb_event_enable(queue_, nullptr, nullptr);
  rd_kafka_queue_destroy(queue_);
}

RdKafkaClient::RdKafkaClient(KafkaProperties properties, Context& context, OnDelivery on_delivery)
    : properties_(std::move(properties)), context_(context), on_delivery_(std::move(on_delivery)) {}

Result<std::unique_ptr<RdKafkaClient>> RdKafkaClient::make(rd_kafka_type_t type,
                                                           const KafkaProperties& properties,
                                                           Context& context,
                                                           OnDelivery on_delivery) {
  std::unique_ptr<RdKafkaClient> made(
      new RdKafkaClient(properties, context, std::move(on_delivery)));
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, kErrorTextSize> text{};
  const auto set = [&](const std::string& name, const std::string& value) -> Status {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size()) !=
        RD_KAFKA_CONF_OK) {
      return invalid(fmt::format("option 'properties.{}': librdkafka does not take it", name));
    }
    return ok();
  };
  Status set_all = set("bootstrap.servers", properties.servers);
  for (const auto& [name, value] : properties.values) {
    if (set_all.has_value()) set_all = set(name, value);
  }
  if (!set_all.has_value()) {
    rd_kafka_conf_destroy(conf);
    return std::move(set_all).error();
  }
  rd_kafka_conf_set_opaque(conf, made.get());
  rd_kafka_conf_set_error_cb(conf, &RdKafkaClient::on_error);
  rd_kafka_conf_set_log_cb(conf, &RdKafkaClient::on_log);
  if (type == RD_KAFKA_PRODUCER) {
    rd_kafka_conf_set_dr_msg_cb(conf, &RdKafkaClient::on_delivery);
  }
  made->client_ = rd_kafka_new(type, conf, text.data(), text.size());
  if (made->client_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return invalid(fmt::format("the properties of Kafka's client do not work: {}", text.data()))
        .hint("see the table's 'properties.*' options");
  }
  return made;
}

RdKafkaClient::~RdKafkaClient() {
  if (client_ == nullptr) return;
  rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

void RdKafkaClient::fetch_again() {
  // The only public call that wakes them and changes nothing: the credentials are the same, and are
  // used for new connections alone.
  const std::string user(properties_.value_or("sasl.username", ""));
  const std::string password(properties_.value_or("sasl.password", ""));
  if (auto* error = rd_kafka_sasl_set_credentials(client_, user.c_str(), password.c_str())) {
    rd_kafka_error_destroy(error);
  }
}

Result<RdTopic> RdKafkaClient::topic(const std::string& name) {
  RdTopic topic(rd_kafka_topic_new(client_, name.c_str(), nullptr));
  if (!topic) return failure(fmt::format("topic {}", name), rd_kafka_last_error());
  return topic;
}

Result<RdKafkaClient::Metadata> RdKafkaClient::metadata(rd_kafka_topic_t* only, int64_t limit_ms) {
  const int64_t end_ms = context_.clock.monotonic_ms() + limit_ms;
  for (int slice_ms = kFirstSliceMs;; slice_ms = std::min(2 * slice_ms, kLastSliceMs)) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto code = rd_kafka_metadata(client_, only == nullptr ? 1 : 0, only, &answer, slice_ms);
    Metadata metadata(answer, &rd_kafka_metadata_destroy);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const bool waits = only != nullptr && answer->topic_cnt == 1 &&
                         may_pass(answer->topics[0].err) && context_.clock.monotonic_ms() < end_ms;
      if (!waits) return metadata;
    }
    serve(kPauseMs);
    if (auto refused = refusal()) return *std::move(refused);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR &&
        (!may_pass(code) || context_.clock.monotonic_ms() >= end_ms)) {
      return failure(fmt::format("the Kafka at {} cannot be reached", properties_.servers), code)
          .hint(
              "check 'properties.bootstrap.servers', 'properties.security.protocol' and that the "
              "broker runs");
    }
  }
}

Result<TopicPartitions> RdKafkaClient::check_topic(const rd_kafka_metadata_topic_t& topic) const {
  if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return not_found(
               fmt::format("the Kafka at {} has no topic {}", properties_.servers, topic.topic))
        .hint("create the topic, or correct its name");
  }
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return from_code(fmt::format("the Kafka at {} does not show topic {}: {}", properties_.servers,
                                 topic.topic, rd_kafka_err2str(topic.err)),
                     topic.err);
  }
  TopicPartitions found{topic.topic, {}};
  for (int at = 0; at < topic.partition_cnt; ++at) {
    found.partitions.push_back(topic.partitions[at].id);
  }
  std::ranges::sort(found.partitions);
  return found;
}

Result<TopicPartitions> RdKafkaClient::partitions(const std::string& name, int64_t limit_ms) {
  const auto handle = WEIR_TRY(topic(name));
  const auto answer = WEIR_TRY(metadata(handle.get(), limit_ms));
  if (answer->topic_cnt != 1) {
    return not_found(fmt::format("the Kafka at {} has no topic {}", properties_.servers, name));
  }
  return check_topic(answer->topics[0]);
}

Result<std::vector<TopicPartitions>> RdKafkaClient::topics(int64_t limit_ms) {
  const auto answer = WEIR_TRY(metadata(nullptr, limit_ms));
  std::vector<TopicPartitions> found;
  for (int at = 0; at < answer->topic_cnt; ++at) {
    const auto& topic = answer->topics[at];
    // One that is being made or deleted is there, or not, the next time.
    if (is_kafkas_own(topic.topic) || topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    found.push_back(WEIR_TRY(check_topic(topic)));
  }
  std::ranges::sort(found, {}, &TopicPartitions::topic);
  return found;
}

Status RdKafkaClient::ask(std::string_view what, int64_t limit_ms,
                          const std::function<rd_kafka_resp_err_t(int timeout_ms)>& send) {
  const int64_t end_ms = context_.clock.monotonic_ms() + limit_ms;
  for (;;) {
    const int64_t left_ms = end_ms - context_.clock.monotonic_ms();
    const auto code = send(static_cast<int>(std::clamp<int64_t>(left_ms, kPauseMs, INT32_MAX)));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return ok();
    serve(kPauseMs);
    if (auto refused = refusal()) return *std::move(refused);
    // A broker may not have heard of a new topic yet.
    const bool again = may_pass(code) || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (!again || context_.clock.monotonic_ms() >= end_ms) return failure(what, code);
  }
}

Error RdKafkaClient::failure(std::string_view what, rd_kafka_resp_err_t code) {
  serve();
  if (auto refused = refusal()) return *std::move(refused);
  const std::scoped_lock lock(mutex_);
  const bool out_of_reach = may_pass(code) && !last_error_.empty();
  return from_code(fmt::format("{}: {}", what, out_of_reach ? last_error_ : rd_kafka_err2str(code)),
                   code);
}

std::optional<Error> RdKafkaClient::refusal() const {
  if (!is_refused_.load(std::memory_order_acquire)) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  return invalid(fmt::format("the Kafka at {} refuses the connection: {}", properties_.servers,
                             refused_))
      .hint(
          "check 'properties.security.protocol' and the 'properties.sasl.*' or "
          "'properties.ssl.*' of the table");
}

void RdKafkaClient::note_error(rd_kafka_resp_err_t code, const char* reason) {
  const int64_t now_ms = context_.clock.monotonic_ms();
  const std::scoped_lock lock(mutex_);
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL) {
    refused_ = reason;
    is_refused_.store(true, std::memory_order_release);
  }
  // "2/2 brokers are down" says less than what came before it.
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !last_error_.empty()) return;
  last_error_ = reason;
  const std::string name = rd_kafka_err2name(code);
  if (name == logged_error_ && now_ms - logged_ms_ < kErrorLogPauseMs) return;
  logged_error_ = name;
  logged_ms_ = now_ms;
  context_.log.warning("kafka", "a broker reported an error", {{"error", reason}});
}

void RdKafkaClient::on_error(rd_kafka_t* client, int code, const char* reason, void* self) {
  auto& own = *static_cast<RdKafkaClient*>(self);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, kErrorTextSize> text{};
    rd_kafka_fatal_error(client, text.data(), text.size());
    own.note_error(RD_KAFKA_RESP_ERR__FATAL, text.data());
    return;
  }
  own.note_error(static_cast<rd_kafka_resp_err_t>(code), reason);
}

void RdKafkaClient::on_log(const rd_kafka_t* client, int level, const char* facility,
                           const char* text) {
  auto* self = static_cast<RdKafkaClient*>(rd_kafka_opaque(client));
  if (self == nullptr) return;
  // Errors of brokers come as events too; properties of the other kind of client mean nothing.
  const bool repeated = std::strcmp(facility, "FAIL") == 0 || std::strcmp(facility, "ERROR") == 0 ||
                        std::strcmp(facility, "CONFWARN") == 0;
  auto& log = self->context_.log;
  constexpr std::string_view kPart = "librdkafka";
  constexpr std::string_view kMessage = "a line of its log";
  const bool wanted = self->properties_.has("debug");
  if (repeated || (level > kLogInfo && !wanted)) {
    log.debug(kPart, kMessage, {{"facility", facility}, {"text", text}});
  } else if (level <= kLogError) {
    log.error(kPart, kMessage, {{"facility", facility}, {"text", text}});
  } else if (level <= kLogWarning) {
    log.warning(kPart, kMessage, {{"facility", facility}, {"text", text}});
  } else {
    log.info(kPart, kMessage, {{"facility", facility}, {"text", text}});
  }
}

void RdKafkaClient::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& own = *static_cast<RdKafkaClient*>(self);
  if (own.on_delivery_) own.on_delivery_(*message);
}

}  // namespace weir::connectors
