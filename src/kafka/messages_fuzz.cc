// Every message's decoder, and that what it accepts can be written and read again.
//
// The first two bytes choose the message and the version, the rest is the body. The header's
// decoder sees the whole input too.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "kafka/header.h"
#include "kafka/messages.h"

namespace weir::kafka {
namespace {

template <typename Message>
void try_message(std::span<const std::byte> body, uint8_t version_byte) {
  constexpr int kVersions = Message::kMaxVersion - Message::kMinVersion + 1;
  const auto version = static_cast<int16_t>(Message::kMinVersion + version_byte % kVersions);
  ByteReader in(body);
  Message message;
  if (!message.decode(in, version).has_value()) return;
  ByteWriter once;
  message.encode(once, version);
  ByteReader again(once.view());
  Message copy;
  WEIR_CHECK(copy.decode(again, version).has_value(), "what was written can be read");
  WEIR_CHECK(copy == message, "and is the same");
}

void run(std::span<const std::byte> input) {
  ByteReader header(input);
  (void)RequestHeader::decode(header);
  if (input.size() < 2) return;
  const auto chosen = std::to_integer<int>(input[0]);
  int count = 0;
  for_each_message([&]<typename Message>(std::type_identity<Message>) { ++count; });
  int index = 0;
  for_each_message([&]<typename Message>(std::type_identity<Message>) {
    if (index++ == chosen % count) {
      try_message<Message>(input.subspan(2), std::to_integer<uint8_t>(input[1]));
    }
  });
}

}  // namespace
}  // namespace weir::kafka

std::vector<std::string> weir_fuzz_corpus() {
  using namespace weir;
  std::vector<std::string> corpus;
  char index = 0;
  kafka::for_each_message([&]<typename Message>(std::type_identity<Message>) {
    for (int16_t version = Message::kMinVersion; version <= Message::kMaxVersion; ++version) {
      ByteWriter out;
      Message().encode(out, version);
      std::string input = {index, static_cast<char>(version - Message::kMinVersion)};
      input.append(reinterpret_cast<const char*>(out.view().data()), out.size());
      corpus.push_back(std::move(input));
    }
    ++index;
  });
  return corpus;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::kafka::run(std::as_bytes(std::span(data, size)));
  return 0;
}
