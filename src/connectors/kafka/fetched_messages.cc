#include "connectors/kafka/fetched_messages.h"

#include <cstring>

namespace weir::connectors {

namespace {

constexpr size_t kMaxVarint = 5;  // of 32 bits

size_t put_varint(std::byte* at, int32_t value) {
  auto rest = (static_cast<uint32_t>(value) << 1U) ^ static_cast<uint32_t>(value >> 31);
  size_t size = 0;
  for (; rest >= 0x80U; rest >>= 7U) at[size++] = static_cast<std::byte>(rest | 0x80U);
  at[size++] = static_cast<std::byte>(rest);
  return size;
}

// Calls visit(name, value, size) for every header; a null value has no address.
template <typename Visit>
void for_each_header(const rd_kafka_message_t& message, Visit visit) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t at = 0;
       rd_kafka_header_get_all(headers, at, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++at) {
    visit(std::string_view(name), value, size);
  }
}

size_t room_for_headers(const rd_kafka_message_t& message) {
  size_t room = 0;
  for_each_header(message, [&](std::string_view name, const void*, size_t size) {
    room += 2 * kMaxVarint + name.size() + size;
  });
  return room;
}

// Copies into one buffer, one thing behind the other.
class Copier {
 public:
  explicit Copier(std::byte* to) : to_(to) {}

  std::string_view copy(const void* from, size_t size) {
    if (from == nullptr) return {};
    const std::string_view view(reinterpret_cast<const char*>(to_), size);
    std::memcpy(to_, from, size);
    to_ += size;
    return view;
  }

  std::string_view copy_headers(const rd_kafka_message_t& message) {
    const auto* first = reinterpret_cast<const char*>(to_);
    for_each_header(message, [&](std::string_view name, const void* value, size_t size) {
      to_ += put_varint(to_, static_cast<int32_t>(name.size()));
      (void)copy(name.data(), name.size());
      to_ += put_varint(to_, value == nullptr ? -1 : static_cast<int32_t>(size));
      (void)copy(value, size);
    });
    return {first, static_cast<size_t>(reinterpret_cast<const char*>(to_) - first)};
  }

 private:
  std::byte* to_;
};

}  // namespace

void append_messages(std::span<const RdMessage> messages, bool with_headers,
                     PendingRecords::Filling out) {
  if (messages.empty()) return;
  size_t room = 0;
  for (const auto& message : messages) {
    room += message->len + message->key_len;
    if (with_headers) room += room_for_headers(*message);
  }
  const auto buffer = Buffer::allocate(room);
  Copier copier(buffer->mutable_data());
  auto& records = out.records;
  for (const auto& message : messages) {
    auto type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const int64_t timestamp_ms = rd_kafka_message_timestamp(message.get(), &type);
    records.offsets.push_back(message->offset);
    records.timestamps_ms.push_back(timestamp_ms);
    records.keys.push_back(copier.copy(message->key, message->key_len));
    records.values.push_back(copier.copy(message->payload, message->len));
    records.headers.push_back(with_headers ? copier.copy_headers(*message) : std::string_view());
    out.log_append.push_back(type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? 1 : 0);
  }
  records.buffers.push_back(buffer);
}

}  // namespace weir::connectors
