// Fetch: whole record batches as they lie in the logs; waits for min_bytes, at most max_wait_ms.
//
// No fetch sessions are kept (KIP-227 lets a broker answer session 0: clients then name every
// partition each time). There are no transactions, so the last stable offset is the high watermark.
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {
namespace {

namespace asio = boost::asio;
using kafka::ApiError;
using kafka::FetchRequest;
using kafka::FetchResponse;

constexpr int16_t kTopicIdsFrom = 13;
// What one answer may carry, whatever the client asks for.
constexpr int64_t kResponseBytesMax = 64LL << 20U;

// Wakes the handler once, from whatever thread moved a high watermark.
struct Alarm {
  explicit Alarm(const asio::any_io_executor& where) : executor(where), timer(where) {}
  asio::any_io_executor executor;
  asio::steady_timer timer;
  std::atomic<bool> rung{false};
};

void ring(const std::shared_ptr<Alarm>& alarm) {
  if (alarm->rung.exchange(true)) return;
  asio::post(alarm->executor, [alarm] { alarm->timer.cancel(); });
}

struct Gathered {
  FetchResponse response;
  std::vector<BufferRef> buffers;
  int64_t bytes = 0;
  bool failed = false;  // something is to be told at once
};

ApiError error_of(const Error& error) {
  if (error.code() == ErrorCode::kNotFound) return ApiError::kOffsetOutOfRange;
  return error.code() == ErrorCode::kCorrupt ? ApiError::kCorruptMessage
                                             : ApiError::kKafkaStorageError;
}

void read_partition(Partition& partition, const FetchRequest::Topic::Partition& wanted,
                    int64_t room, FetchResponse::Topic::Partition& answer, Gathered& gathered) {
  const int64_t limit = std::min<int64_t>(wanted.partition_max_bytes, room);
  // Nothing fits any more: the offsets are told all the same. A first batch larger than the limit
  // is sent, or its reader could never go on (KIP-74).
  if (limit <= 0 && gathered.bytes > 0) {
    const LogOffsets offsets = partition.offsets();
    answer.high_watermark = offsets.high_watermark;
    answer.last_stable_offset = offsets.high_watermark;
    answer.log_start_offset = offsets.start;
    return;
  }
  auto result =
      partition.read(wanted.fetch_offset, static_cast<size_t>(std::max<int64_t>(limit, 1)));
  if (!result.has_value()) {
    const LogOffsets offsets = partition.offsets();
    answer.error_code = error_of(result.error());
    answer.high_watermark = offsets.high_watermark;
    answer.log_start_offset = offsets.start;
    gathered.failed = true;
    return;
  }
  answer.high_watermark = result->high_watermark;
  answer.last_stable_offset = result->high_watermark;
  answer.log_start_offset = result->log_start_offset;
  answer.records = kafka::Records{result->records};
  gathered.bytes += static_cast<int64_t>(result->records.size());
  gathered.buffers.push_back(std::move(result->buffer));
}

Gathered read_all(const Broker& broker, const FetchRequest& request, int16_t version) {
  Gathered gathered;
  const int64_t limit = std::min<int64_t>(request.max_bytes, kResponseBytesMax);
  for (const auto& topic : request.topics) {
    auto& answered = gathered.response.responses.emplace_back();
    answered.topic = topic.topic;
    answered.topic_id = topic.topic_id;
    const bool by_id = version >= kTopicIdsFrom;
    const TopicRef found =
        by_id ? broker.find_topic(topic.topic_id) : broker.find_topic(topic.topic);
    for (const auto& wanted : topic.partitions) {
      auto& answer = answered.partitions.emplace_back();
      answer.partition_index = wanted.partition;
      const auto index = static_cast<size_t>(wanted.partition);
      if (found == nullptr || index >= found->partitions.size()) {
        answer.error_code = found == nullptr && by_id ? ApiError::kUnknownTopicId
                                                      : ApiError::kUnknownTopicOrPartition;
        answer.high_watermark = -1;
        gathered.failed = true;
        continue;
      }
      read_partition(*found->partitions[index], wanted, limit - gathered.bytes, answer, gathered);
    }
  }
  return gathered;
}

std::vector<std::unique_ptr<Subscription>> subscribe(const Broker& broker,
                                                     const FetchRequest& request, int16_t version,
                                                     const std::shared_ptr<Alarm>& alarm) {
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  for (const auto& topic : request.topics) {
    const TopicRef found = version >= kTopicIdsFrom ? broker.find_topic(topic.topic_id)
                                                    : broker.find_topic(topic.topic);
    if (found == nullptr) continue;
    for (const auto& wanted : topic.partitions) {
      const auto index = static_cast<size_t>(wanted.partition);
      if (index >= found->partitions.size()) continue;
      subscriptions.push_back(found->partitions[index]->subscribe([alarm] { ring(alarm); }));
    }
  }
  return subscriptions;
}

}  // namespace

boost::asio::awaitable<FetchResponse> handle_fetch(RequestContext& context,
                                                   const FetchRequest& request) {
  if (request.session_id != 0) {
    FetchResponse response;
    response.error_code = ApiError::kFetchSessionIdNotFound;
    co_return response;
  }
  const int16_t version = context.header.api_version;
  const Clock& clock = context.broker.context().clock;
  const int64_t deadline_ms = clock.monotonic_ms() + std::max(request.max_wait_ms, 0);
  // Nothing can come where nothing is asked for; Kafka answers that at once as well.
  const bool asks = std::ranges::any_of(
      request.topics, [](const FetchRequest::Topic& topic) { return !topic.partitions.empty(); });
  const auto enough = [&](const Gathered& gathered) {
    return !asks || gathered.failed || gathered.bytes >= request.min_bytes ||
           context.broker.is_stopping() || clock.monotonic_ms() >= deadline_ms;
  };
  const auto executor = co_await asio::this_coro::executor;
  Gathered gathered = read_all(context.broker, request, version);
  while (!enough(gathered)) {
    const auto alarm = std::make_shared<Alarm>(executor);
    alarm->timer.expires_after(std::chrono::milliseconds(deadline_ms - clock.monotonic_ms()));
    const auto subscriptions = subscribe(context.broker, request, version, alarm);
    // What came between the read and the subscription, a stop too, is found before the wait.
    gathered = read_all(context.broker, request, version);
    if (enough(gathered)) break;
    boost::system::error_code ignored;
    co_await alarm->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    gathered = read_all(context.broker, request, version);
  }
  context.kept = std::move(gathered.buffers);
  co_return std::move(gathered.response);
}

}  // namespace weir::broker
