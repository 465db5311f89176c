// Messages as Apache Kafka's own classes wrote them (tests/peers/kafka_schema_test.py records
// them): each must decode, and encode to the same bytes again.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "base/env.h"
#include "kafka/messages.h"

namespace weir::kafka {
namespace {

struct Sample {
  int16_t version;
  std::string bytes;
};

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::multimap<std::string, Sample> read_samples() {
  std::istringstream lines(read_file(system_env(), WEIR_KAFKA_SAMPLES).value());
  std::multimap<std::string, Sample> samples;
  std::string name;
  std::string hex;
  for (int16_t version = 0; lines >> name >> version;) {
    // A message without fields has no bytes, and its line no third word.
    std::getline(lines, hex);
    samples.emplace(name, Sample{version, from_hex(hex.empty() ? hex : hex.substr(1))});
  }
  return samples;
}

TEST(MessagesGoldenTest, KafkasOwnBytesComeBackUnchanged) {
  const auto samples = read_samples();
  size_t compared = 0;
  for_each_message([&]<typename Message>(std::type_identity<Message>) {
    const auto [first, last] = samples.equal_range(std::string(Message::kName));
    size_t versions = 0;
    for (auto at = first; at != last; ++at) {
      const auto& [version, bytes] = at->second;
      const std::string what = fmt::format("{} version {}", Message::kName, version);
      ByteReader in(bytes);
      Message message;
      const Status status = message.decode(in, version);
      ASSERT_TRUE(status.has_value()) << status.error().to_string();
      EXPECT_EQ(in.remaining(), 0U) << what;
      ByteWriter out;
      message.encode(out, version);
      EXPECT_EQ(std::string(reinterpret_cast<const char*>(out.view().data()), out.size()), bytes)
          << what;
      ++versions;
    }
    EXPECT_GE(versions, 1U + Message::kMaxVersion - Message::kMinVersion) << Message::kName;
    compared += versions;
  });
  EXPECT_EQ(compared, samples.size());
}

}  // namespace
}  // namespace weir::kafka
