#include "connectors/kafka/staged_batches.h"

#include <fmt/format.h>

#include "broker/broker.h"
#include "connectors/kafka/in_flight.h"
#include "kafka/record_batch.h"
#include "types/number_text.h"

namespace weir::connectors {

Error append_error(const std::string& topic, const InFlight::Answer& answer) {
  std::string text = fmt::format("cannot append to topic {}: {} {}", topic,
                                 kafka::api_error_name(answer.error), answer.message);
  const bool passing = answer.error == kafka::ApiError::kKafkaStorageError;
  return passing ? unavailable(std::move(text)) : io_error(std::move(text));
}

namespace {

class StagedCommitter final : public exec::SinkCommitter {
 public:
  StagedCommitter(broker::Broker& broker, Env& env) : broker_(broker), env_(env) {}

  Status deliver(const exec::Delivery& delivery) override {
    for (const auto& part : delivery.parts) {
      for (const auto& file : part.files) WEIR_TRY(deliver_file(file));
    }
    return ok();
  }

 private:
  Status deliver_file(const exec::DeliveredPart::File& file) {
    const size_t slash = file.name.find('/');
    const std::string topic = file.name.substr(0, slash);
    const auto number = slash == std::string::npos
                            ? std::nullopt
                            : types::parse_integer(std::string_view(file.name).substr(slash + 1));
    const auto partition = broker_.find_partition(topic, static_cast<int32_t>(number.value_or(-1)));
    if (!partition) {
      return not_found(
          fmt::format("there is no partition {} any more, but output for it waits", file.name));
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

}  // namespace

void take_staged(const std::string& topic, std::vector<std::vector<BufferRef>>& staged,
                 std::vector<exec::StagedBytes>& files) {
  for (size_t partition = 0; partition < staged.size(); ++partition) {
    if (staged[partition].empty()) continue;
    files.push_back({fmt::format("{}/{}", topic, partition), std::exchange(staged[partition], {})});
  }
}

std::unique_ptr<exec::SinkCommitter> staged_batches_committer(broker::Broker& broker, Env& env) {
  return std::make_unique<StagedCommitter>(broker, env);
}

}  // namespace weir::connectors
