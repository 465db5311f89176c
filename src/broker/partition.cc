#include "broker/partition.h"

#include <fmt/format.h>

#include <future>

namespace weir::broker {

Result<int64_t> Partition::append_and_wait(std::span<const std::byte> batch) {
  std::promise<AppendResult> promise;
  auto future = promise.get_future();
  append(batch, [&promise](const AppendResult& result) { promise.set_value(result); });
  AppendResult result = future.get();
  if (result.error == kafka::ApiError::kNone) return result.base_offset;
  std::string message = fmt::format("{}-{}: {}: {}", topic(), index(),
                                    kafka::api_error_name(result.error), result.message);
  if (result.error == kafka::ApiError::kKafkaStorageError) return io_error(std::move(message));
  if (result.error == kafka::ApiError::kUnknownTopicOrPartition) {
    return not_found(std::move(message));
  }
  return invalid(std::move(message));
}

}  // namespace weir::broker
