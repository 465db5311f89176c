// Produce: appends one record batch a partition; answered when all are durable (acks 1 and -1 are
// the same: there is one replica), or not at all (acks 0).
#include <mutex>

#include "broker/handlers/wait_for.h"
#include "broker/handlers/waiting_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::ProduceRequest;
using kafka::ProduceResponse;
using PartitionAnswer = ProduceResponse::Topic::Partition;

void fill(PartitionAnswer& answer, const AppendResult& result) {
  answer.error_code = result.error;
  answer.base_offset = result.base_offset;
  answer.log_append_time_ms = result.log_append_time_ms;
  answer.log_start_offset = result.log_start_offset;
  if (!result.message.empty()) answer.error_message = result.message;
}

AppendResult refused(ApiError error, std::string message) {
  AppendResult result;
  result.error = error;
  result.message = std::move(message);
  return result;
}

// The answers of the partitions, as they come in from any thread.
class Gathering {
 public:
  Gathering(ProduceResponse response, size_t pending, std::function<void(ProduceResponse)> done)
      : response_(std::move(response)), pending_(pending), done_(std::move(done)) {}

  void answer(size_t topic, size_t partition, const AppendResult& result) {
    std::unique_lock lock(mutex_);
    fill(response_.responses[topic].partition_responses[partition], result);
    if (--pending_ > 0) return;
    lock.unlock();
    done_(std::move(response_));
  }

 private:
  std::mutex mutex_;
  ProduceResponse response_;
  size_t pending_;
  std::function<void(ProduceResponse)> done_;
};

void append_one(Broker& broker, const std::string& topic,
                const ProduceRequest::Topic::Partition& from, AppendDone done) {
  const auto partition = broker.find_partition(topic, from.index);
  if (partition == nullptr) {
    done(refused(ApiError::kUnknownTopicOrPartition, {}));
  } else if (!from.records.has_value() || from.records->empty()) {
    done(refused(ApiError::kInvalidRecord, "a produce request without records"));
  } else {
    partition->append(from.records->bytes, std::move(done));
  }
}

void append_all(Broker& broker, const ProduceRequest& request,
                std::function<void(ProduceResponse)> done) {
  ProduceResponse response;
  size_t pending = 0;
  for (const auto& topic : request.topic_data) {
    auto& answered = response.responses.emplace_back();
    answered.name = topic.name;
    for (const auto& partition : topic.partition_data) {
      answered.partition_responses.emplace_back().index = partition.index;
      ++pending;
    }
  }
  if (pending == 0) return done(std::move(response));
  const auto gathering = std::make_shared<Gathering>(std::move(response), pending, std::move(done));
  for (size_t t = 0; t < request.topic_data.size(); ++t) {
    const auto& topic = request.topic_data[t];
    for (size_t p = 0; p < topic.partition_data.size(); ++p) {
      append_one(
          broker, topic.name, topic.partition_data[p],
          [gathering, t, p](const AppendResult& result) { gathering->answer(t, p, result); });
    }
  }
}

// The same error for every partition of the request.
ProduceResponse refuse_all(const ProduceRequest& request, ApiError error,
                           const std::string& message) {
  ProduceResponse response;
  for (const auto& topic : request.topic_data) {
    auto& answered = response.responses.emplace_back();
    answered.name = topic.name;
    for (const auto& partition : topic.partition_data) {
      auto& answer = answered.partition_responses.emplace_back();
      answer.index = partition.index;
      fill(answer, refused(error, message));
    }
  }
  return response;
}

}  // namespace

boost::asio::awaitable<ProduceResponse> handle_produce(RequestContext& context,
                                                       const ProduceRequest& request) {
  constexpr int16_t kAcksNone = 0;
  constexpr int16_t kAcksLeader = 1;
  constexpr int16_t kAcksAll = -1;
  const bool known_acks =
      request.acks == kAcksNone || request.acks == kAcksLeader || request.acks == kAcksAll;
  if (!known_acks) {
    co_return refuse_all(request, ApiError::kInvalidRequiredAcks, "acks is 0, 1 or -1");
  }
  if (request.transactional_id.has_value()) {
    co_return refuse_all(request, ApiError::kTransactionalIdAuthorizationFailed,
                         "this broker serves no transactions");
  }
  if (request.acks == kAcksNone) {
    context.no_response = true;
    append_all(context.broker, request, [](const ProduceResponse&) {});
    co_return ProduceResponse{};
  }
  co_return co_await wait_for<ProduceResponse>(
      [&](auto done) { append_all(context.broker, request, std::move(done)); });
}

}  // namespace weir::broker
